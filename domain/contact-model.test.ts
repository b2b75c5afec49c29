import * as fc from 'fast-check';
import { isUnresolved } from './attempts';
import { type Create, ContactLife, PROVIDER_MODES, type ProviderMode } from './contact-life-builders';
import type { FactBody, Order } from './fact';
import { HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { aCompany, aMail, aRun, aText, aMessagingRun, CHICAGO, someCalls } from './planner-builders';
import type { CallOutcome } from './rule';

/**
 * One contact under everything that can be done to it, in any order. Beside the pure rules runs a model that knows
 * nothing of them: a few flags that say when nobody may be contacted, and counts.
 */

const ATTEMPTS = 3;
const PHONE_CAP = 4;
const HANDOFF_HOURS = 4;
const OPEN_HOUR = 9;
const CLOSE_HOUR = 17;
const LAWFUL_FROM_HOUR = 8;
const LAWFUL_TO_HOUR = 21;

const RULES = [
  {
    key: 'c',
    when: { trigger: 'call_outcome' as const, outcome: 'converted' as const },
    then: [{ kind: 'stop_campaign' as const }],
  },
  {
    key: 's',
    when: { trigger: 'call_outcome' as const, outcome: 'successful' as const },
    then: [{ kind: 'stop_calls' as const }],
  },
  {
    key: 'i',
    when: { trigger: 'reply_bucket' as const, outcome: 'interested' },
    then: [{ kind: 'stop_messaging' as const }],
  },
];

function newLife(): ContactLife {
  return new ContactLife({
    runs: [
      aMessagingRun(
        aText({ key: 'start', when: { kind: 'after_start', delayMinutes: 90 } }),
        aMail({ key: 'mail', when: { kind: 'after_start', delayMinutes: 0 } }),
      ),
      aRun({
        key: 'calls',
        endsOn: '2027-03-12',
        calls: someCalls({ attempts: ATTEMPTS, spacingMinutes: { default: 60, busy: 15 } }),
        messages: [
          aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 10 } }),
          aMail({ key: 'after', when: { kind: 'after_call', results: ['any'], repeat: 'each', delayMinutes: 30 } }),
        ],
      }),
    ],
    company: aCompany({
      caps: {
        phone: { perDay: PHONE_CAP, perWeek: 20, perMonth: 40 },
        email: { perDay: 10, perWeek: 20, perMonth: 40 },
      },
    }),
    policy: { rules: RULES, handoffHoldHours: HANDOFF_HOURS },
  });
}

/** Why nobody may be contacted, as far as the commands alone tell. */
interface Silence {
  optedOut: boolean;
  paused: boolean;
  /** A person reads what may have been a "stop". */
  unclear: boolean;
  heldUntilAt: Instant;
  completed: boolean;
  callsStopped: boolean;
  messagesStopped: boolean;
  /** Replies that nobody has read yet: any of them may be a "stop". */
  unread: number;
  /** Creates that were looked at. */
  seen: number;
}

type Command = fc.Command<Silence, ContactLife>;

/** Does what the command says, and then holds every request that reached the provider meanwhile against the model. */
class Deed implements Command {
  constructor(
    private readonly words: string,
    private readonly does: (life: ContactLife, silence: Silence) => void,
  ) {}

  check(): boolean {
    return true;
  }

  run(silence: Silence, life: ContactLife): void {
    this.does(life, silence);
    for (const create of life.creates.slice(silence.seen)) expectAllowed(silence, life, create);
    silence.seen = life.creates.length;
    expectSingle(life);
    expectCounted(life);
    // A stop is the person's, not the campaign's: no other one may reach them either.
    if (silence.optedOut) expect(life.elsewhere().kind).toBe('finish');
  }

  toString(): string {
    return this.words;
  }
}

function expectAllowed(silence: Silence, life: ContactLife, create: Create): void {
  const { at, channel } = create;
  expect(silence).toMatchObject({ optedOut: false, paused: false, unclear: false, completed: false, unread: 0 });
  expect(at).toBeGreaterThanOrEqual(silence.heldUntilAt);
  if (channel === 'voice') expect(silence.callsStopped).toBe(false);
  else expect(silence.messagesStopped).toBe(false);
  expect(isOpenAt(create)).toBe(true);
  const day = life.creates.filter(
    (other) => other.at <= at && at - other.at < 24 * HOUR_MS && other.channel !== 'email',
  );
  expect(day.length).toBeLessThanOrEqual(PHONE_CAP);
}

/** At most one accepted create for an attempt and for a touch, one live call, and no more calls than planned (INV-3, INV-11). */
function expectSingle({ creates, attempts }: ContactLife): void {
  expect(new Set(creates.map(({ touchKey }) => touchKey)).size).toBe(creates.length);
  expect(creates.filter(({ isOver }) => !isOver).length).toBeLessThanOrEqual(1);
  expect(creates.filter(({ touchKey }) => touchKey.startsWith('calls.call')).length).toBeLessThanOrEqual(ATTEMPTS);
  expect(attempts.filter(isUnresolved).length).toBeLessThanOrEqual(1);
  for (const { attemptId } of creates) {
    const attempt = attempts.find(({ id }) => id === attemptId);
    // What was proved absent and was there all the same could only come of a provider that lies.
    expect(attempt?.state).not.toBe('not_sent');
  }
}

/** What may have reached the person counts as if it had: against what was planned, and against the cap of any day. */
function expectCounted({ attempts }: ContactLife): void {
  const made = attempts.filter(({ state, channel }) => state !== 'not_sent' && channel !== 'email');
  for (const { claimedAt } of made) {
    const day = made.filter((other) => other.claimedAt <= claimedAt && claimedAt - other.claimedAt < 24 * HOUR_MS);
    expect(day.length).toBeLessThanOrEqual(PHONE_CAP);
  }
  expect(made.filter(({ touchKey }) => touchKey.startsWith('calls.call')).length).toBeLessThanOrEqual(ATTEMPTS);
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: CHICAGO,
  weekday: 'short',
  hour: '2-digit',
  hourCycle: 'h23',
});

/** A callback that was promised is bound by law alone. */
function isOpenAt({ at, touchKey }: Create): boolean {
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const hour = Number(parts['hour']);
  if (touchKey.startsWith('promises.')) return hour >= LAWFUL_FROM_HOUR && hour < LAWFUL_TO_HOUR;
  return !['Sat', 'Sun'].includes(parts['weekday'] ?? '') && hour >= OPEN_HOUR && hour < CLOSE_HOUR;
}

const advance = fc
  .oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 90, max: 1_500 }), fc.constant(4 * 1_440))
  .map((minutes) => new Deed(`${minutes} minutes pass`, (life) => life.advance(minutes)));

const changeProvider = fc
  .oneof(
    { weight: 2, arbitrary: fc.constant<ProviderMode>('ok') },
    { weight: 3, arbitrary: fc.constantFrom(...PROVIDER_MODES) },
  )
  .map((mode) => new Deed(`provider: ${mode}`, (life) => void (life.mode = mode)));

type CallEnd = 'completed' | 'busy' | 'no_answer' | 'failed';

/** Every callback of one call, in any order and some of them twice; it may be long over by then. */
const callbacks = fc
  .record({
    which: fc.nat({ max: 20 }),
    end: fc.constantFrom<CallEnd>('completed', 'completed', 'busy', 'no_answer', 'failed'),
    answeredBy: fc.constantFrom('human', 'machine', 'unknown'),
    isCutShort: fc.boolean(),
    order: fc.array(fc.nat({ max: 4 }), { minLength: 5, maxLength: 12 }),
  })
  .map(
    ({ which, end, answeredBy, isCutShort, order }) =>
      new Deed(`callbacks of call ${which}: ${end}, ${answeredBy}, ${order.join('')}`, (life) => {
        const calls = life.creates.filter(({ channel }) => channel === 'voice');
        const call = calls[which % Math.max(1, calls.length)];
        if (call === undefined) return;
        const words: FactBody[] = [
          { kind: 'call_progress', status: 'initiated' },
          { kind: 'call_progress', status: 'ringing' },
          { kind: 'machine_detected', answeredBy },
          { kind: 'call_progress', status: 'in_progress' },
          { kind: 'call_progress', status: end },
        ];
        const told = isCutShort ? order.filter((ix) => ix < 4) : [...order, 4];
        if (told.includes(4)) call.isOver = true;
        for (const ix of told) {
          const word = words[ix];
          if (word !== undefined) life.tell(word, call.attemptId);
        }
        life.wake();
      }),
  );

const tag = fc
  .record({
    outcome: fc.constantFrom<CallOutcome>('successful', 'unsuccessful', 'converted', 'converted', 'disqualified'),
    which: fc.nat({ max: 20 }),
  })
  .map(
    ({ outcome, which }) =>
      new Deed(`tag ${outcome} of call ${which}`, (life) => {
        const calls = life.creates.filter(({ channel }) => channel === 'voice');
        const call = calls[which % Math.max(1, calls.length)];
        if (call !== undefined)
          life.tell({ kind: 'call_outcome', outcome, by: 'agent', runRules: true }, call.attemptId);
        life.wake();
      }),
  );

const reply = fc
  .constantFrom('revoke' as const, 'unclear' as const, 'none' as const, 'none' as const, 'none' as const)
  .map(
    (verdict) =>
      new Deed(`a reply (${verdict})`, (life, silence) => {
        if (verdict === 'revoke') silence.optedOut = true;
        if (verdict === 'unclear' && life.enrollment.state === 'open') silence.unclear = true;
        if (verdict !== 'revoke') silence.unread += 1;
        life.tell({ kind: 'reply', channel: 'sms', verdict });
        life.wake();
      }),
  );

const REPLY_ID = '00000000-0000-4000-8000-000000000000';

const classified = fc.constantFrom('interested', 'other', 'wrong_number', 'opted_out').map(
  (bucket) =>
    new Deed(`a reply is read: ${bucket}`, (life, silence) => {
      if (life.unreadReplies === 0) return;
      if (bucket === 'opted_out') silence.optedOut = true;
      life.unreadReplies -= 1;
      silence.unread -= 1;
      life.tell({ kind: 'reply_classified', bucket, replyFactId: REPLY_ID });
      life.wake();
    }),
);

const stop = fc.constantFrom('keypress' as const, 'unsubscribe' as const, 'operator' as const, 'speech' as const).map(
  (source) =>
    new Deed(`stop by ${source}`, (life, silence) => {
      silence.optedOut = true;
      life.tell({ kind: 'opted_out', source, channels: ['voice', 'sms', 'email'] });
      life.wake();
    }),
);

const pause = fc.boolean().map(
  (isPaused) =>
    new Deed(isPaused ? 'pause' : 'resume', (life, silence) => {
      life.isPaused = isPaused;
      silence.paused = isPaused;
      life.wake();
    }),
);

const order = fc
  .constantFrom<Order>('complete', 'resume', 'hand_back', 'hand_back', 'stop_calls', 'stop_messaging')
  .map(
    (what) =>
      new Deed(`order ${what}`, (life, silence) => {
        const isOpen = life.enrollment.state === 'open';
        if (what === 'complete') silence.completed = true;
        if (what === 'stop_calls' && isOpen) silence.callsStopped = true;
        if (what === 'stop_messaging' && isOpen) silence.messagesStopped = true;
        if (what === 'resume')
          Object.assign(silence, { completed: false, callsStopped: false, messagesStopped: false });
        if (what === 'hand_back') Object.assign(silence, { unclear: false, heldUntilAt: 0 });
        life.tell({ kind: 'order', order: what });
        life.wake();
      }),
  );

const handoff = fc.constant(
  new Deed('a person is asked for', (life, silence) => {
    if (life.enrollment.state === 'open') silence.heldUntilAt = life.now + HANDOFF_HOURS * HOUR_MS;
    life.tell({ kind: 'handoff_requested' });
    life.wake();
  }),
);

const callback = fc.integer({ min: 1, max: 3_000 }).map(
  (minutes) =>
    new Deed(`a callback in ${minutes} minutes is asked for`, (life) => {
      life.tell({ kind: 'callback_requested', at: life.now + minutes * MINUTE_MS });
      life.wake();
    }),
);

const giveUp = fc.constant(new Deed('nobody will ever know', (life) => life.giveUp()));

const reconcile = fc.constant(new Deed('the provider is asked', (life) => life.reconcile()));

const commands = fc.commands(
  [
    ...[advance, advance, advance, advance, changeProvider, changeProvider, callbacks, callbacks, callbacks, callbacks],
    ...[
      tag,
      tag,
      reply,
      classified,
      stop,
      pause,
      order,
      handoff,
      callback,
      reconcile,
      reconcile,
      giveUp,
      giveUp,
      giveUp,
    ],
  ],
  { maxCommands: 50, size: 'max' },
);

const NOTHING: Silence = {
  ...{ optedOut: false, paused: false, unclear: false, heldUntilAt: 0, completed: false },
  ...{ callsStopped: false, messagesStopped: false, unread: 0, seen: 0 },
};

/** The faults end: replies are read, held contacts handed back, the provider answers, calls end. */
function drain(life: ContactLife, silence: Silence): void {
  const calm = new Deed('calm', (one) => {
    one.mode = 'ok';
    one.isPaused = false;
    one.tell({ kind: 'order', order: 'hand_back' });
    for (; one.unreadReplies > 0; one.unreadReplies--)
      one.tell({ kind: 'reply_classified', bucket: 'other', replyFactId: REPLY_ID });
    one.reconcile();
    for (const call of one.creates.filter(({ isOver }) => !isOver)) {
      call.isOver = true;
      one.tell({ kind: 'call_progress', status: 'no_answer' }, call.attemptId);
    }
    one.advance(12 * 60);
  });
  Object.assign(silence, { paused: false, unclear: false, heldUntilAt: 0, unread: 0 });
  for (let turn = 0; turn < MOST_TURNS && !isOver(life); turn++) calm.run(silence, life);
}

function isOver(life: ContactLife): boolean {
  return life.wake().kind === 'finish' && !life.attempts.some(isUnresolved);
}

/** Half days; the run ends after a fortnight, and a promise may be moved a little further. */
const MOST_TURNS = 120;

test('whatever is done to a contact in whatever order, nobody is contacted whom the model keeps silent, twice or at night, and it comes to an end (INV-1..INV-3, INV-5, INV-8, INV-9, INV-11, INV-12, INV-20)', () => {
  fc.assert(
    fc.property(commands, (all) => {
      const life = newLife();
      const silence = { ...NOTHING };
      fc.modelRun(() => ({ model: silence, real: life }), all);
      drain(life, silence);
      expect(life.wake().kind).toBe('finish');
      expect(life.attempts.filter(isUnresolved)).toEqual([]);
      expect(life.openPromises).toEqual([]);
      if (silence.optedOut) expect(life.wake()).toMatchObject({ reason: 'opted_out' });
    }),
    { numRuns: 200 },
  );
});

test('the model is not silent all the time: calls, texts and mails go out, and each kind of end is reached', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(commands, (all) => {
      const life = newLife();
      const silence = { ...NOTHING };
      fc.modelRun(() => ({ model: silence, real: life }), all);
      for (const { state } of life.attempts) seen.add(state);
      drain(life, silence);
      for (const { channel } of life.creates) seen.add(channel);
      for (const { state } of life.attempts) seen.add(state);
      const end = life.wake();
      if (end.kind === 'finish') seen.add(end.reason);
    }),
    { numRuns: 200, seed: 1 },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['voice', 'sms', 'email', 'ended', 'accepted', 'unknown', 'unknown_final', 'not_sent'],
      ...['plan_through', 'opted_out', 'stopped_by_rule', 'completed_by_operator'],
    ]),
  );
});
