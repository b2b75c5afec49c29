import { setTimeout as delay } from 'node:timers/promises';
import { createTwilio } from '../../activities/providers/twilio';
import { createSql } from '../../db/client';
import { ACCOUNT } from '../environment';
import { connectTemporal, type Temporal } from '../history';
import { columnsWith } from '../markers';
import { enrollmentsOf, expectSound } from '../outcome';
import { callRun, launch, prepare, type Story, tellSimulator } from '../story';
import { until } from '../until';
import { World } from '../world';
import { erasures } from '../../workers/sweeps/erasures';

/** Somebody asks to be forgotten (INV-16, C20): nothing personal is left anywhere, and a stop outlives it. */

const PHONE = '+12125550147';
const MAIL = 'xanthippe.quill@example.com';
const WORDS = [
  'Xanthippe',
  '2125550147',
  'xanthippe.quill',
  '7047147',
  'marked-attribute',
  'marked-text',
  'marked-mail',
  'marked-summary',
  'marked-answer',
  'marked-reason',
  'marked-event',
  'marked-words',
];
const PERSON = {
  name: 'Xanthippe',
  phone: PHONE,
  email: MAIL,
  zone: 'America/New_York',
  script: 'answers_converts',
  options: { summary: 'marked-summary', lines: ['marked-words I am she', 'I sign'], outcome: 'converted' },
  attributes: { claim: 'marked-attribute' },
  cases: ['7047147'],
};
const weekOf = (monday: number) => {
  const day = (more: number) => `2027-03-${String(monday + more).padStart(2, '0')}`;
  return callRun(
    {
      startsOn: day(0),
      endsOn: day(4),
      messages: [
        {
          key: 'text',
          channel: 'sms',
          when: { kind: 'after_start', delayMinutes: 0 },
          text: 'Dear {{contact.first_name}}, {{contact.claim}}.',
        },
        {
          key: 'mail',
          channel: 'email',
          when: { kind: 'after_start', delayMinutes: 0 },
          subject: 'Dear {{contact.first_name}}',
          text: 'Hello.',
        },
        {
          key: 'late',
          channel: 'email',
          subject: 'Still there?',
          when: { kind: 'at', on: day(3), time: '11:00' },
          text: 'Still there, {{contact.first_name}}?',
        },
      ],
    },
    { attempts: 1, greeting: 'Hello {{contact.first_name}}.' },
  );
};
const RULES = [
  {
    key: 'signed',
    when: { trigger: 'call_outcome', outcome: 'converted' },
    then: [{ kind: 'crm_note', text: 'Signed: {{contact.first_name}}' }],
  },
];

interface Certificate {
  readonly state: string;
  readonly finishedAt: string | null;
  readonly remains: readonly string[];
  readonly steps: readonly {
    readonly kind: string;
    readonly doneAt: string | null;
    readonly counts: Record<string, number>;
  }[];
}

let world: World;
let temporal: Temporal;
beforeAll(async () => {
  world = await World.create();
  temporal = await connectTemporal(world.temporalAddress());
});
afterAll(async () => {
  await temporal.close();
  await world.stop();
});

const certificateOf = (id: string) => world.api.get<Certificate>(`/v1/contacts/${id}/erasure`);
const erased = (id: string) =>
  until('the contact is erased', async () => {
    const certificate = await certificateOf(id);
    if (certificate.state === 'done') return certificate;
    throw new Error(JSON.stringify(certificate.steps.filter(({ doneAt }) => doneAt === null)));
  });
const countsOf = ({ steps }: Certificate, step: string) => steps.find(({ kind }) => kind === step)?.counts;

async function contactOf(enrollmentId: string): Promise<string> {
  const [row] = await world.sql<{ contactId: string }[]>`select contact_id from enrollment where id = ${enrollmentId}`;
  return row?.contactId ?? '';
}

async function livedThrough(monday: 1 | 8): Promise<{ story: Story; contactId: string; enrollmentId: string }> {
  await world.at(`2027-03-0${monday}T17:00:00Z`);
  const story = await launch(world, {
    people: [PERSON],
    runs: [weekOf(monday)],
    policy: { rules: RULES },
    formId: 'intake',
  });
  await world.quiet();
  const [row] = await enrollmentsOf(world, story);
  if (row === undefined) throw new Error('nobody was enrolled');
  const { id: enrollmentId } = row;
  const contactId = await contactOf(enrollmentId);
  await tellSimulator(world.simulator.httpUrl, 'inbound-sms', {
    from: PHONE,
    to: '+12125550190',
    body: 'marked-text: what next?',
  });
  await world.api.send('POST', '/v1/facts', {
    kind: 'inbound_email',
    eventId: 'marked-event-1',
    from: MAIL,
    to: 'intake@example.com',
    subject: 'marked-mail',
    text: 'marked-mail, thank you',
  });
  await world.api.send('POST', '/v1/facts', {
    kind: 'form_completed',
    eventId: 'marked-event-2',
    enrollmentId,
    answers: { injury: 'marked-answer' },
  });
  await world.api.send('POST', '/v1/facts', {
    kind: 'handoff_requested',
    eventId: 'marked-event-3',
    enrollmentId,
    reason: 'marked-reason',
  });
  await world.api
    .send('POST', `/v1/enrollments/${enrollmentId}/orders`, { order: 'hand_back', note: 'marked-reason' })
    .catch(() => undefined);
  await world.api.send('POST', `/v1/contacts/${contactId}/opt-out`, { channels: ['sms'] });
  await world.quiet();
  return { story, contactId, enrollmentId };
}

test('INV-16: who is erased is nowhere any more, and is still left alone when imported again (C9)', async () => {
  const { contactId, enrollmentId } = await livedThrough(1);
  const before = await columnsWith(world.sql, WORDS);
  // The words are found where they are, or the test would see nothing.
  expect(before).toEqual(
    expect.arrayContaining([
      'address.value',
      'attempt.content',
      'call_turn.said',
      'cases.external_id',
      'contact.first_name',
      'fact.body',
      'inbox.raw',
      'message.body',
    ]),
  );
  const { provider, sids } = await keptByProvider();
  expect(sids.calls.length + sids.texts.length).toBeGreaterThanOrEqual(3);
  await tellSimulator(world.simulator.httpUrl, 'faults', {
    channel: 'sms',
    mode: '500_executed',
    match: { operation: 'delete' },
    times: 1,
  });
  await tellSimulator(world.simulator.httpUrl, 'faults', {
    channel: 'voice',
    mode: '500_not_executed',
    match: { operation: 'delete' },
    times: 1,
  });

  await world.api.send('POST', `/v1/contacts/${contactId}/erase`);
  expect(await world.api.get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({ state: 'ended', reason: 'erased' });
  await world.api.send('POST', `/v1/contacts/${contactId}/erase`);
  const certificate = await erased(contactId);

  expect(await columnsWith(world.sql, WORDS)).toEqual([]);
  expect(JSON.stringify(certificate)).not.toMatch(new RegExp(WORDS.join('|'), 'i'));
  expect(countsOf(certificate, 'outreach')).toMatchObject({ enrollmentsEnded: 1 });
  expect(countsOf(certificate, 'rows')).toMatchObject({ addresses: 2, cases: 1, mails: 1, crmWrites: 1 });
  expect(countsOf(certificate, 'provider')).toMatchObject({ calls: 1, messages: 2, recordings: 1 });
  expect(certificate.remains.join(' ')).toMatch(/suppressions stay by keyed hashes.*1 mails.*1 notes/);
  for (const sid of sids.calls) expect(await provider.getCall(sid)).toBeNull();
  for (const sid of sids.texts) expect(await provider.getSms(sid)).toBeNull();
  await until('its workflow is gone', async () =>
    temporal
      .workflowOf(enrollmentId)
      .describe()
      .then(
        () => false,
        (error: Error) => error.name === 'WorkflowNotFoundError',
      ),
  );

  await world.runUntil('2027-03-06T05:00:00Z');
  const [again] = await enrollmentsOf(world, await importedAgain());
  const newId = await contactOf(again?.id ?? '');
  expect(again).toMatchObject({ state: 'rejected', reason: 'opted_out' });
  expect(newId).not.toBe(contactId);
  expect(await world.api.get(`/v1/contacts/${newId}`)).toMatchObject({
    addresses: [{ value: PHONE, suppressed: ['sms'] }, { value: MAIL }],
  });
  await expectSound(world);
});

test('late words about somebody who was erased are taken in, obeyed and forgotten again', async () => {
  const [row] = await world.sql<{ contactId: string; attemptId: string }[]>`
    select x.contact_id, t.id as attempt_id from erasure x join enrollment e on e.contact_id = x.contact_id
    join attempt t on t.enrollment_id = e.id where t.channel = 'voice'`;
  const { contactId = '', attemptId = '' } = row ?? {};
  await world.api.send('POST', '/v1/facts', {
    kind: 'call_outcome',
    eventId: 'late',
    attemptId,
    outcome: 'successful',
    by: 'operator',
    summary: 'marked-summary',
  });
  await until(
    'it was looked through once more',
    async () => (await columnsWith(world.sql, ['marked-summary'])).length === 0,
  );
  await erased(contactId);
});

test('an erased contact is not changed, not taken up again and not found', async () => {
  const [row] = await world.sql<{ id: string }[]>`select id from contact where erased_rt is not null`;
  const id = row?.id ?? '';
  await expect(world.api.send('PATCH', `/v1/contacts/${id}`, { firstName: 'Xanthippe' })).rejects.toMatchObject({
    status: 409,
    problem: { code: 'wrong_status' },
  });
  expect(await world.api.get(`/v1/contacts/${id}`)).toMatchObject({
    erased: true,
    firstName: '',
    addresses: [],
    attributes: {},
  });
  const { items } = await world.api.get<{ items: { id: string }[] }>('/v1/contacts?limit=100');
  expect(items.map((contact) => contact.id)).not.toContain(id);
});

test('an erasure that is killed again and again goes on where it was, and ends with everything gone', async () => {
  const { contactId } = await livedThrough(8);
  await world.stopWorkers();
  await world.api.send('POST', `/v1/contacts/${contactId}/erase`);
  const provider = createTwilio({ ...ACCOUNT, baseUrl: world.simulator.httpUrl });
  for (let life = 0; life < 12; life++) {
    // As much time passes as a step ever waits.
    await world.sql`update erasure_step set not_before_rt = null`;
    const name = `erasing-${life}`;
    const sql = createSql(world.database.url, { max: 1, applicationName: name, waitMs: 1_000 });
    // A connection that dies while it is being opened is another story.
    await sql`select 1`;
    const round = erasures({ sql, engine: world.engine, voice: provider, records: provider }).round();
    await Promise.allSettled([
      round,
      delay(life * 4).then(
        () => world.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`,
      ),
    ]);
    await sql.end();
  }
  await world.sql`update erasure_step set not_before_rt = null`;
  await world.startWorkers();
  const certificate = await erased(contactId);
  expect(certificate.steps.map(({ kind, doneAt }) => [kind, doneAt !== null])).toEqual(
    ['outreach', 'calls', 'rows', 'provider', 'workflows'].map((kind) => [kind, true]),
  );
  expect(countsOf(certificate, 'provider')).toMatchObject({ calls: 1, recordings: 1 });
  expect(await columnsWith(world.sql, ['marked-text', 'marked-summary', 'marked-answer', 'marked-words'])).toEqual([]);
  const deletions = world.simulator.ledger
    .entries()
    .filter(({ kind }) => kind === 'delete')
    .map(({ sid }) => sid);
  expect(new Set(deletions).size).toBe(deletions.length);
});

/** What the telephone provider kept of the person before. */
async function keptByProvider() {
  const provider = createTwilio({ ...ACCOUNT, baseUrl: world.simulator.httpUrl });
  const attempts = await world.sql<{ channel: string; sid: string }[]>`
    select channel, provider_sid as sid from attempt where provider_sid is not null and channel <> 'email'`;
  const inbound = await world.sql<
    { sid: string }[]
  >`select provider_id as sid from message where provider_id like 'SM%'`;
  const calls = attempts.filter(({ channel }) => channel === 'voice').map(({ sid }) => sid);
  const texts = [...attempts.filter(({ channel }) => channel === 'sms'), ...inbound].map(({ sid }) => sid);
  for (const sid of calls) expect(await provider.getCall(sid)).not.toBeNull();
  return { provider, sids: { calls, texts } };
}

/** The same person comes in by another list, for a campaign of texts. */
async function importedAgain(): Promise<Story> {
  const text = {
    key: 'hello',
    channel: 'sms',
    when: { kind: 'after_start', delayMinutes: 0 },
    text: 'Hello {{contact.first_name}}.',
  };
  const { script: _, options: __, ...person } = PERSON;
  const story = await prepare(world, {
    people: [person],
    runs: [{ ...callRun({ messages: [text], startsOn: '2027-03-01', endsOn: '2027-03-12' }), calls: undefined }],
    name: 'Once more',
  });
  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/launch`);
  await world.quiet();
  return story;
}
