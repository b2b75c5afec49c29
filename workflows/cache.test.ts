import { NativeConnection } from '@temporalio/worker';
import { callRun, launch, type Actor } from '../test/story';
import { World } from '../test/world';
import { createEnrollmentsWorker } from '../workers/create-worker';

/** A worker may forget every workflow between two wakes: what a contact gets never depends on it. */

const SCRIPTS = ['answers_converts', 'voicemail', 'replies_yes'];
const PEOPLE: Actor[] = SCRIPTS.map((script, n) => ({
  name: `Person ${n}`,
  phone: `+1212555${String(120 + n).padStart(4, '0')}`,
  email: `person${n}@example.com`,
  zone: 'America/New_York',
  script,
}));
const MESSAGES = [
  { key: 'ahead', channel: 'sms', when: { kind: 'before_call', delayMinutes: 5 }, text: 'We will call you.' },
  {
    key: 'after',
    channel: 'email',
    when: { kind: 'after_call', results: ['unanswered'], delayMinutes: 30 },
    subject: 'Hello',
    text: 'Hello {{contact.first_name}}',
  },
];
const RULES = [
  {
    key: 'converted',
    when: { trigger: 'call_outcome', outcome: 'converted' },
    then: [{ kind: 'crm_status', status: 'Retained' }, { kind: 'stop_calls' }],
  },
  {
    key: 'interested',
    when: { trigger: 'reply_bucket', outcome: 'interested' },
    then: [{ kind: 'crm_note', text: 'Said yes.' }],
  },
];

let world: World;
beforeAll(async () => {
  world = await World.create({ maxCachedWorkflows: 1 });
});
afterAll(() => world.stop());

/** Of each person: how it ended, every attempt in order, every action. */
async function fates(): Promise<string[]> {
  const rows = await world.sql<{ fate: string }[]>`
    select p.first_name || ': ' || e.reason || ' | ' || (
        select string_agg(concat_ws(' ', t.touch_key, coalesce(t.outcome, t.disposition, t.state)), ', ' order by t.claimed_at)
        from attempt t where t.enrollment_id = e.id) || ' | ' || coalesce((
        select string_agg(x.kind || ' ' || x.state, ', ' order by x.kind) from execution x where x.enrollment_id = e.id), '') as fate
    from enrollment e join contact p on p.id = e.contact_id order by p.first_name`;
  return rows.map(({ fate }) => fate);
}

test('a worker that remembers one workflow of many brings each contact to the same end as any other (INV-18)', async () => {
  await world.at('2027-03-01T17:00:00Z');
  await launch(world, {
    people: PEOPLE,
    runs: [callRun({ messages: MESSAGES }, { attempts: 2, spacingMinutes: { default: 60 } })],
    policy: { rules: RULES },
  });
  await world.runUntil('2027-03-06T05:00:00Z');
  expect(await fates()).toEqual([
    'Person 0: plan_through | week.ahead.1 delivered, week.call.1 converted | crm_status done, stop_calls done',
    'Person 1: plan_through | week.ahead.1 delivered, week.call.1 voicemail, week.after.1 accepted, week.call.2 voicemail | ',
    'Person 2: plan_through | week.ahead.1 delivered, week.call.1 no_answer, week.after.1 accepted, week.call.2 no_answer | classify done, crm_note done',
  ]);
});

test('a worker without a cache is refused: `step` and its answer would be lost together', async () => {
  const connection = await NativeConnection.connect({ address: world.temporalAddress() });
  const link = { connection, namespace: 'default', queuePrefix: world.queuePrefix };
  const options = { bundle: { code: '' }, maxCachedWorkflows: 0, poolSize: 3 };
  await expect(createEnrollmentsWorker(link, { sql: world.sql }, options)).rejects.toThrow('at least 1');
  await connection.close();
});
