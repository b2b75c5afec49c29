import { randomUUID } from 'node:crypto';
import { claim, type ClaimAsk, type ClaimOutcome } from '../db/claim';
import type { Sql } from '../db/client';
import { setClock } from '../db/clock';
import { receive, type NewFact, type Received } from '../db/inbox';
import { step, type StepOutcome } from '../db/step';
import { enrollPage } from '../db/sweeps/enroll';
import { addressHash } from '../db/tokens';
import { CampaignDefinitionSchema } from '../domain/campaign-definition';
import { fromIso } from '../domain/instant';
import { candidatePlaces } from '../domain/zone-evidence';

/** Keys of tests; nothing outside a test knows them. */
export const TEST_KEYS = {
  addressKey: 'test-address-key-0123456789abcdef0123',
  secretKey: 'test-secret-key-0123456789abcdef01234',
  publicUrl: 'http://127.0.0.1:1',
};

/** A Monday morning in New York, well inside everybody's hours soon. */
export const MONDAY_NOON = '2027-03-01T17:00:00Z';

export async function freezeAt(sql: Sql, iso: string): Promise<void> {
  await setClock(sql, fromIso(iso), 0);
}

export interface SeedContact {
  readonly name: string;
  readonly phones?: readonly string[];
  readonly email?: string;
  readonly zone?: string;
  readonly cases?: number;
}

export interface SeededContact {
  readonly contactId: string;
  readonly caseIds: readonly string[];
  readonly hashes: readonly string[];
}

/** Puts a person and their cases straight into the tables. */
export async function seedContact(sql: Sql, listId: string, person: SeedContact): Promise<SeededContact> {
  const phones = person.phones ?? [];
  const places = candidatePlaces({ phones, ...(person.zone === undefined ? {} : { statedZone: person.zone }) });
  const [contact] = await sql<{ id: string }[]>`
    insert into contact (first_name, places, actor) values (${person.name}, ${JSON.stringify(places)}::text::jsonb, 'test') returning id`;
  if (contact === undefined) throw new Error('not seeded');
  const addresses = [
    ...phones.map((value) => ({ kind: 'phone' as const, value })),
    ...(person.email === undefined ? [] : [{ kind: 'email' as const, value: person.email }]),
  ].map((address) => ({ ...address, hash: addressHash(TEST_KEYS.addressKey, address.kind, address.value) }));
  for (const [position, { kind, value, hash }] of addresses.entries()) {
    await sql`insert into address (hash, kind, value) values (${hash}, ${kind}, ${value}) on conflict do nothing`;
    await sql`insert into contact_address (contact_id, hash, position) values (${contact.id}, ${hash}, ${position})`;
  }
  const caseIds: string[] = [];
  for (let n = 0; n < (person.cases ?? 1); n++) {
    const [row] = await sql<{ id: string }[]>`
      insert into cases (contact_id, external_id, case_type) values (${contact.id}, ${`L${contact.id}-${n}`}, 'injury') returning id`;
    if (row === undefined) throw new Error('not seeded');
    caseIds.push(row.id);
    await sql`insert into list_member (list_id, case_id) values (${listId}, ${row.id})`;
  }
  return { contactId: contact.id, caseIds, hashes: addresses.map(({ hash }) => hash) };
}

export async function seedList(sql: Sql): Promise<string> {
  const [row] = await sql<
    { id: string }[]
  >`insert into list (name, case_type, actor) values ('List', 'injury', 'test') returning id`;
  if (row === undefined) throw new Error('not seeded');
  return row.id;
}

export const ONE_CALL_RUN = {
  key: 'week',
  startsOn: '2027-03-01',
  endsOn: '2027-03-12',
  hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
  calls: { attempts: 1, greeting: 'Hello {{contact.first_name}}.' },
};

/** An active campaign with its first version, as a launch leaves it. */
export async function seedCampaign(
  sql: Sql,
  listId: string,
  runs: readonly unknown[] = [ONE_CALL_RUN],
  policy: object = {},
  plan: object = {},
) {
  const definition = CampaignDefinitionSchema.parse({ name: 'Test campaign', listId, plan: { ...plan, runs }, policy });
  await sql`update settings set caller_numbers = array['+12125550100'], mail_from = 'office@example.com', opening_jitter_seconds = 0, closing_margin_seconds = 0`;
  const [campaign] = await sql<{ id: string }[]>`
    insert into campaign (name, subject, list_id, definition, line_group_id, actor)
    select ${definition.name}, ${definition.subject}, ${listId}, ${JSON.stringify(definition)}::text::jsonb, id, 'test' from line_group
    returning id`;
  if (campaign === undefined) throw new Error('not seeded');
  await sql`
    with v as (
      insert into version (campaign_id, number, plan, policy, created_at, actor)
      values (${campaign.id}, 1, ${JSON.stringify(definition.plan)}::text::jsonb, ${JSON.stringify(definition.policy)}::text::jsonb, app_now(), 'test')
      returning id)
    update campaign set status = 'active', current_version_id = v.id, launched_at = app_now() from v where campaign.id = ${campaign.id}`;
  return campaign.id;
}

/** Area codes of the eastern zone; each has a hundred numbers that belong to nobody. */
const EASTERN = [
  '646',
  '917',
  '718',
  '347',
  '929',
  '315',
  '518',
  '607',
  '716',
  '845',
  '914',
  '201',
  '551',
  '609',
  '212',
];
const FICTIONAL = 100;

/** The nth of the telephone numbers that are kept free for stories. */
export function fictionalPhone(n: number): string {
  const area = EASTERN[Math.floor(n / FICTIONAL)];
  if (area === undefined) throw new RangeError(`there is no fictional number ${n}`);
  return `+1${area}55501${String(n % FICTIONAL).padStart(2, '0')}`;
}

/** Lets the enroll sweep run until every list was read to its end. */
export async function enrollEverybody(sql: Sql): Promise<void> {
  do await enrollPage(sql);
  while ((await sql`select 1 from campaign where status = 'active' and enroll_scanned_rt is null`).length > 0);
}

export async function enrollmentIdOf(sql: Sql, campaignId: string, contactId: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select id from enrollment where campaign_id = ${campaignId} and contact_id = ${contactId}`;
  if (row === undefined) throw new Error('not enrolled');
  return row.id;
}

/** One wake of an enrollment, as a workflow run of its own unless one is named. */
export async function wake(
  sql: Sql,
  enrollmentId: string,
  workflowRunId: string = randomUUID(),
): Promise<StepOutcome & { kind: 'decided' }> {
  const outcome = await step(sql, { enrollmentId, workflowRunId, running: [] });
  if (outcome.kind === 'stale') throw new Error('the run is stale');
  return outcome;
}

/** What `dial` or `deliver` is ordered to do after this wake; fails where nothing is due. */
export async function orderOf(sql: Sql, enrollmentId: string): Promise<ClaimAsk> {
  const { decision, attemptId } = await wake(sql, enrollmentId);
  if (decision.kind !== 'touch' || attemptId === null) throw new Error(`nothing is due: ${JSON.stringify(decision)}`);
  return { enrollmentId, attemptId, touchKey: decision.touch.key, try: decision.touch.try };
}

/** Wakes the enrollment and claims what is due. */
export async function claimDue(sql: Sql, enrollmentId: string): Promise<{ attemptId: string; outcome: ClaimOutcome }> {
  const order = await orderOf(sql, enrollmentId);
  return { attemptId: order.attemptId, outcome: await claim(sql, order, TEST_KEYS) };
}

/** Tells a fact through the one door, under a key that nobody used before. */
export async function tell(sql: Sql, fact: NewFact, eventKey: string = randomUUID()): Promise<Received> {
  return receive(sql, { source: 'test', eventKey, raw: {}, actor: 'test', fact });
}

export interface Outreach {
  readonly listId: string;
  readonly contacts: readonly SeededContact[];
  readonly campaignIds: readonly string[];
  readonly campaignId: string;
  /** By campaign, then by person, as they were named. */
  readonly enrollmentIds: readonly string[];
  readonly enrollmentId: string;
}

export interface OutreachOptions {
  readonly people?: readonly SeedContact[];
  readonly runs?: readonly unknown[];
  readonly policy?: object;
  readonly plan?: object;
  /** So many campaigns over the one list. */
  readonly campaigns?: number;
}

export const NORA: SeedContact = { name: 'Nora', phones: [fictionalPhone(0)], zone: 'America/New_York' };

/** So many people with a phone of their own. */
export function people(count: number): SeedContact[] {
  return Array.from({ length: count }, (_, n) => ({ ...NORA, name: `Person ${n}`, phones: [fictionalPhone(n)] }));
}

/** A list of people, launched campaigns over it, and everybody enrolled. */
export async function seedOutreach(sql: Sql, options: OutreachOptions = {}): Promise<Outreach> {
  const listId = await seedList(sql);
  const contacts: SeededContact[] = [];
  for (const person of options.people ?? [NORA]) contacts.push(await seedContact(sql, listId, person));
  const campaignIds: string[] = [];
  for (let n = 0; n < (options.campaigns ?? 1); n++)
    campaignIds.push(await seedCampaign(sql, listId, options.runs, options.policy, options.plan));
  await enrollEverybody(sql);
  const enrollmentIds: string[] = [];
  for (const campaignId of campaignIds)
    for (const { contactId } of contacts) enrollmentIds.push(await enrollmentIdOf(sql, campaignId, contactId));
  const [campaignId = ''] = campaignIds;
  const [enrollmentId = ''] = enrollmentIds;
  return { listId, contacts, campaignIds, campaignId, enrollmentIds, enrollmentId };
}

/** A company without people and campaigns again, and the clock at Monday noon. */
export async function startOver(sql: Sql): Promise<void> {
  await sql.unsafe(EMPTY);
  await sql`update line_group set lines = 20, rate_percent = 100, calls_per_second = null, calls_tat_rt = '-infinity'`;
  await freezeAt(sql, MONDAY_NOON);
}

/** What `truncate ... cascade` would empty, in a twentieth of the time that it takes to make so many tables anew. */
const EMPTY = `
  do $$
  declare
    emptied regclass;
  begin
    set local session_replication_role = replica;
    for emptied in
      with recursive below (id) as (
        select unnest('{campaign, contact, address, list, inbox, fact, wake, sender_pace, conversation, call_turn, timeline,
          change_log, enrollment, version, number_check}'::regclass[])::oid
        union
        select conrelid from pg_constraint join below on confrelid = id
      )
      select id from below
    loop
      execute format('delete from %s', emptied);
    end loop;
  end $$`;

/** Returns when so many sessions of this database wait for a lock. */
export async function untilWaiting(sql: Sql, count: number): Promise<void> {
  const waiting = async () =>
    (await sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).length;
  while ((await waiting()) < count) await sql`select pg_sleep(0.005)`;
}

/** Did it wait longer for locks than it may, on a busy machine? Whoever asked asks again. */
export function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(55P03|57014|25P04|CONNECTION_)/.test(String(error.code));
}
