import type { Channel } from '../domain/channel';
import type { Instant } from '../domain/instant';
import { isInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import type { Content } from './content';
import { Refusal } from './refusal';

/**
 * What the team sends to itself: codes and tests. Each is a row before it is anything else, claimed by one worker and sent
 * at most once. None is an attempt, so no cap, no report and no plan knows of it.
 */

export type OwnMessageState = 'queued' | 'claimed' | 'accepted' | 'not_sent' | 'unknown' | 'ended';

/** Where the words of a test come from, and whose values are in them. */
export interface TestSource {
  readonly templateId: string | null;
  readonly templateVersion: number | null;
  readonly campaignId: string | null;
  readonly runKey: string | null;
  readonly stepKey: string | null;
  readonly contactId: string | null;
}

export interface TestMessage extends TestSource {
  readonly id: string;
  readonly seq: number;
  /** Null = it was removed. */
  readonly ownAddressId: string | null;
  readonly channel: Channel;
  readonly content: Content | null;
  readonly state: OwnMessageState;
  readonly reason: string | null;
  readonly status: string | null;
  readonly requestedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly actor: string;
}

export interface NewTest extends TestSource {
  readonly id: string;
  readonly ownAddressId: string;
  readonly channel: Channel;
  readonly content: Content;
}

/** What nobody has taken by then is not sent any more. */
const WAIT_SECONDS = 600;

/** A further code for the address, good for ten minutes from now. */
export async function queueCode(tx: Tx, ownAddressId: string, actor: string): Promise<void> {
  await tx`
    with counted as (
      update own_address set code_number = code_number + 1, code_tries = 0,
        code_ends_rt = clock_timestamp() + make_interval(secs => ${WAIT_SECONDS})
      where id = ${ownAddressId}
      returning id, kind, code_number, code_ends_rt
    )
    insert into own_message (id, kind, own_address_id, channel, code_number, deadline_rt, actor)
    select gen_random_uuid(), 'code', id, case kind when 'phone' then 'sms' else 'email' end, code_number, code_ends_rt, ${actor}
    from counted`;
}

/** Orders a test to an address that is verified by now, and not barred. Carried out again with the same id, it answers what is there. */
export async function queueTest(sql: Sql, test: NewTest, actor: string): Promise<TestMessage> {
  const { id, ownAddressId, channel, content, templateId, templateVersion, campaignId, runKey, stepKey, contactId } =
    test;
  return inTransaction(sql, async (tx) => {
    await requireReachable(tx, ownAddressId, channel);
    const made = await tx`
      insert into own_message (id, kind, own_address_id, channel, content, template_id, template_version, campaign_id, run_key,
        step_key, contact_id, deadline_rt, actor)
      values (${id}, 'test', ${ownAddressId}, ${channel}, ${JSON.stringify(content)}::text::jsonb, ${templateId},
        ${templateVersion}, ${campaignId}, ${runKey}, ${stepKey}, ${contactId},
        clock_timestamp() + make_interval(secs => ${WAIT_SECONDS}), ${actor})
      on conflict (id) do nothing returning 1`;
    const data = { channel, templateId, campaignId };
    if (made.length > 0)
      await recordChange(tx, { entity: 'own_message', entityId: id, change: 'test_ordered', data, actor });
    return getTest(tx, id);
  });
}

async function requireReachable(tx: Tx, ownAddressId: string, channel: Channel): Promise<void> {
  const [row] = await tx<{ kind: string; label: string; isVerified: boolean; isBarred: boolean }[]>`
    select o.kind, o.label, o.verified_rt is not null as is_verified, ${isBarred(tx, channel)} as is_barred
    from own_address o where o.id = ${ownAddressId} for share of o`;
  const at = (detail: string) => [{ pointer: '#/ownAddressId', detail, value: ownAddressId }];
  if (row === undefined)
    throw new Refusal(
      'unknown_reference',
      `there is no own address ${ownAddressId}`,
      at('there is no such own address'),
    );
  if (!row.isVerified) {
    const detail = 'nobody has confirmed the code that was sent there, so nothing else is sent there';
    throw new Refusal('not_verified', `"${row.label}" is not verified: ${detail}`, at(detail));
  }
  if ((row.kind === 'email') !== (channel === 'email')) {
    const detail =
      row.kind === 'email' ? 'is a mail address, and this is sent to a phone' : 'is a phone, and this is a mail';
    throw new Refusal('test_refused', `"${row.label}" ${detail}`, at(detail));
  }
  if (row.isBarred) {
    const detail = 'has opted out: whoever says STOP hears nothing more, a test as little as anything else';
    throw new Refusal('test_refused', `"${row.label}" ${detail}`, at(detail));
  }
}

/** Has whoever has the address `o` said that they want nothing of this kind? */
export function isBarred(db: Db, channel: Channel) {
  return db`exists (
    select from suppression s where s.hash = o.hash and s.lifted_at is null and ${channel} = any (s.channels))`;
}

export async function getTest(db: Db, id: string): Promise<TestMessage> {
  const [row] = await db<TestMessage[]>`select ${columns(db)} from own_message where id = ${id} and kind = 'test'`;
  if (row === undefined) throw new Refusal('not_found', `there is no test ${id}`);
  return row;
}

/** Newest first. */
export async function listTests(
  db: Db,
  { after, limit }: { readonly after: number | null; readonly limit: number },
): Promise<TestMessage[]> {
  return db<TestMessage[]>`
    select ${columns(db)} from own_message
    where kind = 'test' and (${after}::bigint is null or seq < ${after})
      and ${isInView(db, 'test_message', db`own_message.id`)}
    order by seq desc limit ${limit}`;
}

function columns(db: Db) {
  return db`
    id, seq::int, own_address_id, channel, content, template_id, template_version, campaign_id, run_key, step_key, contact_id,
    state, reason, status, ms(requested_at) as requested_at, ms(finished_at) as finished_at, actor`;
}
