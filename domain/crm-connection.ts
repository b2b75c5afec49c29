import * as z from 'zod';
import type { DomainError } from './errors';
import { parseTemplate, variablesOf } from './template';

/** How a CRM is reached that is nobody's in particular: which requests write a status and a note, and how its answers are read. */

const VARIABLES = ['case.id', 'marker', 'operationId'] as const;
const MOST_PATH = 1_000;
const MOST_BODY = 20_000;
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;
const URL = /^https?:\/\/[^/?#@\s\\]+(?:\/[^?#\s\\]*)?$/;
/** Names that would change how the request itself is read. */
const TAKEN_HEADERS = [
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'accept',
  'accept-encoding',
  'idempotency-key',
  'cookie',
];

const pointer = z.string().max(300).regex(POINTER, 'must be a JSON pointer like /error/code, or empty for all of it');
const address = z.string().max(500).regex(URL, 'must be an http or https address without user, query and fragment');

function template(most: number, more: readonly string[]) {
  return z
    .string()
    .max(most)
    .superRefine((text, context) => {
      const problem = problemOf(text, [...VARIABLES, ...more]);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, input: text });
    });
}

/** Begins with a slash; what the variables bring in is encoded. */
function path(more: readonly string[]) {
  return template(MOST_PATH, more).refine(
    (text) => /^\/(?!\/)[^#\s\\]*$/.test(text.replaceAll(/\{\{[^}]*\}\}/g, 'x')),
    'must begin with one / and have neither spaces nor # nor \\',
  );
}

/** JSON, each text in which is a template. */
function body(more: readonly string[]) {
  return z.json().superRefine((value, context) => {
    if (JSON.stringify(value).length > MOST_BODY)
      context.addIssue({ code: 'custom', message: `must have at most ${MOST_BODY} characters`, input: value });
    for (const text of textsIn(value)) {
      const problem = problemOf(text, [...VARIABLES, ...more]);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, input: text });
    }
  });
}

function write(...variables: readonly string[]) {
  return z.strictObject({
    method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
    path: path(variables),
    body: body(variables),
  });
}

const deepPointer = pointer.refine((text) => text !== '', 'must lead to a value inside');

/** A list of statuses or types of note: where it is asked for, where it stands, and where an entry has what. */
const ListSchema = z.strictObject({
  path: path([]).refine((text) => !text.includes('{{'), 'must have no variables: it is asked for once for all cases'),
  within: pointer.default(''),
  value: deepPointer,
  label: deepPointer,
});

const FailureClassSchema = z.enum(['retry', 'rate_limited', 'credentials', 'unknown_case', 'refused']);
export type FailureClass = z.infer<typeof FailureClassSchema>;

const AuthSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('header'),
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/, 'must be the name of a header')
      .refine((name) => !TAKEN_HEADERS.includes(name.toLowerCase()), 'must not be a header that requests have anyway')
      .default('Authorization'),
    /** Before the token, with its space: `Bearer `. */
    prefix: z
      .string()
      .max(40)
      .regex(/^[\x20-\x7e]*$/, 'must be plain ASCII')
      .default(''),
  }),
  z.strictObject({ kind: z.literal('basic') }),
  z.strictObject({
    kind: z.literal('oauth2'),
    grant: z.enum(['client_credentials', 'refresh_token']),
    tokenUrl: address,
    scope: z.string().max(500).optional(),
    /** Where the token endpoint wants id and secret of the client. */
    clientIn: z.enum(['body', 'basic']).default('body'),
  }),
]);

export const HttpCrmSettingsSchema = z
  .strictObject({
    baseUrl: address,
    auth: AuthSchema,
    setStatus: write('status'),
    /** Left out = the CRM has no substatuses. */
    setSubstatus: write('status', 'group').optional(),
    addNote: write('note', 'noteType'),
    /** One request for each field. Left out = no fields are written. */
    setField: write('field', 'value').optional(),
    /** The CRM's own lists, for the mapping. */
    statuses: ListSchema.optional(),
    substatuses: ListSchema.extend({ group: deepPointer.optional() }).optional(),
    noteTypes: ListSchema.optional(),
    /** How the status of a case is asked for. */
    getStatus: z.strictObject({ path: path([]), status: deepPointer, substatus: deepPointer.optional() }).optional(),
    /** Asks for a note by its marker; `within` is where in the answer it stands if it is there. Left out = it can't be asked. */
    findNote: z.strictObject({ path: path([]), within: pointer.default('') }).optional(),
    /** A harmless question that needs the credentials, to see if all is well. Left out = the base address. */
    test: z.strictObject({ path: path([]) }).optional(),
    /** What stands in every answer that says yes; left out = the HTTP status alone says it. */
    success: z.strictObject({ pointer, equals: z.union([z.string(), z.number(), z.boolean(), z.null()]) }).optional(),
    /** Where an answer that says no has its code, and what its codes mean. */
    failure: z
      .strictObject({ pointer, codes: z.record(z.string().max(100), FailureClassSchema).default({}) })
      .optional(),
    /** The same Idempotency-Key never makes a second note there: a note may be sent again without looking for it. */
    honoursIdempotencyKey: z.boolean().default(false),
    timeoutSeconds: z.int().min(1).max(20).default(10),
  })
  .refine(({ addNote, findNote }) => findNote === undefined || isMarked(addNote), {
    path: ['addNote'],
    message: 'must carry {{marker}} or {{operationId}}, or findNote would never find it',
  });
export type HttpCrmSettings = z.output<typeof HttpCrmSettingsSchema>;
export type HttpCrmAuth = HttpCrmSettings['auth'];

export const LawRulerSettingsSchema = z.strictObject({
  /** `https://<firm>.lawruler.com/api-legalcrmapp.aspx`. */
  endpoint: address,
  noteLookup: z.boolean().default(false),
});

/** Goes into headers and forms: one line of plain ASCII. */
const secret = z
  .string()
  .min(1)
  .max(4_000)
  .regex(/^[\x20-\x7e]+$/, 'must be one line of plain ASCII');

export const LawRulerCredentialsSchema = z.strictObject({ key: secret });
export const HeaderCredentialsSchema = z.strictObject({ token: secret });
export const BasicCredentialsSchema = z.strictObject({
  username: secret.refine((name) => !name.includes(':'), 'must not contain a colon'),
  password: secret,
});
export const ClientCredentialsSchema = z.strictObject({ clientId: secret, clientSecret: secret });
export const RefreshCredentialsSchema = z.strictObject({
  clientId: secret,
  clientSecret: secret.optional(),
  refreshToken: secret,
});

/** What somebody has to give for the connection to be let in. */
export function credentialsSchemaOf(auth: HttpCrmAuth) {
  if (auth.kind === 'header') return HeaderCredentialsSchema;
  if (auth.kind === 'basic') return BasicCredentialsSchema;
  return auth.grant === 'client_credentials' ? ClientCredentialsSchema : RefreshCredentialsSchema;
}

function isMarked(operation: z.output<ReturnType<typeof write>>): boolean {
  const texts = [operation.path, ...textsIn(operation.body)];
  return texts.some((text) => ['marker', 'operationId'].some((name) => variablesIn(text).includes(name)));
}

function problemOf(text: string, known: readonly string[]): string | null {
  const names = variablesIn(text);
  if (typeof names === 'string') return names;
  const unknown = names.find((name) => !known.includes(name));
  return unknown === undefined ? null : `has no value for {{${unknown}}}; known are ${known.join(', ')}`;
}

/** The names, or what is wrong with the text. */
function variablesIn(text: string): readonly string[] | string {
  try {
    return variablesOf(parseTemplate(text));
  } catch (error) {
    // Proof: nothing else is thrown there.
    return (error as DomainError).message;
  }
}

/** Every text inside of a JSON value; names of fields are none. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
