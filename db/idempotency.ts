import type { Sql } from './client';

/** One request under an Idempotency-Key: the same key may only ever stand for the same request. */
export interface KeyedRequest {
  readonly apiKeyId: string;
  readonly key: string;
  /** Method and path. */
  readonly route: string;
  readonly bodyHash: string;
}

export type Begun =
  | { readonly kind: 'begun' }
  | { readonly kind: 'answered'; readonly status: number; readonly response: unknown }
  | { readonly kind: 'in_flight' }
  | { readonly kind: 'other_request' };

/** A process that died in the middle may not block its key for ever. */
const TAKE_OVER_SECONDS = 60;

interface Row {
  route: string;
  bodyHash: string;
  status: number | null;
  response: unknown;
}

/** Exactly one of several simultaneous requests with the same key is `begun`. */
export async function beginRequest(sql: Sql, request: KeyedRequest): Promise<Begun> {
  const { apiKeyId, key, route, bodyHash } = request;
  const inserted = await sql`
    insert into idempotency (api_key_id, key, route, body_hash)
    values (${apiKeyId}, ${key}, ${route}, ${bodyHash})
    on conflict do nothing
    returning key`;
  if (inserted.length > 0) return { kind: 'begun' };
  const [row] = await sql<Row[]>`
    select route, body_hash, status, response from idempotency
    where api_key_id = ${apiKeyId} and key = ${key}`;
  // Released between the two statements: whoever held it has failed, and the caller may try again.
  if (row === undefined) return { kind: 'in_flight' };
  if (row.route !== route || row.bodyHash !== bodyHash) return { kind: 'other_request' };
  if (row.status !== null) return { kind: 'answered', status: row.status, response: row.response };
  return (await takeOver(sql, request)) ? { kind: 'begun' } : { kind: 'in_flight' };
}

/** Keeps a long request from being taken for a dead one. */
export async function keepAlive(sql: Sql, { apiKeyId, key }: KeyedRequest): Promise<void> {
  await sql`
    update idempotency set created_rt = clock_timestamp()
    where api_key_id = ${apiKeyId} and key = ${key} and status is null`;
}

export async function finishRequest(sql: Sql, request: KeyedRequest, status: number, response: unknown): Promise<void> {
  await sql`
    update idempotency set status = ${status}, response = ${JSON.stringify(response)}::text::jsonb
    where api_key_id = ${request.apiKeyId} and key = ${request.key}`;
}

/** After a failure that may have changed something: the same request may be tried again at once, no other. */
export async function abandonRequest(sql: Sql, { apiKeyId, key }: KeyedRequest): Promise<void> {
  await sql`
    update idempotency set created_rt = clock_timestamp() - make_interval(secs => ${TAKE_OVER_SECONDS + 1})
    where api_key_id = ${apiKeyId} and key = ${key} and status is null`;
}

/** After a failure that changed nothing: the same key may be tried again. */
export async function releaseRequest(sql: Sql, { apiKeyId, key }: KeyedRequest): Promise<void> {
  await sql`delete from idempotency where api_key_id = ${apiKeyId} and key = ${key} and status is null`;
}

const FORGET_AFTER_HOURS = 48;
export const FORGET_PAGE = 1_000;

/** Nobody sends the same again after two days; answers how many were forgotten, a page at a time. */
export async function forgetRequests(sql: Sql): Promise<number> {
  const forgotten = await sql`
    delete from idempotency where (api_key_id, key) in (
      select api_key_id, key from idempotency
      where created_rt < clock_timestamp() - make_interval(hours => ${FORGET_AFTER_HOURS})
      limit ${FORGET_PAGE} for update skip locked)`;
  return forgotten.count;
}

async function takeOver(sql: Sql, { apiKeyId, key }: KeyedRequest): Promise<boolean> {
  const taken = await sql`
    update idempotency set created_rt = clock_timestamp()
    where api_key_id = ${apiKeyId} and key = ${key} and status is null
      and created_rt < clock_timestamp() - make_interval(secs => ${TAKE_OVER_SECONDS})
    returning key`;
  return taken.length > 0;
}
