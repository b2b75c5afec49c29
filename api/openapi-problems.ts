import * as z from 'zod';
import { ProblemAnswer } from './answers/problem';
import { NOUN_OF_FIELD } from './case-scope';
import { PROBLEM_CODES, type ProblemCode, problemOf } from './errors';
import type { SchemaBook } from './openapi-schemas';
import type { Route } from './route';

/** What to make of a problem, where its title does not say it all. */
const ADVICE: Partial<Record<ProblemCode, string>> = {
  wrong_status: 'Read it again: something has happened to it meanwhile.',
  revision_conflict: 'Read it again, make the change anew, and send the revision that was read.',
  precondition_failed: 'Read it again, make the change anew, and send the ETag that was read.',
  idempotency_in_flight: 'Ask again in a few seconds.',
  idempotency_mismatch: 'Take a new key for a new request.',
  rate_limited: 'Wait as long as `Retry-After` says.',
  unavailable: 'Wait as long as `Retry-After` says and send the same again.',
  internal: 'Send the same again, with the same Idempotency-Key; name `instance` to whoever runs this server.',
};

/** Where requests are not counted, the two of the limit are missing. */
export const COMMON_HEADERS = {
  'X-Request-Id': { $ref: '#/components/headers/RequestId' },
  RateLimit: { $ref: '#/components/headers/RateLimit' },
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
};

const WITH_A_BODY: readonly ProblemCode[] = [
  'malformed_body',
  'body_too_large',
  'unsupported_media_type',
  'invalid_body',
];
const ONCE: readonly ProblemCode[] = ['idempotency_in_flight', 'idempotency_mismatch'];

/** Whatever a request names may be beyond what the caller may see. */
function namesThings({ schemas: { query, body } }: Route): boolean {
  const shown = [query, body].map((schema) =>
    JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })),
  );
  return Object.keys(NOUN_OF_FIELD).some(
    (field) => NOUN_OF_FIELD[field] !== null && shown.some((text) => text.includes(`"${field}"`)),
  );
}

/** Everything that the operation may be refused for: what follows from its kind, and what it says itself. */
export function problemsOf(route: Route): ProblemCode[] {
  const isOpen = route.role === 'anyone';
  const codes = new Set<ProblemCode>([
    'invalid_parameter',
    ...(isOpen ? [] : (['unauthorized', 'forbidden'] as const)),
    ...(isOpen || route.method === 'get' ? [] : (['foreign_origin'] as const)),
    ...(route.path.includes(':') || namesThings(route) ? (['not_found'] as const) : []),
    ...(route.method === 'get' ? [] : WITH_A_BODY),
    ...(isOpen || route.method !== 'post' ? [] : ONCE),
    ...(isOpen || route.isUnlimited === true ? [] : (['rate_limited'] as const)),
    ...(route.operation.problems ?? []),
    'internal',
    'unavailable',
  ]);
  return PROBLEM_CODES.filter((code) => codes.has(code));
}

/** Answers of refusal by status, the same ones under one name. */
export class ProblemResponses {
  private readonly named = new Map<string, object>();

  constructor(private readonly book: SchemaBook) {}

  /** References for an operation that may be refused for these. */
  of(codes: readonly ProblemCode[]): Record<string, object> {
    const statuses = [...new Set(codes.map((code) => problemOf(code)[0]))];
    const together = (status: number) => codes.filter((code) => problemOf(code)[0] === status);
    return Object.fromEntries(statuses.map((status) => [status, this.reference(status, together(status))]));
  }

  responses(): Record<string, object> {
    return Object.fromEntries([...this.named].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** One example of each, for the documents of all operations to share. */
  examples(): Record<string, object> {
    return Object.fromEntries(
      PROBLEM_CODES.map((code) => [code, { summary: problemOf(code)[1], value: exampleOf(code) }]),
    );
  }

  private reference(status: number, codes: readonly ProblemCode[]): object {
    const name = codes.map(pascal).join('Or');
    this.named.set(name, {
      description: codes.map((code) => describe(code)).join('\n'),
      headers: {
        ...COMMON_HEADERS,
        ...(RETRY_LATER.has(status) ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
      },
      content: {
        'application/problem+json': {
          schema: {
            allOf: [this.book.answered(ProblemAnswer)],
            properties: { status: { const: status }, code: { enum: codes } },
          },
          examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
        },
      },
    });
    return { $ref: `#/components/responses/${name}` };
  }
}

const RETRY_LATER: ReadonlySet<number> = new Set([429, 503]);

/** The table of all problems, as Markdown. */
export function problemTable(): string {
  const rows = PROBLEM_CODES.map((code) => {
    const [status, title] = problemOf(code);
    return `| \`${code}\` | ${status} | ${[title, ADVICE[code]].filter((text) => text !== undefined).join('. ')} |`;
  });
  return ['| code | status | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function describe(code: ProblemCode): string {
  const advice = ADVICE[code];
  return `- \`${code}\`: ${problemOf(code)[1]}.${advice === undefined ? '' : ` ${advice}`}`;
}

function exampleOf(code: ProblemCode): object {
  const [status, title] = problemOf(code);
  const fault = EXAMPLE_FAULTS[code];
  return {
    type: `urn:followthrough:problem:${code}`,
    title,
    status,
    detail: fault === undefined ? title : `${fault.pointer}: ${fault.detail}`,
    instance: 'urn:uuid:0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2aff',
    code,
    ...(fault === undefined ? {} : { errors: [fault] }),
  };
}

const EXAMPLE_FAULTS: Partial<Record<ProblemCode, { pointer: string; in?: string; detail: string; value: unknown }>> = {
  invalid_parameter: { pointer: '#/limit', in: 'query', detail: 'Too big: expected number to be <=200', value: 1000 },
  invalid_body: { pointer: '#/name', detail: 'Too small: expected string to have >=3 characters', value: 'ab' },
  revision_conflict: { pointer: '#/revision', detail: 'the current revision is 3', value: 2 },
  unknown_reference: {
    pointer: '#/listId',
    detail: 'there is no such list',
    value: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a01',
  },
};

function pascal(code: string): string {
  return code.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
