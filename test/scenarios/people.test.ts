import { acceptedBy, enrollmentsOf, expectSound } from '../outcome';
import { callRun, launch, type Story } from '../story';
import { World } from '../world';

/** People as they are: each script of the simulator once, in one campaign, to the end. */

let world: World;
let story: Story;
afterAll(() => world.stop());

const SCRIPTS = [
  'answers_converts',
  'answers_successful',
  'disqualified',
  'never_answers',
  'voicemail',
  'busy_then_answers',
  'fails',
  'replies_yes',
  'replies_callback',
  'replies_stop',
  'replies_no_more',
  'replies_question',
  'asks_for_human',
  'completes_form',
  'wrong_number',
  'presses_opt_out',
  'stop_while_ringing',
  'mail_replies',
] as const;
type Script = (typeof SCRIPTS)[number];

const MESSAGES = [
  { key: 'ahead', channel: 'sms', when: { kind: 'before_call', delayMinutes: 5 }, text: 'We call you. {{form.link}}' },
  {
    key: 'after',
    channel: 'email',
    when: { kind: 'after_call', results: ['any'], delayMinutes: 30 },
    subject: 'Hello',
    text: 'Hello {{contact.first_name}}: {{form.link}}',
  },
];
const rule = (key: string, trigger: string, outcome: string) => ({
  key,
  when: { trigger, outcome },
  then: [{ kind: 'crm_status', status: key }],
});
const RULES = [
  rule('converted', 'call_outcome', 'converted'),
  rule('unsuccessful', 'call_outcome', 'unsuccessful'),
  rule('interested', 'reply_bucket', 'interested'),
  rule('question', 'reply_bucket', 'question'),
  rule('callback', 'reply_bucket', 'callback_requested'),
  rule('opted-out', 'reply_bucket', 'opted_out'),
  rule('handoff', 'handoff', 'requested'),
  rule('form', 'form', 'completed'),
];

const phoneOf = (script: Script) => `+1212555${String(100 + SCRIPTS.indexOf(script)).padStart(4, '0')}`;

beforeAll(async () => {
  world = await World.create();
  await world.at('2027-03-01T17:00:00Z');
  story = await launch(world, {
    people: SCRIPTS.map((script) => ({
      name: script,
      phone: phoneOf(script),
      email: `${script.replaceAll('_', '-')}@example.com`,
      zone: 'America/New_York',
      script,
    })),
    runs: [callRun({ messages: MESSAGES }, { attempts: 2, spacingMinutes: { default: 60 } })],
    policy: { rules: RULES, handoffHoldHours: 2 },
    formId: 'intake',
  });
  await world.runUntil('2027-03-06T05:00:00Z');
});

async function endOf(script: Script) {
  const [row] = await world.sql<{ id: string; state: string; reason: string; contactId: string }[]>`
    select e.id, e.state, e.reason, e.contact_id from enrollment e join contact p on p.id = e.contact_id where p.first_name = ${script}`;
  if (row === undefined) throw new Error(`${script} is not enrolled`);
  return row;
}

async function firedFor(script: Script): Promise<string[]> {
  const { id } = await endOf(script);
  const rows = await world.sql<
    { phrase: string }[]
  >`select phrase from rule_firing where enrollment_id = ${id} order by seq`;
  return rows.map(({ phrase }) => phrase);
}

function callsTo(script: Script): number {
  return acceptedBy(world, 'voice').filter(({ to }) => to === phoneOf(script)).length;
}

test('everybody comes to an end, and the books balance', async () => {
  expect((await enrollmentsOf(world, story)).filter(({ state }) => state !== 'ended')).toEqual([]);
  await expectSound(world);
});

test.each<[Script, string, string[], number]>([
  ['answers_converts', 'plan_through', ['Converted Call'], 1],
  ['answers_successful', 'plan_through', [], 1],
  ['disqualified', 'plan_through', [], 1],
  ['never_answers', 'plan_through', ['Unsuccessful Call'], 2],
  ['voicemail', 'plan_through', ['Unsuccessful Call'], 2],
  ['fails', 'plan_through', ['Unsuccessful Call'], 2],
  ['replies_stop', 'opted_out', ['Opted Out Reply'], 0],
  ['replies_no_more', 'opted_out', ['Opted Out Reply'], 0],
  // the agent's tag comes after the opt-out and still fires.
  ['presses_opt_out', 'opted_out', ['Unsuccessful Call'], 1],
  ['stop_while_ringing', 'opted_out', ['Opted Out Reply'], 1],
])('%s ends as %s after %j and %i calls', async (script, reason, phrases, calls) => {
  expect(await endOf(script)).toMatchObject({ state: 'ended', reason });
  expect(await firedFor(script)).toEqual(phrases);
  expect(callsTo(script)).toBe(calls);
});

test('a busy line is tried again after its spacing, and answered then', async () => {
  expect(callsTo('busy_then_answers')).toBe(2);
});

test.each<[Script, string]>([
  ['replies_yes', 'Interested Reply'],
  ['replies_question', 'Question Reply'],
  ['replies_callback', 'Callback Requested Reply'],
  ['asks_for_human', 'Requested Handoff'],
  ['completes_form', 'Completed Form'],
])('%s fires "%s" once', async (script, phrase) => {
  expect((await firedFor(script)).filter((fired) => fired === phrase)).toEqual([phrase]);
});

test('a promised callback is kept at the promised time, and says so (N-11)', async () => {
  const { id } = await endOf('replies_callback');
  const [promise] = await world.sql<{ state: string; at: Date; calledAt: Date }[]>`
    select k.state, k.promised_at as at, t.claimed_at as called_at from commitment k left join attempt t on t.id = k.attempt_id where k.enrollment_id = ${id}`;
  expect(promise?.state).toBe('kept');
  expect(promise?.at.toISOString()).toBe('2027-03-02T20:00:00.000Z');
  expect(promise?.calledAt.toISOString()).toBe('2027-03-02T20:00:00.000Z');
});

test('a wrong number is not called again', async () => {
  expect(callsTo('wrong_number')).toBe(1);
  const { contactId } = await endOf('wrong_number');
  expect(
    await world.sql`select 1 from contact_address where contact_id = ${contactId} and unusable = 'wrong_number'`,
  ).toHaveLength(1);
});

test('who opted out is barred on every channel, for every campaign (R-5, C7)', async () => {
  for (const script of ['replies_stop', 'presses_opt_out', 'stop_while_ringing'] as const) {
    const { contactId } = await endOf(script);
    const [row] = await world.sql<{ barred: number }[]>`
      select count(*)::int as barred from contact_address ca join suppression s on s.hash = ca.hash
      where ca.contact_id = ${contactId} and s.channels @> array['voice', 'sms', 'email'] and s.lifted_at is null`;
    expect(row?.barred).toBeGreaterThanOrEqual(2);
  }
});
