import * as fc from 'fast-check';
import { addressKindOf, type Channel } from './channel';
import { decide } from './decide';
import { aForecast, aPerson, contactId, lived } from './forecast-builders';
import { sureOf } from './forecast-sure';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { localDateOf, minuteOfDayOf, weekdayOf } from './local-time';
import {
  aCompany,
  aContact,
  aMail,
  aMailbox,
  anAttempt,
  aPhone,
  aPlannerInput,
  aRun,
  aText,
  BERLIN,
  CHICAGO,
  local,
  NEW_YORK,
  NO_SPENDING,
  type PlannerInputChanges,
  someCalls,
} from './planner-builders';

/** Whatever is assumed: a forecast keeps hours, caps and lines as the campaign itself will have to (N-3). */

const ZONES = [[CHICAGO], [NEW_YORK], [CHICAGO, NEW_YORK], [BERLIN, CHICAGO]];
const START = local(CHICAGO, '2027-03-11 07:00');
const OPEN = 9 * 60;
const CLOSE = 17 * 60;

const settings = fc.record({
  attempts: fc.integer({ min: 1, max: 6 }),
  perDay: fc.integer({ min: 1, max: 3 }),
  spacing: fc.constantFrom(0, 30, 240, 2_000),
  cap: fc.integer({ min: 1, max: 4 }),
  openingJitterMs: fc.constantFrom(0, HOUR_MS),
  avoidFailedHour: fc.boolean(),
  solicits: fc.boolean(),
});

const assumptions = fc.record({
  seed: fc.nat({ max: 1_000 }),
  calls: fc.constantFrom(
    { answered: 0.3, voicemail: 0.3, busy: 0.2, failed: 0.1 },
    { answered: 1, voicemail: 0, busy: 0, failed: 0 },
    { answered: 0, voicemail: 0, busy: 1, failed: 0 },
  ),
  outcomes: fc.constantFrom({}, { successful: 0, converted: 0, disqualified: 0 }),
  callbacks: fc.constantFrom({}, { rate: 0.5, afterMinutes: 90 }),
  replies: fc.constantFrom({}, { stop: 0.4, afterMinutes: 3 }),
  seconds: fc.constantFrom({}, { pickUp: 0, talk: 0, voicemail: 0, noAnswer: 0 }),
});

const limits = fc.record({
  lines: fc.integer({ min: 1, max: 6 }),
  callsPerMinute: fc.constantFrom(null, 1, 30),
});

interface Setup {
  readonly changes: PlannerInputChanges;
  readonly cap: number;
  readonly perDay: number;
  readonly solicits: boolean;
}

/** Looked up so long ago that it is too old in the middle of the run. */
const CHECKED_AT = START - 26 * DAY_MS;
const CHECKED_PHONE = aPhone({ checks: { dnc: { answer: 'not_listed', checkedAt: CHECKED_AT, source: 'registry' } } });

const setups: fc.Arbitrary<Setup> = settings.map(
  ({ attempts, perDay, spacing, cap, openingJitterMs, avoidFailedHour, solicits }) => ({
    cap,
    perDay,
    solicits,
    changes: {
      policy: { solicits },
      runs: [
        aRun({
          startsOn: '2027-03-11',
          endsOn: '2027-03-22',
          calls: someCalls({ attempts, perDay, avoidFailedHour, spacingMinutes: { default: spacing } }),
          messages: [
            aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 5 } }),
            aMail({
              key: 'after',
              when: { kind: 'after_call', results: ['unanswered'], delayMinutes: 20, repeat: 'each' },
            }),
          ],
        }),
      ],
      company: aCompany({
        openingJitterMs,
        caps: { phone: { perDay: cap, perWeek: 9, perMonth: 12 }, email: { perDay: 2, perWeek: 9, perMonth: 12 } },
      }),
      enrollment: { enrolledAt: START },
    },
  }),
);

const everybody = ({ changes }: Setup) =>
  Array.from({ length: 12 }, (_, n) =>
    aPerson(n, {
      ...changes,
      contact: aContact({ zones: ZONES[n % ZONES.length] ?? [CHICAGO], addresses: [CHECKED_PHONE, aMailbox()] }),
    }),
  );

function isOpen(zone: string, at: Instant, isPromise: boolean): boolean {
  const minute = minuteOfDayOf(zone, at);
  if (isPromise) return minute >= 8 * 60 && minute < 21 * 60;
  return weekdayOf(localDateOf(zone, at)) <= 5 && minute >= OPEN && minute < CLOSE;
}

test('every touch lies inside the hours of every place of its person, and under every cap', () => {
  fc.assert(
    fc.property(setups, assumptions, limits, (setup, assumed, limit) => {
      const all = everybody(setup);
      const forecast = lived(
        aForecast(all, { from: START, assumptions: assumed, limits: limit, messagesPerSecond: 1 }),
      );
      forecast.results.forEach(({ touches }, n) => {
        for (const { key, at } of touches)
          for (const zone of all[n]?.contact.zones ?? [])
            expect([key, zone, isOpen(zone, at, key.startsWith('promises'))]).toEqual([key, zone, true]);
        const sold = touches.filter(({ key, channel }) => channel !== 'email' && !key.startsWith('promises'));
        if (setup.solicits)
          expect(Math.max(0, ...sold.map(({ at }) => at))).toBeLessThanOrEqual(CHECKED_AT + 31 * DAY_MS);
        expect(mostWithin(touches, 'phone', DAY_MS)).toBeLessThanOrEqual(setup.cap);
        expect(mostWithin(touches, 'phone', 7 * DAY_MS)).toBeLessThanOrEqual(9);
        expect(mostWithin(touches, 'email', DAY_MS)).toBeLessThanOrEqual(2);
        expect(new Set(touches.map(({ key }) => key)).size).toBe(touches.length);
        expect(touches.map(({ at }) => at)).toEqual(touches.map(({ at }) => at).sort((a, b) => a - b));
      });
      expect(forecast.mostLines).toBeLessThanOrEqual(limit.lines);
      expect(forecast.results.map(({ contactId: id }) => id)).toEqual(all.map((_, n) => contactId(n)));
    }),
    { numRuns: 25 },
  );
});

test('the same seed foresees the same, and enough lines foresee what boundless ones do', () => {
  fc.assert(
    fc.property(setups, assumptions, (setup, assumed) => {
      const results = (areLinesBounded: boolean, lines: number) =>
        lived(
          aForecast(everybody(setup), {
            from: START,
            assumptions: assumed,
            areLinesBounded,
            limits: { lines, callsPerMinute: null },
          }),
        ).results;
      const free = results(false, 1);
      expect(results(true, 12)).toEqual(free);
      expect(results(false, 1)).toEqual(free);
    }),
    { numRuns: 15 },
  );
});

test('with a line in hand, the call that queued is the one that is made', () => {
  fc.assert(
    fc.property(
      setups,
      fc.integer({ min: 0, max: 7 * 24 * 60 }),
      fc.integer({ min: 0, max: 2 }),
      ({ changes }, minute, made) => {
        const attempts = Array.from({ length: made }, (_, n) =>
          anAttempt({ ordinal: n + 1, claimedAt: START - DAY_MS + n * HOUR_MS }),
        );
        const now = START + minute * MINUTE_MS;
        const without = decide(aPlannerInput({ ...changes, now, attempts, line: 'none' }));
        const granted = decide(aPlannerInput({ ...changes, now, attempts, line: 'granted' }));
        if (without.kind === 'queue') expect(granted).toMatchObject({ kind: 'touch', touch: without.touch });
        else
          expect(granted.kind === 'touch' && granted.touch.channel === 'voice' && without.kind !== 'touch').toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});

test('what a contact surely waits for is what the planner says when its instant has come', () => {
  let sure = 0;
  fc.assert(
    fc.property(
      setups,
      fc.integer({ min: 0, max: 12 * 24 * 60 }),
      fc.array(
        fc.record({
          hoursAgo: fc.integer({ min: 0, max: 60 }),
          disposition: fc.constantFrom('no_answer', 'busy', 'voicemail'),
        }),
        { maxLength: 3 },
      ),
      fc.constantFrom(...ZONES),
      ({ changes }, minute, past, zones) => {
        const now = START + minute * MINUTE_MS;
        const attempts = past
          .sort((a, b) => b.hoursAgo - a.hoursAgo)
          .map(({ hoursAgo, disposition }, n) =>
            anAttempt({
              ordinal: n + 1,
              claimedAt: now - hoursAgo * HOUR_MS - MINUTE_MS,
              endedAt: now - hoursAgo * HOUR_MS,
              disposition,
            }),
          );
        const personAttempts = attempts.map(({ claimedAt }) => ({ at: claimedAt, kind: 'phone' as const }));
        const contact = aContact({ zones, addresses: [CHECKED_PHONE, aMailbox()] });
        const asked = (at: Instant) =>
          decide(aPlannerInput({ ...changes, now: at, attempts, personAttempts, contact, line: 'none' }));
        const planned = sureOf(asked(now), NO_SPENDING);
        if (planned === null) return;
        sure += 1;
        const then = asked(planned.at);
        expect([then.kind, 'touch' in then ? then.touch : null]).toEqual([
          planned.touch.channel === 'voice' ? 'queue' : 'touch',
          planned.touch,
        ]);
      },
    ),
    { numRuns: 600 },
  );
  expect(sure).toBeGreaterThan(100);
});

function mostWithin(
  touches: readonly { channel: Channel; at: Instant }[],
  kind: 'phone' | 'email',
  lengthMs: number,
): number {
  const times = touches.filter(({ channel }) => addressKindOf(channel) === kind).map(({ at }) => at);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + lengthMs).length));
}
