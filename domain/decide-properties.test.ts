import * as fc from 'fast-check';
import { isSpent, isUnresolved } from './attempts';
import { capsFor } from './caps';
import type { CampaignStatus } from './campaign-definition';
import { addressKindOf, type Channel } from './channel';
import { decide, seriesToEnd } from './decide';
import type { Decision, Touch } from './decision';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { localDateOf, minuteOfDayOf, weekdayOf } from './local-time';
import type { Consent } from './consent';
import type { Relationship } from './number-check';
import type { Run } from './plan';
import {
  aCompany,
  aContact,
  aMail,
  aMailbox,
  aMessagingRun,
  anAttempt,
  aPhone,
  aPlannerInput,
  aRun,
  aText,
  BERLIN,
  CHICAGO,
  EVERY_DAY,
  KOLKATA,
  local,
  NEW_YORK,
  someCalls,
  weekly,
} from './planner-builders';
import type {
  AddressView,
  AttemptView,
  ContactView,
  EnrollmentView,
  PersonAttempt,
  PlannerInput,
  WeeklyHours,
} from './planner-input';
import { minuteOf } from './slots';

/** The week in which America changes its clocks; Berlin does so two weeks later. */
const START = local(CHICAGO, '2027-03-08 08:00');

type HoursInput = Run['hours'];

/** One value nearly always, so that the others are seen without drowning it. */
function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 8 * others.length, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

const runs: fc.Arbitrary<readonly Run[]> = fc
  .tuple(
    fc.record({
      attempts: fc.integer({ min: 1, max: 4 }),
      perDay: fc.integer({ min: 1, max: 3 }),
      spacing: fc.constantFrom(0, 30, 240, 2000),
      busy: fc.constantFrom(5, 90),
      avoidFailedHour: fc.boolean(),
      ahead: fc.boolean(),
      afterEach: fc.boolean(),
      endsOn: fc.constantFrom(null, '2027-03-10', '2027-03-31'),
      hours: mostly<HoursInput>(
        { mode: 'company_times' },
        {
          mode: 'calling_times',
          slots: [
            { open: '08:00', close: '09:30' },
            { open: '19:00', close: '21:00' },
          ],
        },
      ),
    }),
    fc.subarray(['second', 'texts'] as const),
  )
  .map(([first, more]) => [
    aRun({
      key: 'first',
      startsOn: '2027-03-08',
      endsOn: first.endsOn,
      hours: first.hours,
      calls: someCalls({
        attempts: first.attempts,
        perDay: first.perDay,
        avoidFailedHour: first.avoidFailedHour,
        spacingMinutes: { default: first.spacing, busy: first.busy },
      }),
      messages: [
        ...(first.ahead ? [aText({ key: 'ahead', when: { kind: 'before_call' as const, delayMinutes: 10 } })] : []),
        aMail({
          key: 'after',
          when: {
            kind: 'after_call' as const,
            results: ['unanswered' as const, 'unsuccessful' as const],
            repeat: first.afterEach ? ('each' as const) : ('once' as const),
          },
        }),
      ],
    }),
    ...(more.includes('second')
      ? [aRun({ key: 'second', startsOn: '2027-03-11', endsOn: '2027-03-16', weekdays: [1, 2, 3, 4, 5, 6, 7] })]
      : []),
    ...(more.includes('texts')
      ? [
          aMessagingRun(
            aText({ key: 'start', when: { kind: 'after_start', delayMinutes: 90 } }),
            aMail({ key: 'fixed', when: { kind: 'at', on: '2027-03-14', time: '10:00' } }),
          ),
        ]
      : []),
  ]);

/** What is known of a number beside what its person said. */
const numbers: fc.Arbitrary<Pick<AddressView, 'country' | 'checks'>> = fc
  .record({
    country: mostly<string | null>('US', 'CA', 'JM', null),
    dnc: fc.constantFrom(null, 'listed' as const, 'not_listed' as const, 'not_listed' as const),
    reassigned: mostly<'yes' | 'no' | null>(null, 'yes', 'no'),
    daysAgo: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ country, dnc, reassigned, daysAgo }) => {
    const said = { checkedAt: START - daysAgo * DAY_MS, source: 'registry' };
    return {
      country,
      checks: {
        ...(dnc === null ? {} : { dnc: { answer: dnc, ...said } }),
        ...(reassigned === null ? {} : { reassigned: { answer: reassigned, askedAboutAt: 0, ...said } }),
      },
    };
  });

const contacts = fc
  .record({
    zones: mostly([CHICAGO], [CHICAGO, NEW_YORK], [BERLIN, CHICAGO], [KOLKATA], [KOLKATA, NEW_YORK]),
    placeKnown: mostly(true, false),
    phone: mostly(true, false),
    mail: mostly(true, false),
    usable: fc.boolean(),
    suppressed: mostly<Channel[]>([], ['voice'], ['sms'], ['email'], ['voice', 'email']),
    first: numbers,
    second: numbers,
    consent: mostly<Consent['class'] | null>(null, 'live_call', 'marketing_sms'),
    relationship: mostly<Relationship | null>(
      null,
      { id: 'r-1', kind: 'purchase', on: '2025-09-12' },
      { id: 'r-2', kind: 'inquiry', on: '2027-01-01' },
    ),
    provenAt: mostly<Instant | null>(null, START - 5 * DAY_MS),
  })
  .map(({ zones, placeKnown, phone, mail, usable, suppressed, first, second, ...known }) =>
    aContact({
      zones,
      placeKnown,
      addresses: [
        ...(phone ? [aPhone({ hash: 'phone-0', usable, ...first }), aPhone({ suppressed, ...second })] : []),
        ...(mail ? [aMailbox()] : []),
      ],
      consents: known.consent === null ? [] : [{ id: 'c-1', class: known.consent }],
      relationships: known.relationship === null ? [] : [known.relationship],
      ...(known.provenAt === null ? {} : { provenAt: known.provenAt }),
    }),
  );

const companies = fc
  .record({
    perDay: fc.integer({ min: 1, max: 4 }),
    perWeek: fc.integer({ min: 2, max: 8 }),
    perMonth: fc.integer({ min: 3, max: 20 }),
    closingMarginMs: fc.constantFrom(0, 10 * MINUTE_MS),
    openingJitterMs: fc.constantFrom(0, HOUR_MS),
  })
  .map(({ closingMarginMs, openingJitterMs, ...caps }) =>
    aCompany({
      caps: { phone: caps, email: { ...caps, perDay: 2 } },
      closingMarginMs,
      openingJitterMs,
      legalHours: weekly(EVERY_DAY, ['08:00', '20:30']),
    }),
  );

interface Deed {
  readonly gapMinutes: number;
  readonly step: 'call' | 'callback' | 'ahead' | 'after';
  readonly state: AttemptView['state'];
  readonly disposition: AttemptView['disposition'];
  readonly outcome: AttemptView['outcome'];
  readonly retryable: boolean;
}

const deeds: fc.Arbitrary<Deed> = fc.record({
  gapMinutes: fc.integer({ min: 1, max: 1500 }),
  step: fc.constantFrom('call' as const, 'call' as const, 'callback' as const, 'ahead' as const, 'after' as const),
  state: mostly<AttemptView['state']>(
    'ended',
    'not_sent',
    'not_sent',
    'claimed',
    'accepted',
    'unknown',
    'unknown_final',
  ),
  disposition: fc.constantFrom('answered' as const, 'no_answer' as const, 'busy' as const, 'voicemail' as const),
  outcome: fc.constantFrom(null, 'unsuccessful' as const, 'converted' as const),
  retryable: fc.boolean(),
});

/** A past as it can have come about: each touch in its order, another try only after one that was not sent. */
function pastOf(list: readonly Deed[], untilAt: Instant): AttemptView[] {
  const attempts: AttemptView[] = [];
  let at = untilAt - list.reduce((sum, { gapMinutes }) => sum + gapMinutes, 0) * MINUTE_MS;
  for (const { step, state, disposition, outcome, retryable, gapMinutes } of list) {
    const runKey = step === 'callback' ? 'promises' : 'first';
    const same = attempts.filter((attempt) => attempt.runKey === runKey && attempt.stepKey === step);
    const last = same.at(-1);
    const again = last?.state === 'not_sent' && last.retryable;
    const isCall = step === 'call' || step === 'callback';
    attempts.push(
      anAttempt({
        runKey,
        stepKey: step,
        ordinal: again ? last.ordinal : (last?.ordinal ?? 0) + 1,
        try: again ? last.try + 1 : 1,
        channel: isCall ? 'voice' : step === 'ahead' ? 'sms' : 'email',
        state,
        disposition: state === 'ended' ? (isCall ? disposition : 'delivered') : null,
        outcome: state === 'ended' && isCall && disposition === 'answered' ? outcome : null,
        claimedAt: at,
        endedAt: state === 'ended' ? at + MINUTE_MS / 2 : null,
        retryable: state === 'not_sent' && retryable,
      }),
    );
    at += gapMinutes * MINUTE_MS;
  }
  return attempts;
}

const inputs: fc.Arbitrary<PlannerInput> = fc
  .record({
    runs,
    contact: contacts,
    company: companies,
    past: fc.array(deeds, { maxLength: 4 }),
    elsewhere: fc.array(
      fc.record({ minutesAgo: fc.integer({ min: 0, max: 50_000 }), kind: fc.constantFrom('phone', 'email') }),
      { maxLength: 4 },
    ),
    promise: fc.option(
      fc.record({ ordinal: fc.integer({ min: 1, max: 3 }), inMinutes: fc.integer({ min: -500, max: 900 }) }),
      { freq: 1 },
    ),
    day: fc.integer({ min: 0, max: 13 }),
    minute: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 540 }) }, fc.integer({ min: 0, max: 1440 })),
    status: mostly<CampaignStatus>('active', 'paused', 'completed', 'draft'),
    state: mostly<EnrollmentView['state']>('open', 'ended'),
    unreadReplies: mostly(0, 1),
    heldMinutes: mostly<number | null>(null, -5, 300),
    notBeforeMinutes: mostly<number | null>(null, -5, 200),
    callsStopped: mostly(false, true),
    messagesStopped: mostly(false, true),
    closedOn: mostly<string[]>([], ['2027-03-09', '2027-03-12']),
    ownPerDay: mostly<number | undefined>(undefined, 1, 5),
    solicits: fc.boolean(),
    line: fc.constantFrom('none', 'granted'),
  })
  .map((each) => {
    const now = START + each.day * DAY_MS + each.minute * MINUTE_MS;
    const attempts = pastOf(each.past, now);
    const own = attempts
      .filter(isSpent)
      .map(({ claimedAt, channel }): PersonAttempt => ({ at: claimedAt, kind: addressKindOf(channel) }));
    const elsewhere = each.elsewhere.map(({ minutesAgo, kind }) => ({ at: now - minutesAgo * MINUTE_MS, kind }));
    return aPlannerInput({
      now,
      runs: each.runs,
      contact: each.contact,
      company: each.company,
      attempts,
      personAttempts: [...own, ...elsewhere].sort((a, b) => a.at - b.at),
      commitments:
        each.promise === null
          ? []
          : [{ id: 'promise', ordinal: each.promise.ordinal, promisedAt: now + each.promise.inMinutes * MINUTE_MS }],
      status: each.status,
      policy: {
        closedOn: each.closedOn,
        solicits: each.solicits,
        ...(each.ownPerDay === undefined ? {} : { caps: { perDay: each.ownPerDay } }),
      },
      enrollment: {
        enrolledAt: START - DAY_MS,
        state: each.state,
        heldUntilAt: each.heldMinutes === null ? null : now + each.heldMinutes * MINUTE_MS,
        notBeforeAt: each.notBeforeMinutes === null ? null : now + each.notBeforeMinutes * MINUTE_MS,
        callsStoppedAt: each.callsStopped ? now - 1 : null,
        messagesStoppedAt: each.messagesStopped ? now - 1 : null,
      },
      unreadReplies: each.unreadReplies,
      line: each.line,
    });
  });

/** Recomputed from the clocks of each place, without the planner's compiled hours. */
function isLawful({ contact, company, policy, plan }: PlannerInput, { runKey }: Touch, at: Instant): boolean {
  const run = plan.runs.find(({ key }) => key === runKey);
  return contact.zones.every((zone) => {
    const date = localDateOf(zone, at);
    const minute = minuteOfDayOf(zone, at);
    const holds = ({ weekdays, slots }: WeeklyHours) =>
      weekdays.includes(weekdayOf(date)) &&
      slots.some(({ open, close }) => minuteOf(open) <= minute && minute < minuteOf(close));
    if (policy.closedOn.includes(date) || !holds(company.legalHours)) return false;
    if (!contact.placeKnown && !holds(company.unknownPlaceHours)) return false;
    if (run === undefined) return true;
    const slots = run.hours.mode === 'calling_times' ? run.hours.slots : policy.companySlots;
    return date >= run.startsOn && date <= (run.endsOn ?? date) && holds({ weekdays: run.weekdays, slots });
  });
}

const WINDOWS = [
  ['perDay', DAY_MS],
  ['perWeek', 7 * DAY_MS],
  ['perMonth', 30 * DAY_MS],
] as const;

function isWithinCaps(input: PlannerInput, { channel }: Touch): boolean {
  const kind = addressKindOf(channel);
  const caps = capsFor(input, kind);
  return WINDOWS.every(([cap, lengthMs]) => {
    const recent = input.personAttempts.filter((each) => each.kind === kind && input.now - each.at < lengthMs);
    return recent.length < caps[cap];
  });
}

/** C10, C11 and T25 a second time, from the words of the rules. */
function mayBeReached({ contact, policy, now }: PlannerInput, { toHash, channel, commitmentId }: Touch): boolean {
  if (channel === 'email') return true;
  const number = contact.addresses.find(({ hash }) => hash === toHash);
  if (number?.country !== 'US' && number?.country !== 'CA') return false;
  const { dnc, reassigned } = number.checks ?? {};
  if (reassigned?.answer === 'yes' && !(contact.provenAt !== undefined && contact.provenAt > reassigned.checkedAt))
    return false;
  if (!policy.solicits || commitmentId !== undefined) return true;
  if (dnc?.answer === 'not_listed' && now <= dnc.checkedAt + 31 * DAY_MS) return true;
  if (contact.consents.some((each) => each.class === (channel === 'voice' ? 'live_call' : 'marketing_sms')))
    return true;
  return (contact.relationships ?? []).some(({ kind }) =>
    contact.zones.every((zone) => localDateOf(zone, now) <= (kind === 'purchase' ? '2027-03-11' : '2027-03-31')),
  );
}

function checkTouch(input: PlannerInput, touch: Touch): void {
  const { attempts, contact, company, now, campaign, enrollment } = input;
  expect(campaign.status).toBe('active');
  expect(enrollment.state).toBe('open');
  expect(attempts.filter(isUnresolved)).toEqual([]);
  expect(isLawful(input, touch, now)).toBe(true);
  expect(isLawful(input, touch, now + company.closingMarginMs)).toBe(true);
  expect(isLawful(input, touch, touch.untilAt + company.closingMarginMs - 1)).toBe(true);
  expect(isWithinCaps(input, touch)).toBe(true);
  expect(mayBeReached(input, touch)).toBe(true);
  expect(contact.addresses.flatMap(({ suppressed }) => suppressed)).not.toContain(touch.channel);
  expect(contact.addresses.find(({ hash }) => hash === touch.toHash)?.usable).toBe(true);
  expect(attempts.filter((attempt) => attempt.touchKey === touch.key).filter(isSpent)).toEqual([]);
  expect(attempts.map(({ touchKey, try: nth }) => `${touchKey}#${nth}`)).not.toContain(`${touch.key}#${touch.try}`);
  if (touch.channel === 'voice') expect(enrollment.callsStoppedAt).toBeNull();
  else expect(enrollment.messagesStoppedAt).toBeNull();
  expect(input.unreadReplies).toBe(0);
  expect(enrollment.heldUntilAt ?? 0).toBeLessThanOrEqual(now);
  expect(enrollment.notBeforeAt ?? 0).toBeLessThanOrEqual(now);
}

describe('whatever the planner is asked', () => {
  it('it touches nobody whom it may not touch now (INV-1, INV-2, INV-5, INV-12, K-4, N-2, C10, C11, T25)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = decide(input);
        if (decision.kind === 'touch') checkTouch(input, decision.touch);
        if (decision.kind === 'queue') checkTouch(input, decision.touch);
        if (decision.kind === 'queue') expect([decision.touch.channel, input.line]).toEqual(['voice', 'none']);
      }),
      { numRuns: 1000 },
    );
  });

  it('it says when to ask again, and why, and the same when asked twice (N-5)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = decide(input);
        expect(decide(structuredClone(input))).toEqual(decision);
        expect(decision.reasons.length).toBeGreaterThan(0);
        if (decision.kind === 'wait') expect(decision.askAt).toBeGreaterThan(input.now);
        else if (decision.kind !== 'finish') expect(decision.askAt).toBeGreaterThanOrEqual(input.now);
      }),
      { numRuns: 300 },
    );
  });

  it('following its waits reaches a deed or the end within a few asks (INV-8)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        let decision = decide(input);
        let now = input.now;
        for (let asks = 0; decision.kind === 'wait'; asks++) {
          expect(asks).toBeLessThan(12);
          now = decision.askAt;
          decision = decide({ ...input, now });
        }
        expect(['touch', 'queue', 'finish', 'hold', 'reconcile']).toContain(decision.kind);
      }),
      { numRuns: 500 },
    );
  });

  it('it says of a series that it ended only when nobody was reached and nothing is in the air (R-2)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        for (const runKey of seriesToEnd(input)) {
          const own = input.attempts.filter((each) => each.runKey === runKey && each.channel === 'voice');
          expect(own.filter(({ disposition }) => disposition === 'answered')).toEqual([]);
          expect(input.attempts.filter(isUnresolved)).toEqual([]);
          const decision = decide(input);
          const next = 'touch' in decision ? decision.touch : undefined;
          expect(next?.runKey === runKey && next.stepKey === 'call').toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});

type Ending = Pick<AttemptView, 'state' | 'disposition' | 'outcome' | 'retryable'>;

const endings: fc.Arbitrary<Ending> = fc.oneof(
  ...(
    [
      { state: 'ended', disposition: 'no_answer', outcome: null, retryable: false },
      { state: 'ended', disposition: 'busy', outcome: null, retryable: false },
      { state: 'ended', disposition: 'voicemail', outcome: null, retryable: false },
      { state: 'ended', disposition: 'answered', outcome: 'unsuccessful', retryable: false },
      { state: 'ended', disposition: 'answered', outcome: 'successful', retryable: false },
      { state: 'ended', disposition: 'answered', outcome: null, retryable: false },
      { state: 'unknown_final', disposition: null, outcome: null, retryable: false },
      { state: 'not_sent', disposition: null, outcome: null, retryable: true },
      { state: 'not_sent', disposition: null, outcome: null, retryable: false },
    ] satisfies Ending[]
  ).map((ending) => fc.constant(ending)),
);

/** Lives the enrollment as the engine would: does what is decided, waits as long as it is told. */
function live(
  first: PlannerInput,
  results: readonly Ending[],
): { input: PlannerInput; last: Decision; said: string[] } {
  let input = first;
  const said: string[] = [];
  for (let n = 0; n < 400; n++) {
    const ended = seriesToEnd(input);
    said.push(...ended);
    const { enrollment } = input;
    input = { ...input, enrollment: { ...enrollment, endedSeries: [...enrollment.endedSeries, ...ended] } };
    const decision = decide(input);
    if (decision.kind === 'finish') return { input, last: decision, said };
    if (decision.kind === 'touch') {
      checkTouch(input, decision.touch);
      const { untilAt: _, toHash: __, commitmentId: ___, ...touch } = decision.touch;
      const result = results[input.attempts.length % results.length];
      const attempt = anAttempt({ ...touch, claimedAt: input.now, endedAt: input.now + MINUTE_MS, ...result });
      const isText = touch.channel !== 'voice';
      input = {
        ...input,
        now: input.now + 2 * MINUTE_MS,
        attempts: [...input.attempts, isText ? { ...attempt, outcome: null } : attempt],
        personAttempts: [
          ...input.personAttempts,
          ...(isSpent(attempt) ? [{ at: input.now, kind: addressKindOf(touch.channel) }] : []),
        ],
      };
    } else input = { ...input, now: decision.askAt };
  }
  throw new Error('it never ends');
}

/** Nobody waits for somebody to look up a number: that might be for ever. */
function lookedUp(contact: ContactView): ContactView {
  const dnc = { answer: 'not_listed' as const, checkedAt: START + 400 * DAY_MS, source: 'registry' };
  return { ...contact, addresses: contact.addresses.map((each) => ({ ...each, checks: { ...each.checks, dnc } })) };
}

describe('an enrollment that is lived to its end', () => {
  const lives = fc.record({
    input: inputs.map((input) => ({
      ...input,
      now: START,
      campaign: { ...input.campaign, status: 'active' as const },
      attempts: [],
      unreadReplies: 0,
      line: 'granted' as const,
      contact: lookedUp(input.contact),
      enrollment: { ...input.enrollment, state: 'open' as const },
    })),
    results: fc.array(endings, { minLength: 1, maxLength: 8 }),
  });

  it('keeps every limit of the plan and touches nothing twice', () => {
    fc.assert(
      fc.property(lives, ({ input, results }) => {
        const { input: after, last, said } = live(input, results);
        expect(last.kind).toBe('finish');
        const spent = after.attempts.filter(isSpent);
        expect(new Set(spent.map(({ touchKey }) => touchKey)).size).toBe(spent.length);
        expect(new Set(said).size).toBe(said.length);
        const [zone = CHICAGO] = after.contact.zones;
        for (const run of after.plan.runs) {
          const calls = spent.filter((each) => each.runKey === run.key && each.stepKey === 'call');
          expect(calls.length).toBeLessThanOrEqual(run.calls?.attempts ?? 0);
          for (const call of calls) {
            const day = spent.filter(
              (each) =>
                each.channel === 'voice' &&
                each.claimedAt <= call.claimedAt &&
                localDateOf(zone, each.claimedAt) === localDateOf(zone, call.claimedAt),
            );
            expect(day.length).toBeLessThanOrEqual(run.calls?.perDay ?? 0);
          }
          const ahead = spent.find((each) => each.runKey === run.key && each.stepKey === 'ahead');
          const [call] = calls;
          if (ahead !== undefined && call !== undefined)
            expect(call.claimedAt - ahead.claimedAt).toBeGreaterThanOrEqual(10 * MINUTE_MS);
        }
      }),
      { numRuns: 300 },
    );
  });
});
