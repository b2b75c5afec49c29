import type { Channel } from '../domain/channel';
import { CONSENT_CHANNEL, type ConsentClass } from '../domain/consent';
import type { Instant } from '../domain/instant';
import { isTypeInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';
import { lockAddresses } from './suppression';

/** What a person wants no more of (K-24), and how it is taken back (R-5). */

export interface OptOut {
  readonly channels: readonly Channel[];
  /** Calls about cases of this type alone; null = whatever the case. */
  readonly caseType: string | null;
  readonly source: string;
  readonly reason: string;
  readonly at: Instant;
  readonly actor: string;
  readonly liftedAt: Instant | null;
  readonly liftedBy: string | null;
  /** The consent that lifted it. */
  readonly consentId: string | null;
}

/** Newest first, with those that were lifted. */
export async function listOptOuts(db: Db, contactId: string): Promise<OptOut[]> {
  await requireContact(db, contactId);
  return db<OptOut[]>`
    select channels, case_type, source, reason, ms(at) as at, actor, ms(lifted_at) as lifted_at, lifted_by, consent_id
    from (
      select distinct s.channels, null::text as case_type, s.source,
        coalesce(i.raw ->> 'reason', '') as reason, s.at, s.actor, s.lifted_at, s.lifted_by, s.consent_id
      from contact_address ca
      join suppression s on s.hash = ca.hash
      left join fact f on f.id = s.fact_id
      left join inbox i on i.id = f.inbox_id
      where ca.contact_id = ${contactId}
      union all
      select distinct '{voice}'::text[], o.case_type, 'operator', o.reason, o.at, o.actor, o.lifted_at, o.lifted_by, o.consent_id
      from contact_address ca
      join call_opt_out o on o.hash = ca.hash
      where ca.contact_id = ${contactId} and ${isTypeInView(db, db`o.case_type`)}
    ) told
    order by at desc, lifted_at desc nulls first, case_type nulls first, channels`;
}

export interface CaseTypeOptOut {
  readonly id: string;
  readonly contactId: string;
  readonly caseType: string;
  readonly reason: string;
}

/** No call about such a case is claimed after the commit: it holds the locks that every claim takes. Texts and mails go on. */
export async function optOutOfCaseType(sql: Sql, optOut: CaseTypeOptOut, actor: string): Promise<void> {
  const { id, contactId, caseType, reason } = optOut;
  await inTransaction(sql, async (tx) => {
    await requireContact(tx, contactId);
    const hashes = await lockAddresses(tx, contactId);
    const made = await tx`
      insert into call_opt_out (id, hash, contact_id, case_type, reason, at, actor)
      select ${id}, hash, ${contactId}, ${caseType}, ${reason}, app_now(), ${actor} from unnest(${hashes}::text[]) hash
      on conflict do nothing
      returning 1`;
    if (made.length === 0) return;
    await wakeSharers(tx, hashes);
    const data = { channels: ['voice'], ofOneCaseType: true };
    await recordChange(tx, { entity: 'contact', entityId: contactId, change: 'opted_out', data, actor });
  });
}

export interface NewStart {
  readonly contactId: string;
  /** Calls about cases of this type alone; null = the channel as a whole, and with calls those of every type. */
  readonly caseType: string | null;
  readonly consent: {
    readonly id: string;
    readonly class: ConsentClass;
    readonly source: string;
    readonly text: string;
    readonly seller: string;
  };
}

/** Lifts the one channel that was consented to, and nothing that the provider bars by itself. Answers which channel. */
export async function liftOptOut(
  sql: Sql,
  { contactId, caseType, consent }: NewStart,
  actor: string,
): Promise<Channel> {
  const channel = CONSENT_CHANNEL[consent.class];
  if (caseType !== null && channel !== 'voice') throw notOfCalls(caseType);
  return inTransaction(sql, async (tx) => {
    await requireContact(tx, contactId);
    const hashes = await lockAddresses(tx, contactId);
    const [known] = await tx`select 1 from consent where id = ${consent.id}`;
    if (known !== undefined) return channel;
    await refuseWhileBlocked(tx, hashes, channel);
    await tx`
      insert into consent (id, contact_id, class, source, text, seller, given_at, actor)
      values (${consent.id}, ${contactId}, ${consent.class}, ${consent.source}, ${consent.text}, ${consent.seller}, app_now(), ${actor})`;
    const lifted = await liftCaseTypes(tx, { hashes, caseType, channel, consentId: consent.id, actor });
    const freed = caseType === null ? await liftChannel(tx, { hashes, channel, consentId: consent.id, actor }) : 0;
    if (lifted + freed === 0) throw nothingToLift(channel, caseType);
    await wakeSharers(tx, hashes);
    const data = { consentId: consent.id, class: consent.class, channel };
    await recordChange(tx, { entity: 'contact', entityId: contactId, change: 'opted_in', data, actor });
    return channel;
  });
}

interface Lift {
  readonly hashes: readonly string[];
  readonly channel: Channel;
  readonly consentId: string;
  readonly actor: string;
}

async function liftCaseTypes(
  tx: Tx,
  { hashes, caseType, channel, consentId, actor }: Lift & { caseType: string | null },
): Promise<number> {
  if (channel !== 'voice') return 0;
  const rows = await tx`
    update call_opt_out set lifted_at = app_now(), lifted_by = ${actor}, consent_id = ${consentId}
    where hash = any (${[...hashes]}::text[]) and lifted_at is null and (${caseType}::text is null or case_type = ${caseType})
    returning 1`;
  return rows.length;
}

/** What was barred together goes on being barred without this channel, since when it was. */
async function liftChannel(tx: Tx, { hashes, channel, consentId, actor }: Lift): Promise<number> {
  const rows = await tx`
    with lifted as (
      update suppression set lifted_at = app_now(), lifted_by = ${actor}, consent_id = ${consentId}
      where hash = any (${[...hashes]}::text[]) and lifted_at is null and ${channel} = any (channels)
      returning *
    ), rest as (
      insert into suppression (hash, channels, source, fact_id, at, rt, actor)
      select hash, array_remove(channels, ${channel}), source, fact_id, at, rt, actor from lifted where cardinality(channels) > 1
    )
    select 1 from lifted`;
  return rows.length;
}

/** The provider would refuse it all the same: the person has to take that back with the provider first (R-5). */
async function refuseWhileBlocked(tx: Tx, hashes: readonly string[], channel: Channel): Promise<void> {
  const [block] = await tx`
    select 1 from suppression
    where hash = any (${[...hashes]}::text[]) and lifted_at is null and source = 'provider' and ${channel} = any (channels) limit 1`;
  if (block === undefined) return;
  throw new Refusal(
    'order_refused',
    'the telephone provider itself bars the number; its block ends only when the person takes it back there, as by texting START',
  );
}

function notOfCalls(caseType: string): Refusal {
  const detail = 'only calls can be barred, and allowed again, for one type of case';
  return new Refusal('order_refused', detail, [{ pointer: '#/caseType', detail, value: caseType }]);
}

function nothingToLift(channel: Channel, caseType: string | null): Refusal {
  const WORDS = { voice: 'calls', sms: 'texts', email: 'mail' } as const;
  const about = caseType === null ? '' : ` about cases of the type "${caseType}"`;
  return new Refusal(
    'order_refused',
    `the person has not opted out of ${WORDS[channel]}${about}; record the consent alone`,
  );
}

async function wakeSharers(tx: Tx, hashes: readonly string[]): Promise<void> {
  await tx`
    insert into wake (enrollment_id, reason)
    select distinct e.id, 'suppression'
    from contact_address ca
    join enrollment e on e.contact_id = ca.contact_id and e.state = 'open'
    where ca.hash = any (${[...hashes]}::text[])`;
}

async function requireContact(db: Db, id: string): Promise<void> {
  const rows = await db`select 1 from contact where id = ${id}`;
  if (rows.length === 0) throw new Refusal('not_found', `there is no contact ${id}`);
}
