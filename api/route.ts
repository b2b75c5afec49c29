import type { Request, Response } from 'express';
import * as z from 'zod';
import type { CaseTypes } from '../db/case-scope';
import type { Concern } from './case-scope';
import { ApiError, type Fault, type ProblemCode } from './errors';
import { faultsOf } from './faults';
import { queryOf } from './page';
import type { Scope } from './scopes';

/** Reads need a viewer, writes an editor, settings and keys an admin; each role may do what the ones before it may. */
export const RoleSchema = z.enum(['viewer', 'editor', 'admin']);
export type Role = z.infer<typeof RoleSchema>;

/** Who asks: the key by which the request was let in. `actor` is what timeline and change log say. */
export interface Caller {
  readonly keyId: string;
  readonly name: string;
  readonly actor: string;
  readonly role: Role;
  /** Null = whatever the role allows. */
  readonly scopes: readonly Scope[] | null;
  /** Null = of every type. */
  readonly caseTypes: CaseTypes;
  /** The session that the key was presented by; null = the key itself came with the request. */
  readonly session: { readonly endsRt: number; readonly idleEndsRt: number } | null;
}

/** Where the request comes from, for the operations that let people in and out. */
export interface Client {
  /** The address of its network connection, or what the trusted proxies say it is. */
  readonly address: string;
  readonly sessionToken: string | null;
  /** It asks for events as they come, and not for one answer. */
  readonly wantsEvents: boolean;
  /** The last event that it has heard. */
  readonly lastEventId: string | null;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Path below `/v1` of what was made. */
  readonly location?: string;
  /** Sets the cookie of the session; null takes it away. */
  readonly sessionToken?: string | null;
  /** Sends the answer itself, for as long as it goes on. */
  readonly stream?: (response: Response) => void;
  /** The answer was given before, to the first request with this Idempotency-Key. */
  readonly replayed?: boolean;
  /** A CSV file in place of a body, as it is made. */
  readonly file?: { readonly name: string; readonly lines: AsyncIterable<string> };
}

export interface Who {
  readonly caller: Caller;
  /** Names this request for good: the same for every repetition under one Idempotency-Key. */
  readonly requestKey: string;
  readonly client: Client;
  /** The revision that the caller's If-Match names; null = it names none. */
  readonly ifMatch: number | null;
}

export interface Asked<P, Q, B> extends Who {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/** A `file` is kept while it comes in, and never held as a whole. */
export type BodyKind = 'json' | 'csv' | 'file';

/** The chapters of the OpenAPI document. */
export type Tag =
  | 'Lists'
  | 'Imports'
  | 'Contacts'
  | 'Attributes'
  | 'Campaigns'
  | 'Drafts'
  | 'Agents'
  | 'Rules'
  | 'Templates'
  | 'Tests'
  | 'Enrollments'
  | 'Facts'
  | 'Handoffs'
  | 'Settings'
  | 'Law'
  | 'Spending'
  | 'Connections'
  | 'API keys'
  | 'Session'
  | 'Changes'
  | 'Webhooks'
  | 'Unsubscribing'
  | 'Operations';

/** What the OpenAPI document says of an operation beside what follows from method, path, role and schemas. */
export interface Operation {
  /** Clients call the operation by it: a verb and its object, as in `launchCampaign`. */
  readonly id: string;
  readonly tag: Tag;
  /** One line without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** What the parameters mean, by name, where that is more than the name says. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The body of each successful answer by its status; null = it has none. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** The answer is a CSV file and no JSON. */
  readonly answersCsv?: boolean;
  /** Answers events as well, to whoever asks for them: what they are. */
  readonly events?: { readonly description: string; readonly example: string };
  /** Gives the cookie of a session, or takes it away. */
  readonly setsCookie?: boolean;
  /** What it may be refused for, beside what any operation of its kind is (see `openapi-problems.ts`). */
  readonly problems?: readonly ProblemCode[];
  /** Fictional people only. Each is checked against its schema. */
  readonly examples?: { readonly body?: unknown; readonly answer?: unknown };
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Needs no key: the handler is told that nobody in particular asks. */
export type Anyone = 'anyone';

interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: Method;
  readonly path: string;
  readonly role: Role | Anyone;
  readonly concerns: Concern;
  /** What was sent says that somebody wants no more: taken of whomever it is about. */
  readonly isOptOut?: (body: unknown) => boolean;
  /** What the body names is looked for among what the caller may see, and may be missing there. */
  readonly looksUpNames?: boolean;
  /** Requests are not counted towards the limit per hour: what people said and decided must never be turned away. */
  readonly isUnlimited?: boolean;
  /** Fields that a 201 has besides those of the answer; they are made anew each time and never stored. */
  readonly secrets?: (who: Who) => Readonly<Record<string, string>>;
  readonly operation: Operation;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly bodyKind?: BodyKind;
  readonly handle: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer>;
}

/** A route with its types worn off: what the app mounts. `prepare` refuses bad input before anything is begun. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly role: Role | Anyone;
  readonly concerns: Concern;
  readonly isOptOut?: (body: unknown) => boolean;
  readonly looksUpNames?: boolean;
  readonly isUnlimited?: boolean;
  readonly secrets?: (who: Who) => Readonly<Record<string, string>>;
  readonly operation: Operation;
  readonly schemas: { readonly params: z.ZodType; readonly query: z.ZodType; readonly body: z.ZodType };
  readonly bodyKind: BodyKind;
  readonly prepare: (request: Request) => (who: Who) => Promise<Answer>;
}

const Nothing = z.strictObject({});

export function defineRoute<
  P extends z.ZodType = typeof Nothing,
  Q extends z.ZodType = typeof Nothing,
  B extends z.ZodType = typeof Nothing,
>(spec: RouteSpec<P, Q, B>): Route {
  const {
    method,
    path,
    role,
    concerns,
    operation,
    bodyKind = 'json',
    isUnlimited = false,
    looksUpNames = false,
  } = spec;
  const { secrets, isOptOut } = spec;
  const schemas = { params: spec.params ?? Nothing, query: spec.query ?? Nothing, body: spec.body ?? Nothing };
  return {
    method,
    path,
    role,
    concerns,
    operation,
    ...(secrets === undefined ? {} : { secrets }),
    ...(isOptOut === undefined ? {} : { isOptOut }),
    looksUpNames,
    isUnlimited,
    schemas,
    bodyKind,
    prepare(request) {
      const params = read(schemas.params, { ...request.params }, 'path');
      const query = read(schemas.query, queryOf(request), 'query');
      const body = read(schemas.body, request.body ?? {});
      // Left-out schemas stand for "takes nothing": their type parameter is then `Nothing` as well.
      return (who) => spec.handle({ params, query, body, ...who } as Asked<z.output<P>, z.output<Q>, z.output<B>>);
    },
  };
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown, location: string): Answer {
  return { status: 201, body, location };
}

/** A CSV file to be saved under that name. */
export function csvFile(name: string, lines: AsyncIterable<string>): Answer {
  return { status: 200, file: { name, lines } };
}

export function noContent(): Answer {
  return { status: 204 };
}

export function accepted(body: unknown): Answer {
  return { status: 202, body };
}

/** Path parameters of every route on one thing. */
export const IdParams = z.strictObject({ id: z.uuid() });

function read(schema: z.ZodType, value: unknown, place?: Fault['in']): unknown {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const faults = faultsOf(result.error, place);
  const named = faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
  throw new ApiError(place === undefined ? 'invalid_body' : 'invalid_parameter', named, faults);
}
