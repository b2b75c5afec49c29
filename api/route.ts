import type { Request } from 'express';
import * as z from 'zod';
import { ApiError, type Fault } from './errors';
import { faultsOf } from './faults';

/** Reads need a viewer, writes an editor, settings and keys an admin; each role may do what the ones before it may. */
export const RoleSchema = z.enum(['viewer', 'editor', 'admin']);
export type Role = z.infer<typeof RoleSchema>;

/** Who asks: the key by which the request was let in. `actor` is what timeline and change log say. */
export interface Caller {
  readonly keyId: string;
  readonly actor: string;
  readonly role: Role;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Path below `/v1` of what was made. */
  readonly location?: string;
  /** The answer was given before, to the first request with this Idempotency-Key. */
  readonly replayed?: boolean;
}

export interface Who {
  readonly caller: Caller;
  /** Names this request for good: the same for every repetition under one Idempotency-Key. */
  readonly requestKey: string;
}

export interface Asked<P, Q, B> extends Who {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

export type BodyKind = 'json' | 'csv';

interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch';
  readonly path: string;
  readonly role: Role;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly bodyKind?: BodyKind;
  readonly handle: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer>;
}

/** A route with its types worn off: what the app mounts. `prepare` refuses bad input before anything is begun. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch';
  readonly path: string;
  readonly role: Role;
  readonly bodyKind: BodyKind;
  readonly prepare: (request: Request) => (who: Who) => Promise<Answer>;
}

const Nothing = z.strictObject({});

export function defineRoute<
  P extends z.ZodType = typeof Nothing,
  Q extends z.ZodType = typeof Nothing,
  B extends z.ZodType = typeof Nothing,
>(spec: RouteSpec<P, Q, B>): Route {
  const { method, path, role, bodyKind = 'json' } = spec;
  return {
    method,
    path,
    role,
    bodyKind,
    prepare(request) {
      const params = read(spec.params ?? Nothing, { ...request.params }, 'path');
      const query = read(spec.query ?? Nothing, { ...request.query }, 'query');
      const body = read(spec.body ?? Nothing, request.body ?? {});
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
