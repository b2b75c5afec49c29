import { type ApiKey, keyColumns, usableKey } from './api-key';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { hashSecret, newSessionToken } from './tokens';

/** Sessions of people at the console, in real time. */

/** A session that nobody used for so long is over; so is any session after a day. */
const IDLE_SECONDS = 2 * 3600;
export const LONGEST_SESSION_SECONDS = 24 * 3600;
/** `seen_rt` need not be exact to cost a write per request. */
const SEEN_STEP_SECONDS = 60;

export interface Session {
  readonly id: string;
  readonly key: ApiKey;
  /** When it ends whatever happens, and when it ends unless it is used. */
  readonly endsRt: number;
  readonly idleEndsRt: number;
}

/** Answers the token that its owner carries from now on; nobody can make it again from the row. */
export async function openSession(sql: Sql, { id, name }: ApiKey): Promise<string> {
  const token = newSessionToken();
  await inTransaction(sql, async (tx) => {
    await tx`delete from session where ends_rt < clock_timestamp() or ${idle(tx)}`;
    await tx`
      insert into session (token_hash, api_key_id, ends_rt)
      values (${hashSecret(token)}, ${id}, clock_timestamp() + make_interval(secs => ${LONGEST_SESSION_SECONDS}))`;
    await recordSignIn(tx, { id, name }, 'signed_in');
  });
  return token;
}

/** The session of the token while it and its key are good; using it is what keeps it from ending. */
export async function useSession(sql: Sql, token: string): Promise<Session | null> {
  const [row] = await sql<(ApiKey & { sessionId: string; endsRt: number; idleEndsRt: number; isUnseen: boolean })[]>`
    select ${keyColumns(sql)}, s.id as session_id, ms(s.ends_rt) as ends_rt,
      ms(least(s.ends_rt, clock_timestamp() + make_interval(secs => ${IDLE_SECONDS}))) as idle_ends_rt,
      s.seen_rt < clock_timestamp() - make_interval(secs => ${SEEN_STEP_SECONDS}) as is_unseen
    from session s
    join api_key k on k.id = s.api_key_id
    where s.token_hash = ${hashSecret(token)}
      and s.ends_rt > clock_timestamp() and not ${idle(sql)} and ${usableKey(sql)}`;
  if (row === undefined) return null;
  const { sessionId, endsRt, idleEndsRt, isUnseen, ...key } = row;
  if (isUnseen) await sql`update session set seen_rt = clock_timestamp() where id = ${sessionId}`;
  return { id: sessionId, key, endsRt, idleEndsRt };
}

export async function closeSession(sql: Sql, token: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const [key] = await tx<{ id: string; name: string }[]>`
      delete from session s using api_key k
      where s.token_hash = ${hashSecret(token)} and k.id = s.api_key_id
      returning k.id, k.name`;
    if (key !== undefined) await recordSignIn(tx, key, 'signed_out');
  });
}

async function recordSignIn(tx: Tx, { id, name }: Pick<ApiKey, 'id' | 'name'>, change: 'signed_in' | 'signed_out') {
  await recordChange(tx, { entity: 'api_key', entityId: id, change, actor: `key:${name}` });
}

function idle(db: Db) {
  return db`seen_rt < clock_timestamp() - make_interval(secs => ${IDLE_SECONDS})`;
}
