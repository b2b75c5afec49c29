import { randomUUID } from 'node:crypto';
import type { StatusRef } from '../../domain/crm-status';
import { databaseOfThisFile } from '../../test/database';
import {
  enrollEverybody,
  fictionalPhone,
  NORA,
  ONE_CALL_RUN,
  seedCampaign,
  seedContact,
  seedList,
  startOver,
  untilWaiting,
  wake,
} from '../../test/seed';
import { inTransaction } from '../client';
import { takeStatuses } from '../crm-status';
import { completeCampaigns } from './complete';
import { enrollPage } from './enroll';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

const MAIL_RUN = {
  key: 'mails',
  startsOn: '2027-03-01',
  hours: ONE_CALL_RUN.hours,
  messages: [{ key: 'hello', channel: 'email', when: { kind: 'after_start' }, subject: 'Hello', text: 'Hello.' }],
};

/** So many members with a mail address, straight into the tables. */
async function crowd(listId: string, from: number, to: number): Promise<void> {
  await sql`
    with person as (
      insert into contact (first_name, places, actor)
      select 'Member ' || n, '{"zones": ["America/New_York"], "states": [], "known": true, "sources": []}', 'test'
      from generate_series(${from}::int, ${to}::int) n returning id, first_name
    ), mail as (
      insert into address (hash, kind, value) select md5(first_name), 'email', md5(first_name) || '@example.com' from person
    ), has as (
      insert into contact_address (contact_id, hash, position) select id, md5(first_name), 0 from person
    ), member as (
      insert into cases (contact_id, external_id, case_type) select id, 'L' || id, 'injury' from person returning id
    )
    insert into list_member (list_id, case_id) select ${listId}, id from member`;
}

const rows = async () =>
  sql<{ state: string; reason: string | null; n: number }[]>`
    select state, reason, count(*)::int as n from enrollment group by 1, 2 order by 1, 2`;

/** The list is due to be read again. */
const later = () => sql`update campaign set enroll_scanned_rt = enroll_scanned_rt - interval '31 seconds'`;

test('takes in a long list page by page, and a crash between two pages loses and repeats nobody (INV-10)', async () => {
  const listId = await seedList(sql);
  await crowd(listId, 1, 3_500);
  await seedCampaign(sql, listId, [MAIL_RUN]);
  expect(await enrollPage(sql)).toBe(1_000);
  expect(await enrollPage(sql)).toBe(1_000);
  // The process dies before its page commits.
  const crashed = inTransaction(sql, async (tx) => {
    await tx`select 1 from campaign for no key update`;
    // Nobody else waits for it, nor takes the same page.
    expect(await enrollPage(sql)).toBe(0);
    throw new Error('crash');
  });
  await expect(crashed).rejects.toThrow('crash');
  expect(await enrollPage(sql)).toBe(1_000);
  expect(await enrollPage(sql)).toBe(500);
  expect(await enrollPage(sql)).toBe(0);
  expect([...(await rows())]).toEqual([{ state: 'open', reason: null, n: 3_500 }]);
  const [twice] =
    await sql`select count(*)::int as n from (select contact_id from enrollment group by 1 having count(*) > 1) t`;
  expect(twice).toEqual({ n: 0 });
});

test('takes in members who came later, wherever they stand in the order', async () => {
  const listId = await seedList(sql);
  await crowd(listId, 1, 1_200);
  await seedCampaign(sql, listId, [MAIL_RUN]);
  await enrollEverybody(sql);
  await crowd(listId, 2_000, 2_009);
  expect(await enrollPage(sql)).toBe(0);
  await later();
  await enrollEverybody(sql);
  expect([...(await rows())]).toEqual([{ state: 'open', reason: null, n: 1_210 }]);
});

test('two processes that enroll at once take in everybody once', async () => {
  const listId = await seedList(sql);
  await crowd(listId, 1, 2_500);
  await seedCampaign(sql, listId, [MAIL_RUN]);
  await Promise.all(Array.from({ length: 6 }, () => enrollPage(sql)));
  await enrollEverybody(sql);
  expect([...(await rows())]).toEqual([{ state: 'open', reason: null, n: 2_500 }]);
});

test('says why somebody could not be enrolled', async () => {
  const listId = await seedList(sql);
  const person = (n: number) => ({ ...NORA, name: `Person ${n}`, phones: [fictionalPhone(n)] });
  await seedContact(sql, listId, person(0));
  await seedContact(sql, listId, { name: 'Mail only', email: 'mail-only@example.com' });
  await seedContact(sql, listId, { name: 'Nothing' });
  const wrong = await seedContact(sql, listId, person(1));
  await sql`update contact_address set unusable = 'wrong_number' where contact_id = ${wrong.contactId}`;
  const out = await seedContact(sql, listId, person(2));
  const half = await seedContact(sql, listId, person(3));
  const back = await seedContact(sql, listId, person(4));
  for (const [hash, channels, lifted] of [
    [out.hashes[0], ['voice', 'sms'], false],
    [half.hashes[0], ['sms'], false],
    [back.hashes[0], ['voice', 'sms'], true],
  ] as const)
    await sql`
      insert into suppression (hash, channels, source, at, lifted_at, actor)
      values (${hash ?? ''}, ${[...channels]}, 'operator', app_now(), ${lifted ? sql`app_now()` : null}, 'test')`;
  await seedCampaign(sql, listId, [ONE_CALL_RUN]);
  await enrollEverybody(sql);
  expect([...(await rows())]).toEqual([
    { state: 'open', reason: null, n: 3 },
    { state: 'rejected', reason: 'no_usable_address', n: 3 },
    { state: 'rejected', reason: 'opted_out', n: 1 },
  ]);
  expect(await sql`select 1 from enrollment where state = 'rejected' and wants_workflow`).toHaveLength(0);
});

test('a contact with two cases is enrolled once, with both (R-6)', async () => {
  const listId = await seedList(sql);
  const { caseIds } = await seedContact(sql, listId, { ...NORA, cases: 2 });
  await seedCampaign(sql, listId);
  await enrollEverybody(sql);
  const [row, ...others] = await sql<{ cases: string[] }[]>`select cases from enrollment`;
  expect(others).toEqual([]);
  expect(row?.cases.toSorted()).toEqual(caseIds.toSorted());
});

describe('a campaign is over', () => {
  const status = async () => (await sql`select status, status_reason from campaign`)[0];

  async function through(policy: object = {}) {
    const listId = await seedList(sql);
    const seeded = await seedContact(sql, listId, NORA);
    const campaignId = await seedCampaign(sql, listId, [ONE_CALL_RUN], policy);
    await enrollEverybody(sql);
    const [row] = await sql<{ id: string }[]>`select id from enrollment`;
    return { listId, campaignId, enrollmentId: row?.id ?? '', ...seeded };
  }
  const finish = () => sql`update enrollment set state = 'ended', reason = 'plan_through', ended_at = app_now()`;

  it('when nobody is open and nobody is left to take in', async () => {
    await through();
    expect(await completeCampaigns(sql)).toBe(0);
    await finish();
    expect(await completeCampaigns(sql)).toBe(1);
    expect(await status()).toEqual({ status: 'completed', statusReason: 'plan_through' });
    expect(await completeCampaigns(sql)).toBe(0);
    expect(await sql`select 1 from timeline where kind = 'campaign_ended'`).toHaveLength(1);
  });

  it('never, if it never ends (K-6)', async () => {
    await through({ neverEnding: true });
    await finish();
    expect(await completeCampaigns(sql)).toBe(0);
  });

  it('not while its list is being read, and not for an empty list', async () => {
    await through();
    await finish();
    await sql`update campaign set enroll_cursor = gen_random_uuid()`;
    expect(await completeCampaigns(sql)).toBe(0);
    await startOver(sql);
    await seedCampaign(sql, await seedList(sql));
    await enrollEverybody(sql);
    expect(await completeCampaigns(sql)).toBe(0);
  });

  it('not while a file is being taken in onto its list, nor before all whom it brought are enrolled', async () => {
    const { listId } = await through();
    await finish();
    await sql`
      insert into import (id, list_id, name, format, bytes, sha256, status, columns, on_duplicate, next_line, next_byte, actor)
      values (gen_random_uuid(), ${listId}, 'people.csv', 'csv', 1, 'x', 'running', '[]', 'update', 2, 1, 'test')`;
    expect(await completeCampaigns(sql)).toBe(0);
    await seedContact(sql, listId, { ...NORA, name: 'Late', phones: [fictionalPhone(1)] });
    await sql`update import set status = 'done', finished_at = app_now(), finished_rt = clock_timestamp()`;
    expect(await completeCampaigns(sql)).toBe(0);
    await sql`update campaign set enroll_scanned_rt = null`;
    await enrollEverybody(sql);
    await finish();
    expect(await completeCampaigns(sql)).toBe(1);
  });

  it('not before the cases were held against the conditions of its list (K-17)', async () => {
    const { listId } = await through();
    await finish();
    await sql`update list set kind = 'hybrid', conditions = '{}' where id = ${listId}`;
    expect(await completeCampaigns(sql)).toBe(0);
    await sql`update list set swept_rt = clock_timestamp()`;
    expect(await completeCampaigns(sql)).toBe(1);
  });

  it('not when somebody is being enrolled at the same moment', async () => {
    const { listId, campaignId } = await through();
    await finish();
    const late = await seedContact(sql, listId, { ...NORA, name: 'Late', phones: [fictionalPhone(1)] });
    await inTransaction(sql, async (tx) => {
      await tx`select 1 from campaign for no key update`;
      await tx`
        insert into enrollment (campaign_id, contact_id, state, enrolled_at)
        values (${campaignId}, ${late.contactId}, 'open', app_now())`;
      expect(await completeCampaigns(sql)).toBe(0);
    });
    expect(await completeCampaigns(sql)).toBe(0);
    expect(await status()).toMatchObject({ status: 'active' });
  });

  it('and still hears what comes late (R-18)', async () => {
    const { enrollmentId } = await through();
    await finish();
    await completeCampaigns(sql);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'plan_through' });
  });
});

describe('a status that staff have set in the CRM', () => {
  const STOPS = { crm: { stopOn: [{ value: 'Signed' }] } };
  const dialer = (value: string) => ({ field: 'substatus' as const, group: 'Dialer Status', value });

  async function connect(): Promise<string> {
    const [row] = await sql<{ id: string }[]>`
      insert into connection (name, kind, credentials, actor) values (${randomUUID()}, 'http', 'none', 'test') returning id`;
    return row?.id ?? '';
  }

  const told = async (connectionId: string, contactId: string, ...statuses: StatusRef[]) =>
    takeStatuses(sql, { connectionId, caseExternalId: `L${contactId}-0`, statuses, how: 'told' });
  const status = (value: string) => ({ field: 'status' as const, value });

  async function campaignOf(listId: string, connectionId: string, policy: object): Promise<string> {
    const campaignId = await seedCampaign(sql, listId, [ONE_CALL_RUN], policy);
    await sql`update campaign set connection_id = ${connectionId} where id = ${campaignId}`;
    return campaignId;
  }

  test('U-1: keeps out whoever has a case at it before they are enrolled, in campaigns that stop at it', async () => {
    const listId = await seedList(sql);
    const person = async (n: number, cases = 1) =>
      (await seedContact(sql, listId, { ...NORA, name: `Person ${n}`, phones: [fictionalPhone(n)], cases })).contactId;
    const [signed, thinking, elsewhere, busy] = [await person(0, 2), await person(1), await person(2), await person(3)];
    const [crm, other] = [await connect(), await connect()];
    await told(crm, signed, status(' SIGNED'));
    await told(crm, thinking, status('Signed'));
    await told(crm, thinking, status('Thinking'), dialer('11'));
    await told(other, elsewhere, status('Signed'));
    await told(crm, busy, dialer('12'));
    const stops = await campaignOf(listId, crm, STOPS);
    const goesOn = await campaignOf(listId, crm, {});
    await sql`
      update crm_mapping set mapping = jsonb_set(mapping, '{statuses}', (
        select jsonb_agg(s || jsonb_build_object('stopsOutreach', s ->> 'value' = '12'))
        from jsonb_array_elements(mapping -> 'statuses') s))
      where connection_id = ${crm}`;
    await enrollEverybody(sql);
    const rejected = async (campaignId: string) =>
      sql`select contact_id, wants_workflow from enrollment
        where campaign_id = ${campaignId} and state = 'rejected' and reason = 'stopped_in_crm' order by seq`;
    const out = (contactId: string) => ({ contactId, wantsWorkflow: false });
    expect(new Set(await rejected(stops))).toEqual(new Set([out(signed), out(busy)]));
    // The mapping's own is for all; what a campaign names is for that campaign.
    expect([...(await rejected(goesOn))]).toEqual([out(busy)]);
    expect([...(await rows())]).toEqual([
      { state: 'open', reason: null, n: 5 },
      { state: 'rejected', reason: 'stopped_in_crm', n: 3 },
    ]);
  });

  test('U-1: is not missed when it is told while its person is being enrolled', async () => {
    const listId = await seedList(sql);
    const { contactId, caseIds } = await seedContact(sql, listId, NORA);
    const crm = await connect();
    await campaignOf(listId, crm, STOPS);
    const both = await inTransaction(sql, async (tx) => {
      await tx`select from cases where id = any (${[...caseIds]}::uuid[]) for update`;
      // It has looked for enrollments, and not yet said what it knows.
      const telling = told(crm, contactId, status('Signed'));
      await untilWaiting(sql, 1);
      const enrolling = enrollPage(sql);
      await Promise.race([enrolling, untilWaiting(sql, 2)]);
      return [telling, enrolling];
    });
    await Promise.all(both);
    expect([...(await rows())]).toEqual([{ state: 'rejected', reason: 'stopped_in_crm', n: 1 }]);
  });
});
