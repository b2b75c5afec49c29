import { expectSound } from '../outcome';
import { type Actor, prepare, type Story } from '../story';
import { until } from '../until';
import { World } from '../world';

/** N-3: what a forecast says is what happens when people answer as it was told, touch by touch. */

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  await expectSound(world).finally(() => world.stop());
});

/** The Thursday before the clocks of most of these places go forward; nobody is enrolled at an opening. */
const BEFORE = '2027-03-11T05:20:00Z';
const IN_THE_MIDDLE = '2027-03-14T07:30:00Z';
const AFTER = '2027-03-18T08:00:00Z';

interface Answers {
  readonly calls: readonly object[];
  readonly texts?: readonly string[];
}

const answered = (outcome: string) => ({ result: 'answered', outcome });
const CAST: readonly (Actor & { readonly answers: Answers })[] = [
  {
    name: 'Nora',
    phone: '+12125550104',
    email: 'nora@example.com',
    script: 'never_answers',
    answers: { calls: [{ result: 'no_answer' }] },
  },
  {
    name: 'Vera',
    phone: '+13125550105',
    script: 'voicemail',
    answers: { calls: [{ result: 'voicemail' }] },
  },
  // Her area code lies in two zones.
  {
    name: 'Tess',
    phone: '+14235550105',
    script: 'busy_then_answers',
    options: { busyCalls: 3, outcome: 'successful' },
    answers: { calls: [{ result: 'busy' }, { result: 'busy' }, { result: 'busy' }, answered('successful')] },
  },
  // No change of the clock in Phoenix.
  {
    name: 'Paco',
    phone: '+16025550103',
    email: 'paco@example.com',
    script: 'answers_unsuccessful',
    answers: { calls: [answered('unsuccessful')] },
  },
  {
    name: 'Cora',
    phone: '+13105550106',
    script: 'answers_converts',
    answers: { calls: [answered('converted')] },
  },
  {
    name: 'Stan',
    phone: '+12125550107',
    email: 'stan@example.com',
    script: 'replies_stop',
    answers: { calls: [{ result: 'no_answer' }], texts: ['stop'] },
  },
  {
    name: 'Yves',
    phone: '+12125550108',
    script: 'replies_yes',
    answers: { calls: [{ result: 'no_answer' }], texts: ['interested', 'nothing'] },
  },
  {
    name: 'Uma',
    phone: '+18085550102',
    script: 'answers_successful',
    answers: { calls: [answered('successful')] },
  },
  // Nobody knows where.
  {
    name: 'Tove',
    phone: '+18005550101',
    script: 'fails',
    answers: { calls: [{ result: 'failed' }] },
  },
  { name: 'Mila', email: 'mila@example.com', answers: { calls: [{ result: 'no_answer' }] } },
  { name: 'Nemo', phone: '+12125550109', answers: { calls: [{ result: 'no_answer' }] } },
];

const PLAN_RUNS = [
  {
    key: 'week',
    startsOn: '2027-03-11',
    endsOn: '2027-03-17',
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    hours: {
      mode: 'calling_times',
      slots: [
        { open: '09:00', close: '12:00' },
        { open: '13:00', close: '19:00' },
      ],
    },
    calls: {
      attempts: 4,
      perDay: 2,
      greeting: 'Hello {{contact.first_name}}.',
      spacingMinutes: { default: 1_500, busy: 45, voicemail: 1_440, failed: 2_000 },
    },
    messages: [
      {
        key: 'welcome',
        channel: 'email',
        subject: 'Welcome',
        text: 'Hello {{contact.first_name}}.',
        when: { kind: 'after_start' },
      },
      { key: 'ahead', channel: 'sms', text: 'We call you soon.', when: { kind: 'before_call', delayMinutes: 7 } },
      {
        key: 'missed',
        channel: 'sms',
        text: 'We missed you.',
        when: { kind: 'after_call', results: ['unanswered'], delayMinutes: 11, repeat: 'each' },
      },
      {
        key: 'last',
        channel: 'email',
        subject: 'A last word',
        text: 'Goodbye.',
        when: { kind: 'at', on: '2027-03-16', time: '10:15' },
      },
    ],
  },
];

const POLICY = {
  rules: [
    {
      key: 'converted',
      when: { trigger: 'call_outcome', outcome: 'converted' },
      then: [{ kind: 'stop_campaign' }],
    },
    {
      key: 'reached',
      when: { trigger: 'call_outcome', outcome: 'successful' },
      then: [{ kind: 'stop_calls' }],
    },
    {
      key: 'unreachable',
      when: { trigger: 'call_outcome', outcome: 'unsuccessful' },
      then: [{ kind: 'stop_messaging' }],
    },
    {
      key: 'interested',
      when: { trigger: 'reply_bucket', outcome: 'interested' },
      then: [{ kind: 'stop_calls' }],
    },
  ],
};

/** Under a clock that stands still, whatever people do takes no time. */
const AT_ONCE = { pickUp: 0, talk: 0, voicemail: 0, noAnswer: 0 };

interface Touch {
  readonly contactId: string;
  readonly touch: string;
  readonly channel: string;
  readonly at: string;
}
interface Forecast {
  readonly touches: readonly Touch[];
  readonly ends: Readonly<Record<string, string>>;
  readonly unreached: Readonly<Record<string, string>>;
}

test('N-3: the forecast of a draft, and of the campaign half-way, is what happens: every touch, channel and instant, over a change of the clock', async () => {
  await world.at(BEFORE);
  const story = await prepare(world, { people: CAST, runs: PLAN_RUNS, policy: POLICY });
  const names = await namesById();
  const [nemo] = [...names].find(([, name]) => name === 'Nemo') ?? [];
  await world.api.send('POST', `/v1/contacts/${nemo}/opt-out`, {});
  const early = await forecast(story, scriptsFor(names, new Map()));
  expect(await attempts(story)).toEqual([]);

  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/launch`);
  await world.runUntil(IN_THE_MIDDLE);
  const former = await attempts(story);
  expect(former.length).toBeGreaterThan(15);
  expect(
    spelled(
      names,
      early.touches.filter(({ at }) => at < IN_THE_MIDDLE),
    ),
  ).toEqual(spelled(names, former));
  // From now on everybody begins at an instant of their own, which only those who are inside have already.
  await world.api.send('PATCH', '/v1/settings', { openingJitterSeconds: 600 });
  const late = await forecast(story, scriptsFor(names, await callsMade(story)));

  await world.runUntil(AFTER);
  const made = await attempts(story);
  expect(unplaced(names, early.touches)).toEqual(unplaced(names, made));
  expect(spelled(names, late.touches)).toEqual(spelled(names, made.slice(former.length)));
  expect(early.ends).toEqual(await endsOf(story));
  expect(Object.entries(early.unreached).map(([id, sentence]) => [names.get(id), sentence])).toEqual([
    ['Nemo', expect.stringContaining('opted out of every channel')],
  ]);
  expect(made.length - former.length).toBeGreaterThan(5);
  expect(new Set(made.map(({ channel }) => channel))).toEqual(new Set(['voice', 'sms', 'email']));
});

async function endsOf({ campaignId }: Story): Promise<Readonly<Record<string, string | null>>> {
  const rows = await world.sql<{ contactId: string; reason: string | null }[]>`
    select contact_id, reason from enrollment where campaign_id = ${campaignId}`;
  return Object.fromEntries(rows.map(({ contactId, reason }) => [contactId, reason]));
}

async function namesById(): Promise<ReadonlyMap<string, string>> {
  const rows = await world.sql<{ id: string; firstName: string }[]>`select id, first_name from contact`;
  return new Map(rows.map(({ id, firstName }) => [id, firstName]));
}

function scriptsFor(names: ReadonlyMap<string, string>, done: ReadonlyMap<string, readonly [number, number]>) {
  return [...names].flatMap(([contactId, name]) => {
    const { calls = [], texts = ['nothing'] } = CAST.find((person) => person.name === name)?.answers ?? {};
    const [madeCalls, sentTexts] = done.get(contactId) ?? [0, 0];
    return [{ contactId, calls: rest(calls, madeCalls), texts: rest(texts, sentTexts) }];
  });
}

/** What is left of the answers; the last of them goes for all further ones. */
function rest<T>(answers: readonly T[], used: number): readonly T[] {
  return answers.slice(Math.min(used, answers.length - 1));
}

async function callsMade({ campaignId }: Story): Promise<ReadonlyMap<string, readonly [number, number]>> {
  const rows = await world.sql<{ contactId: string; calls: number; texts: number }[]>`
    select e.contact_id, count(*) filter (where t.channel = 'voice')::int as calls, count(*) filter (where t.channel = 'sms')::int as texts
    from attempt t join enrollment e on e.id = t.enrollment_id where e.campaign_id = ${campaignId} group by 1`;
  return new Map(rows.map(({ contactId, calls, texts }) => [contactId, [calls, texts]]));
}

async function forecast({ campaignId }: Story, scripts: readonly unknown[]): Promise<Forecast> {
  const assumptions = { seconds: AT_ONCE, replies: { stop: 0, afterMinutes: 0 }, scripts };
  const { id } = await world.api.send<{ id: string }>('POST', `/v1/campaigns/${campaignId}/forecast`, {
    days: 14,
    assumptions,
  });
  const state = async () => (await world.api.get<{ state: string }>(`/v1/forecasts/${id}`)).state;
  await until('the forecast is done', async () => (await state()) === 'done');
  const { items } = await world.api.get<{
    items: {
      contact: { id: string };
      state: string;
      reason: string;
      sentence: string;
      isReached: boolean;
      touches: Omit<Touch, 'contactId'>[];
    }[];
  }>(`/v1/forecasts/${id}/contacts?limit=100`);
  return {
    touches: items.flatMap(({ contact, touches }) => touches.map((touch) => ({ ...touch, contactId: contact.id }))),
    ends: Object.fromEntries(items.map(({ contact, reason }) => [contact.id, reason])),
    unreached: Object.fromEntries(
      items.filter(({ isReached }) => !isReached).map(({ contact, sentence }) => [contact.id, sentence]),
    ),
  };
}

async function attempts({ campaignId }: Story): Promise<Touch[]> {
  const rows = await world.sql<{ contactId: string; touch: string; channel: string; at: number }[]>`
    select e.contact_id, t.touch_key as touch, t.channel, ms(t.claimed_at) as at
    from attempt t join enrollment e on e.id = t.enrollment_id
    where e.campaign_id = ${campaignId} and t.state <> 'not_sent'
    order by t.claimed_at, t.claimed_rt`;
  return rows.map(({ at, ...row }) => ({ ...row, at: new Date(at).toISOString() }));
}

function spelled(names: ReadonlyMap<string, string>, touches: readonly Touch[]): string[] {
  return touches.map(({ contactId, touch, channel, at }) => `${at} ${names.get(contactId)} ${channel} ${touch}`).sort();
}

function unplaced(names: ReadonlyMap<string, string>, touches: readonly Touch[]): string[] {
  return touches.map(({ contactId, touch, channel }) => `${names.get(contactId)} ${channel} ${touch}`).sort();
}
