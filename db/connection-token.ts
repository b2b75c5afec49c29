import type { Db, Sql } from './client';
import { seal, unseal } from './connection-seal';

/** Access tokens of connections, for all workers together: encrypted, and renewed by one worker at a time. */

/** A token is given up a little before it ends, for a request takes its time. */
const SPARE_SECONDS = 30;
/** Whoever took it upon themselves to renew and didn't in this time has died. */
const RENEWAL_SECONDS = 30;

export interface TokenPlace {
  readonly connectionId: string;
  readonly secretKey: string;
}

export async function readToken(db: Db, { connectionId, secretKey }: TokenPlace): Promise<string | null> {
  const [row] = await db<{ token: string | null }[]>`
    select token from connection where id = ${connectionId} and token_expires_rt > clock_timestamp()`;
  return row === undefined || row.token === null ? null : unseal(secretKey, 'token', connectionId, row.token);
}

/** Takes the renewal; null = another worker is at it. Answers the credentials as they are now, encrypted. */
export async function claimRenewal(sql: Sql, { connectionId }: TokenPlace): Promise<string | null> {
  const [row] = await sql<{ credentials: string | null }[]>`
    update connection set token_claimed_rt = clock_timestamp()
    where id = ${connectionId}
      and (token_claimed_rt is null or token_claimed_rt < clock_timestamp() - make_interval(secs => ${RENEWAL_SECONDS}))
    returning credentials`;
  return row?.credentials ?? null;
}

export interface NewToken {
  readonly access: string;
  readonly expiresInSeconds: number;
  /** The credentials that it was given for, encrypted: if they were changed meanwhile, it is good for nothing. */
  readonly sealed: string;
  /** The credentials with the next refresh token in them; null = they stay. */
  readonly credentials: object | null;
}

/** Half of a very short life is kept as a reserve, of a longer one half a minute. */
export async function storeToken(sql: Sql, place: TokenPlace, fresh: NewToken): Promise<void> {
  const { connectionId, secretKey } = place;
  const { access, expiresInSeconds, sealed, credentials } = fresh;
  const seconds = expiresInSeconds - Math.min(SPARE_SECONDS, expiresInSeconds / 2);
  const next = credentials === null ? null : seal(secretKey, 'credentials', connectionId, JSON.stringify(credentials));
  await sql`
    update connection set token = ${seal(secretKey, 'token', connectionId, access)},
      token_expires_rt = clock_timestamp() + make_interval(secs => ${seconds}),
      credentials = coalesce(${next}, credentials), token_claimed_rt = null
    where id = ${connectionId} and credentials = ${sealed}`;
}

/** The renewal failed: the next one may try. */
export async function leaveRenewal(sql: Sql, { connectionId }: TokenPlace): Promise<void> {
  await sql`update connection set token_claimed_rt = null where id = ${connectionId}`;
}
