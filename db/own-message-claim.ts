import { type CallerPool, usableNumbers } from '../domain/caller-number';
import type { Channel } from '../domain/channel';
import { poolOf } from './caller-number';
import { inTransaction, type Sql, type Tx } from './client';
import type { Content } from './content';
import { isLocked } from './installation';
import { isBarred } from './own-message';
import { ownAddressCode } from './tokens';

/** One own message that is this worker's to send, and nobody else's ever again. */
export interface ClaimedOwnMessage {
  readonly id: string;
  readonly content: Content;
  readonly from: string;
  readonly to: string;
  /** Real time, epoch milliseconds: it leaves before, or not at all. */
  readonly postByMs: number;
}

interface Queued {
  readonly id: string;
  readonly kind: 'code' | 'test';
  readonly channel: Channel;
  readonly content: Content | null;
  readonly codeNumber: number | null;
  readonly ownAddressId: string | null;
}

interface Addressed {
  readonly to: string;
  readonly isVerified: boolean;
  readonly isBarred: boolean;
  /** The code that counts by now. */
  readonly codeNumber: number;
  readonly pool: CallerPool;
  readonly mailFrom: string;
  readonly companyName: string;
  readonly companyAddress: string;
}

/** A process that takes one and dies leaves a row of which nobody knows what became: it is said so after this. */
const ANSWER_WITHIN_SECONDS = 60;
const POST_WITHIN_SECONDS = 5;

/** Takes the oldest one that waits: it is claimed for good, or refused for a reason that its row keeps. Null = none waits. */
export async function claimOwnMessage(
  sql: Sql,
  secretKey: string,
): Promise<ClaimedOwnMessage | { readonly refused: string } | null> {
  return inTransaction(sql, async (tx) => {
    if (await isLocked(tx)) return null;
    const [oldest] = await tx<Pick<Queued, 'id' | 'channel' | 'ownAddressId'>[]>`
      select id, channel, own_address_id from own_message
      where state = 'queued' and deadline_rt > clock_timestamp()
      order by seq limit 1`;
    if (oldest === undefined) return null;
    // The address first, as whoever removes it does.
    const addressed = await addressedBy(tx, oldest);
    const [queued] = await tx<Queued[]>`
      select id, kind, channel, content, code_number, own_address_id from own_message
      where id = ${oldest.id} and state = 'queued' for update skip locked`;
    if (queued === undefined) return null;
    if (addressed === null) return refuse(tx, queued.id, 'address_removed');
    const reason = refusalOf(queued, addressed);
    if (reason !== null) return refuse(tx, queued.id, reason);
    const from = senderOf(queued.channel, addressed);
    if (from === '') return refuse(tx, queued.id, 'no_sender');
    const [row] = await tx<{ postByMs: number }[]>`
      update own_message set state = 'claimed',
        deadline_rt = clock_timestamp() + make_interval(secs => ${ANSWER_WITHIN_SECONDS})
      where id = ${queued.id}
      returning ms(clock_timestamp() + make_interval(secs => ${POST_WITHIN_SECONDS})) as post_by_ms`;
    if (row === undefined) throw new Error(`the own message ${queued.id} was not claimed`);
    const content = queued.content ?? codeContent(queued, addressed, secretKey);
    return { id: queued.id, content, from, to: addressed.to, ...row };
  });
}

/** The locks that an opt-out of the address takes are held while it is looked for. */
async function addressedBy(
  tx: Tx,
  { ownAddressId, channel }: Pick<Queued, 'ownAddressId' | 'channel'>,
): Promise<Addressed | null> {
  await tx`select from address where hash = (select hash from own_address where id = ${ownAddressId}) for share`;
  const [row] = await tx<Addressed[]>`
    select o.value as to, o.verified_rt is not null as is_verified, ${isBarred(tx, channel)} as is_barred,
      o.code_number, ${poolOf(tx)} as pool, s.mail_from, s.company_name, s.company_address
    from own_address o cross join settings s
    where o.id = ${ownAddressId} for share of o`;
  return row ?? null;
}

/** The first of our numbers that may be used, as with everything that leaves; empty = there is none. */
function senderOf(channel: Channel, { pool, mailFrom }: Addressed): string {
  return channel === 'email' ? mailFrom : (usableNumbers(pool, [], channel)[0] ?? '');
}

function refusalOf({ kind, codeNumber }: Queued, addressed: Addressed): string | null {
  if (addressed.isBarred) return 'opted_out';
  if (kind === 'test') return addressed.isVerified ? null : 'not_verified';
  return codeNumber === addressed.codeNumber ? null : 'newer_code';
}

async function refuse(tx: Tx, id: string, reason: string): Promise<{ readonly refused: string }> {
  await tx`update own_message set state = 'not_sent', reason = ${reason}, finished_at = app_now() where id = ${id}`;
  return { refused: reason };
}

function codeContent(queued: Queued, { companyName, companyAddress }: Addressed, secretKey: string): Content {
  const { ownAddressId, codeNumber, channel } = queued;
  if (ownAddressId === null || codeNumber === null) throw new Error(`the own message ${queued.id} says nothing`);
  const code = ownAddressCode(secretKey, ownAddressId, codeNumber);
  const text = `Your code is ${code}. It is good for ten minutes. Nobody of ours will ask you for it.`;
  return channel === 'email'
    ? { kind: 'email', subject: 'Your code', text, companyName, companyAddress }
    : { kind: 'sms', text: `${companyName}: ${text}` };
}

export type OwnMessageResult =
  | { readonly kind: 'accepted'; readonly sid: string }
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: string };

/** The provider's answer; a word that came in by webhook before it stands. */
export async function recordOwnResult(sql: Sql, id: string, result: OwnMessageResult): Promise<void> {
  if (result.kind === 'accepted')
    await sql`
      update own_message set state = case when state = 'ended' then state else 'accepted' end,
        provider_sid = coalesce(provider_sid, ${result.sid}), reason = null,
        finished_at = case when channel = 'email' then app_now() else finished_at end
      where id = ${id} and state in ('claimed', 'unknown', 'accepted', 'ended')`;
  else
    await sql`
      update own_message set state = ${result.kind}, reason = ${result.reason}, finished_at = app_now()
      where id = ${id} and state = 'claimed'`;
}

/** Guards the wait of every own message: what nobody took is not sent, what nobody answered for is unknown. Neither is sent again. */
export async function expireOwnMessages(sql: Sql): Promise<number> {
  const rows = await sql`
    update own_message set finished_at = app_now(),
      reason = case state when 'queued' then 'nobody_took_it' else 'nobody_answered' end,
      state = case state when 'queued' then 'not_sent' else 'unknown' end
    where state in ('queued', 'claimed') and deadline_rt < clock_timestamp()
    returning 1`;
  return rows.length;
}
