import { removeContact } from '../db/campaign-contact';
import { seal } from '../db/connection-seal';
import { takeStatuses } from '../db/crm-status';
import { requestEnrichment } from '../db/enrichment';
import { changeEnrichmentService, ENRICHMENT_PLACE } from '../db/enrichment-service';
import { beginErasure } from '../db/erasure';
import { anonymise } from '../db/erasure-rows';
import { addMembers, removeMembers } from '../db/list-members';
import { findNeeds } from '../db/sweeps/enrichment-needs';
import { releaseLost, takeEnrichments } from '../db/sweeps/enrichments';
import { inTransaction } from '../db/client';
import { SIMULATED_ENRICHER_TOKEN } from '../simulator/enricher';
import { type Rig, startRig } from '../simulator/rig';
import { databaseOfThisFile } from '../test/database';
import { claimDue, fictionalPhone, ONE_CALL_RUN, people, seedOutreach, startOver, tell, TEST_KEYS } from '../test/seed';
import { enrich } from './enrich';

/** From the need to the number that is called: real rows, and a service over a socket. */

const { sql } = databaseOfThisFile();
let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());
beforeEach(async () => {
  await startOver(sql);
  await rig.control('POST', '/reset');
  await rig.control('PUT', '/enricher/data', {
    people: { [PHONE]: [{ kind: 'phone', value: '(646) 555-0124', source: 'directory' }] },
  });
  await setUp({});
});

const PHONE = fictionalPhone(0);
const FOUND = '+16465550124';
const CALLS = {
  ...ONE_CALL_RUN,
  calls: { attempts: 9, perDay: 9, spacingMinutes: { default: 0 }, greeting: 'Hello.' },
};

const setUp = (more: object) =>
  changeEnrichmentService(
    sql,
    TEST_KEYS.secretKey,
    {
      url: `${rig.simulator.httpUrl}/enricher/data/append`,
      name: 'Data',
      token: SIMULATED_ENRICHER_TOKEN,
      enabled: true,
      honoursIdempotencyKey: false,
      perDay: 1000,
      costMicros: 90_000,
      ...more,
    },
    'test',
  );

/** Somebody whom nobody reaches: so many calls were made. */
async function unreached(calls: number, enrichment: object = { afterUnreachable: 2 }) {
  const seeded = await seedOutreach(sql, { runs: [CALLS], policy: { enrichment } });
  for (let n = 0; n < calls; n++) await unanswered(seeded.enrollmentId);
  return seeded;
}

async function unanswered(enrollmentId: string) {
  const { attemptId, outcome } = await claimDue(sql, enrollmentId);
  if (outcome.kind !== 'claimed') throw new Error(JSON.stringify(outcome));
  await sql`update attempt set state = 'accepted', provider_sid = ${attemptId} where id = ${attemptId}`;
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
  return outcome;
}

async function look() {
  await sql`update enrichment_scan set scanned_rt = '-infinity'`;
  await findNeeds(sql);
}
const later = () => sql`update enrichment set next_rt = clock_timestamp() where state in ('pending', 'asking')`;
async function round() {
  await sql`update enrichment_service set not_before_rt = null`;
  await releaseLost(sql);
  for (const due of await takeEnrichments(sql)) await enrich({ sql, reach: 'simulated', keys: TEST_KEYS }, due);
}
const rows = () =>
  sql`select state, cause, error_code, tries, source, cost_micros::float8, data from enrichment order by seq`;
const shown = async () => (await rig.control('GET', '/enricher/data')).body;
const phones = () =>
  sql`select a.value, f.source from contact_address ca join address a on a.hash = ca.hash
    left join found_address f on f.contact_id = ca.contact_id and f.hash = ca.hash order by ca.position`;
const fault = (mode: string) => rig.control('POST', '/faults', { channel: 'enrichment', mode, times: 1 });

describe('automatic enrichment (K-7)', () => {
  it('begins after so many calls that nobody answered; the found number is called next, flagged with its source', async () => {
    const { enrollmentId } = await unreached(1);
    await look();
    expect(await rows()).toEqual([]);
    await unanswered(enrollmentId);
    await look();
    expect(await rows()).toMatchObject([{ state: 'pending', cause: 'unreachable' }]);
    await round();
    expect(await rows()).toMatchObject([
      {
        state: 'found',
        source: 'Data',
        costMicros: 120_000,
        tries: 1,
        data: [{ kind: 'phone', value: '(646) 555-0124', source: 'directory' }],
      },
    ]);
    expect(await phones()).toEqual([
      { value: FOUND, source: 'Data: directory' },
      { value: PHONE, source: null },
    ]);
    const { to } = await unanswered(enrollmentId);
    expect(to).toBe(FOUND);
    const attempts = await sql`select permit ->> 'foundBy' as found_by from attempt order by claimed_rt`;
    expect(attempts.map(({ foundBy }) => foundBy)).toEqual([null, null, 'Data: directory']);
    const [change] = await sql`select data from change_log where change = 'enriched'`;
    expect(change).toMatchObject({ data: { phones: 1, emails: 0 } });
  });

  it('counts calls since the last answer and the last look-up', async () => {
    const { enrollmentId } = await unreached(2);
    await look();
    await round();
    await sql`update clock set anchor_at = anchor_at + interval '1 minute'`;
    await unanswered(enrollmentId);
    await look();
    expect(await rows()).toHaveLength(1);
  });

  it('never asks twice for the same need, whoever has it', async () => {
    const { contacts } = await unreached(2);
    await rig.control('PUT', '/enricher/data', { people: { [PHONE]: [] } });
    await look();
    const contactId = contacts[0]?.contactId ?? '';
    const known = await requestEnrichment(sql, contactId, ['phone'], 'test');
    await Promise.all([look(), look(), requestEnrichment(sql, contactId, ['phone'], 'test')]);
    await Promise.all([round(), round(), round()]);
    await look();
    await later();
    await round();
    expect(await rows()).toMatchObject([{ state: 'nothing', cause: 'unreachable' }]);
    expect(await shown()).toMatchObject({ asked: 1, charged: 0 });
    expect((await requestEnrichment(sql, contactId, ['phone'], 'test')).id).toBe(known.id);
  });

  it('is off by default, and while the service is', async () => {
    await unreached(2, {});
    await look();
    expect(await rows()).toEqual([]);
    await startOver(sql);
    await unreached(2);
    await setUp({ enabled: false });
    await look();
    expect(await rows()).toEqual([]);
    await setUp({ enabled: true });
    await look();
    await setUp({ enabled: false });
    await round();
    expect(await rows()).toMatchObject([{ state: 'pending', tries: 0 }]);
  });
});

describe('what enrichment is asked for (K-25)', () => {
  it.each([
    ['import', ['import'], 0],
    ['call', ['call'], 1],
  ])('on %s', async (cause, on, calls) => {
    const { enrollmentId } = await unreached(0, { on, kinds: ['phone', 'email', 'demographics'] });
    await look();
    expect(await rows()).toHaveLength(calls === 0 ? 1 : 0);
    if (calls > 0) await unanswered(enrollmentId);
    await look();
    expect(await rows()).toMatchObject([{ cause, state: 'pending' }]);
    await round();
    // Behind what was given: nobody has said that it is wrong.
    expect(await phones()).toMatchObject([{ value: PHONE }, { value: FOUND }]);
    await look();
    expect(await rows()).toHaveLength(1);
  });

  it('on import for somebody without a phone, who is taken in when one is found', async () => {
    const mail = 'nora@example.com';
    await rig.control('PUT', '/enricher/data', { people: { [mail]: [{ kind: 'phone', value: FOUND }] } });
    const nora = { name: 'Nora', email: mail, zone: 'America/New_York' };
    const { enrollmentId, contacts, listId } = await seedOutreach(sql, {
      people: [nora, ...people(1)],
      runs: [CALLS],
      policy: { enrichment: { on: ['import'] } },
    });
    await look();
    // with the cases that are on the list by then.
    const [second] = await sql<{ id: string }[]>`
      insert into cases (contact_id, external_id, case_type) values (${contacts[0]?.contactId ?? ''}, 'LATER', 'injury') returning id`;
    await addMembers(sql, listId, { caseIds: [second?.id ?? ''], externalIds: [] }, 'test');
    await round();
    expect(
      await sql`select state, reason, wants_workflow, cardinality(cases) as cases from enrollment where id = ${enrollmentId}`,
    ).toEqual([{ state: 'open', reason: null, wantsWorkflow: true, cases: 2 }]);
    expect(await unanswered(enrollmentId)).toMatchObject({ to: FOUND });
  });

  it('takes in nobody who was taken off the list or out of the campaign meanwhile (K-17, U-13)', async () => {
    const mails = ['nora@example.com', 'omar@example.com'];
    await rig.control('PUT', '/enricher/data', {
      people: Object.fromEntries(mails.map((mail, n) => [mail, [{ kind: 'phone', value: fictionalPhone(30 + n) }]])),
    });
    const unreachable = mails.map((email) => ({ name: email, email, zone: 'America/New_York' }));
    const { enrollmentIds, campaignId, listId, contacts } = await seedOutreach(sql, {
      people: [...unreachable, ...people(1)],
      runs: [CALLS],
      policy: { enrichment: { on: ['import'] } },
    });
    const [off, out] = contacts;
    await look();
    expect(await rows()).toHaveLength(3);
    await removeMembers(sql, listId, { caseIds: off?.caseIds ?? [], externalIds: [] }, 'test');
    const place = { campaignId, contactId: out?.contactId ?? '', actor: 'test', requestKey: 'out' };
    expect(await removeContact(sql, place)).toMatchObject({ change: 'removed', enrollment: { state: 'ended' } });
    expect(await removeContact(sql, place)).toMatchObject({ change: 'unchanged' });
    await round();
    expect((await rows()).slice(0, 2)).toMatchObject([{ state: 'found' }, { state: 'found' }]);
    const standing = await sql`
      select state, reason from enrollment where id = any (${enrollmentIds.slice(0, 2)}::uuid[]) order by seq`;
    expect(standing).toEqual([
      { state: 'rejected', reason: 'no_usable_address' },
      { state: 'ended', reason: 'removed_by_operator' },
    ]);
  });

  it('takes in nobody who was marked completed before, and looks them up no more (S1-92)', async () => {
    const mail = 'nora@example.com';
    await rig.control('PUT', '/enricher/data', { people: { [mail]: [{ kind: 'phone', value: FOUND }] } });
    const { enrollmentId } = await seedOutreach(sql, {
      people: [{ name: 'Nora', email: mail, zone: 'America/New_York' }],
      runs: [CALLS],
      policy: { enrichment: { on: ['import'] } },
    });
    const standing = () => sql`select state, reason from enrollment where id = ${enrollmentId}`;
    expect(await standing()).toEqual([{ state: 'rejected', reason: 'no_usable_address' }]);
    await look();
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    await round();
    expect(await rows()).toMatchObject([{ state: 'found' }]);
    expect(await phones()).toContainEqual(expect.objectContaining({ value: FOUND }));
    expect(await standing()).toEqual([{ state: 'ended', reason: 'completed_by_operator' }]);
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'resume' } });
    expect(await unanswered(enrollmentId)).toMatchObject({ to: FOUND });
  });

  it('takes in nobody whose case staff have given a status meanwhile that the campaign stops at (U-1)', async () => {
    const mail = 'nora@example.com';
    await rig.control('PUT', '/enricher/data', { people: { [mail]: [{ kind: 'phone', value: FOUND }] } });
    const { enrollmentId, campaignId, contacts } = await seedOutreach(sql, {
      people: [{ name: 'Nora', email: mail, zone: 'America/New_York' }],
      runs: [CALLS],
      policy: { enrichment: { on: ['import'] }, crm: { stopOn: [{ value: 'Signed' }] } },
    });
    const [crm] = await sql<{ id: string }[]>`
      insert into connection (name, kind, credentials, actor) values ('CRM', 'http', 'none', 'test') returning id`;
    const connectionId = crm?.id ?? '';
    await sql`update campaign set connection_id = ${connectionId} where id = ${campaignId}`;
    await look();
    const caseExternalId = `L${contacts[0]?.contactId}-0`;
    await takeStatuses(sql, {
      connectionId,
      caseExternalId,
      statuses: [{ field: 'status', value: 'Signed' }],
      how: 'told',
    });
    await round();
    expect(await rows()).toMatchObject([{ state: 'found' }]);
    expect(await sql`select state, reason, wants_workflow from enrollment where id = ${enrollmentId}`).toEqual([
      { state: 'rejected', reason: 'stopped_in_crm', wantsWorkflow: false },
    ]);
    expect(await sql`select from timeline where enrollment_id = ${enrollmentId}`).toEqual([]);
  });

  it('is not asked for somebody who could not be enrolled and is on the list no more', async () => {
    const nora = { name: 'Nora', email: 'nora@example.com', zone: 'America/New_York' };
    const { listId, contacts } = await seedOutreach(sql, {
      people: [nora],
      runs: [CALLS],
      policy: { enrichment: { on: ['import'] } },
    });
    await removeMembers(sql, listId, { caseIds: contacts[0]?.caseIds ?? [], externalIds: [] }, 'test');
    await look();
    expect(await rows()).toEqual([]);
  });

  it('on a text', async () => {
    const run = {
      ...ONE_CALL_RUN,
      calls: undefined,
      messages: [{ key: 'hello', channel: 'sms', when: { kind: 'after_start' }, text: 'Hi.' }],
    };
    const { enrollmentId } = await seedOutreach(sql, { runs: [run], policy: { enrichment: { on: ['text'] } } });
    await look();
    expect(await rows()).toEqual([]);
    const { attemptId } = await claimDue(sql, enrollmentId);
    await sql`update attempt set state = 'accepted', provider_sid = 'SM1' where id = ${attemptId}`;
    await look();
    expect(await rows()).toMatchObject([{ cause: 'text' }]);
  });

  it('keeps everything that was asked for and found with its date, kind, state, data and cost, and puts only addresses to use', async () => {
    const found = [
      { kind: 'phone', value: FOUND },
      { kind: 'email', value: 'Nora@Example.com' },
      { kind: 'demographics', values: { age: 44 } },
    ];
    await rig.control('PUT', '/enricher/data', { tellsAll: true, people: { [PHONE]: found } });
    const { contacts } = await seedOutreach(sql);
    await requestEnrichment(sql, contacts[0]?.contactId ?? '', ['email', 'demographics'], 'key:Ada');
    await round();
    const [row] =
      await sql`select kinds, data, asked_at is not null as dated, cost_micros::float8, actor from enrichment`;
    expect(row).toEqual({
      kinds: ['email', 'demographics'],
      data: found.slice(1),
      dated: true,
      costMicros: 120_000,
      actor: 'key:Ada',
    });
    expect(await phones()).toMatchObject([{ value: PHONE }, { value: 'nora@example.com', source: 'Data' }]);
  });
});

describe('a service that fails', () => {
  it.each([
    ['429', 'rate_limited'],
    ['401', 'credentials'],
  ])('with %s is asked again later, and found at last', async (mode, errorCode) => {
    await unreached(2);
    await look();
    await fault(mode);
    await round();
    expect(await rows()).toMatchObject([{ state: 'pending', errorCode, tries: 1 }]);
    await round();
    expect(await rows()).toMatchObject([{ tries: 1 }]);
    await later();
    await round();
    expect(await rows()).toMatchObject([{ state: 'found', errorCode: null, tries: 2 }]);
  });

  it('with an answer that got lost is not asked again: it might be paid for twice', async () => {
    await unreached(2);
    await look();
    await fault('504_executed');
    await round();
    await later();
    await round();
    expect(await rows()).toMatchObject([{ state: 'unknown', errorCode: 'failed', tries: 1 }]);
    expect(await shown()).toMatchObject({ asked: 1, charged: 1 });
  });

  it('with an answer that got lost is asked under the same key, where that is free', async () => {
    await rig.control('PUT', '/enricher/data', { honoursIdempotencyKey: true });
    await setUp({ honoursIdempotencyKey: true });
    await unreached(2);
    await look();
    await fault('504_executed');
    await round();
    await later();
    await round();
    expect(await rows()).toMatchObject([{ state: 'found', tries: 2 }]);
    expect(await shown()).toMatchObject({ asked: 2, charged: 1 });
  });

  it('for good is given up after eight tries, and asked once more when somebody wants it', async () => {
    const { contacts } = await unreached(2);
    await rig.control('PUT', '/enricher/data', { token: 'another' });
    await look();
    for (let n = 0; n < 9; n++) {
      await later();
      await round();
    }
    expect(await rows()).toMatchObject([{ state: 'failed', errorCode: 'credentials', tries: 8 }]);
    await rig.control('PUT', '/enricher/data', { token: SIMULATED_ENRICHER_TOKEN });
    await requestEnrichment(sql, contacts[0]?.contactId ?? '', ['phone'], 'test');
    await round();
    expect(await rows()).toMatchObject([{ state: 'found', tries: 1 }]);
  });

  it('is not asked by a process that died, nor twice for its sake', async () => {
    await unreached(2);
    await look();
    expect(await takeEnrichments(sql)).toHaveLength(1);
    await round();
    expect(await rows()).toMatchObject([{ state: 'asking' }]);
    await later();
    await round();
    expect(await rows()).toMatchObject([{ state: 'unknown', errorCode: 'answer_lost' }]);
    expect(await shown()).toMatchObject({ asked: 0 });
  });

  it('is left alone by everybody when it turns one away, until it is mended', async () => {
    await seedOutreach(sql, { people: people(3), runs: [CALLS], policy: { enrichment: { on: ['import'] } } });
    await look();
    const ask = async () => {
      const due = await takeEnrichments(sql);
      await Promise.all(due.slice(0, 1).map((each) => enrich({ sql, reach: 'simulated', keys: TEST_KEYS }, each)));
      return due.length;
    };
    await rig.control('PUT', '/enricher/data', { credit: 0 });
    expect([await ask(), await ask()]).toEqual([3, 0]);
    await rig.control('PUT', '/enricher/data', { credit: null });
    await setUp({ timeoutSeconds: 5 });
    expect(await ask()).toBe(1);
  });

  it('is asked no more often in a day than it may be', async () => {
    await seedOutreach(sql, { people: people(5), runs: [CALLS], policy: { enrichment: { on: ['import'] } } });
    await setUp({ perDay: 2 });
    await look();
    await round();
    await round();
    expect(await shown()).toMatchObject({ asked: 2 });
    await sql`update clock set anchor_at = anchor_at + interval '1 day'`;
    await round();
    expect(await shown()).toMatchObject({ asked: 4 });
  });

  it('has a token that was encrypted under another key given once more', async () => {
    await unreached(2);
    await look();
    const sealed = seal('another-secret-key-0123456789abcdef', 'token', ENRICHMENT_PLACE, 'x');
    await sql`update enrichment_service set credentials = ${sealed}`;
    await round();
    expect(await rows()).toMatchObject([{ state: 'pending', errorCode: 'credentials' }]);
    expect(await shown()).toMatchObject({ asked: 0 });
  });
});

it('whoever is erased while they are looked up gets nothing, and nothing is left of what was found before', async () => {
  const { contacts } = await unreached(2);
  const contactId = contacts[0]?.contactId ?? '';
  await look();
  await round();
  await requestEnrichment(sql, contactId, ['email'], 'test');
  const [due] = await takeEnrichments(sql);
  await beginErasure(sql, contactId, 'test');
  await inTransaction(sql, async (tx) => anonymise(tx, contactId));
  if (due !== undefined) await enrich({ sql, reach: 'simulated', keys: TEST_KEYS }, due);
  expect(await rows()).toMatchObject([
    { state: 'found', data: [] },
    { state: 'failed', errorCode: 'erased', data: [] },
  ]);
  expect(await sql`select 1 from found_address`).toHaveLength(0);
  await expect(requestEnrichment(sql, contactId, ['phone'], 'test')).rejects.toMatchObject({ code: 'wrong_status' });
});
