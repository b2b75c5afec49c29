import { decide } from './decide';
import { HOUR_MS, type Instant, MINUTE_MS, toIso } from './instant';
import type { Run } from './plan';
import { aCompany, aContact, aPlannerInput, aRun, someCalls, weekly } from './planner-builders';
import { changesOf, EVERY_ZONE, isRepeated, wallClock } from './zone-changes-builders';

/** The planner at every change of every clock on earth for ten years, against what the clocks on the wall show. */

/** Openings and closings in the hours in which clocks are changed, and at midnight. */
const SLOTS: [string, string][] = [
  ['00:00', '00:30'],
  ['01:15', '02:30'],
  ['02:45', '03:30'],
  ['23:15', '23:59'],
];
const WEEKDAYS = [1, 2, 4, 6, 7];
const ASK_FROM_MINUTES = [-1_500, -190, -31, -1, 0, 1, 29, 61, 135];
const LOOK_EVERY_MS = 13 * MINUTE_MS;

const COMPANY = aCompany({ legalHours: weekly(WEEKDAYS, ...SLOTS) });
/** No campaign may be given such hours; they are here because clocks change at night. */
const RUN: Run = {
  ...aRun({ startsOn: '2025-12-01', weekdays: [1, 2, 3, 4, 5, 6, 7], calls: someCalls() }),
  hours: { mode: 'calling_times', slots: [{ open: '00:00', close: '23:59' }] },
};

function isAllowed(zone: string, at: Instant): boolean {
  const [date = '', clock = ''] = wallClock(zone, at).split(' ');
  const weekday = ((new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7) + 1;
  return WEEKDAYS.includes(weekday) && SLOTS.some(([open, close]) => open <= clock && clock < close);
}

/** When the next call may be, and until when. */
function nextCall(zone: string, now: Instant): { dueAt: Instant; untilAt: Instant } | null {
  const decision = decide(
    aPlannerInput({
      now,
      runs: [RUN],
      company: COMPANY,
      contact: aContact({ zones: [zone] }),
      enrollment: { enrolledAt: now - HOUR_MS },
    }),
  );
  if (decision.kind === 'touch') return { dueAt: now, untilAt: decision.touch.untilAt };
  if (decision.kind !== 'wait' || decision.touch === undefined) return null;
  return { dueAt: decision.askAt, untilAt: decision.touch.untilAt };
}

function wrongsAt(zone: string, now: Instant): string[] {
  const next = nextCall(zone, now);
  const asked = `${zone}, asked at ${toIso(now)}`;
  if (next === null) return [`${asked}: never`];
  const { dueAt, untilAt } = next;
  const wrong: string[] = [];
  for (const at of [dueAt, Math.floor((dueAt + untilAt) / 2), untilAt - 1])
    if (!isAllowed(zone, at)) wrong.push(`${asked}: ${toIso(at)} is no time to call`);
  for (let at = now; at < Math.min(dueAt, now + 5 * HOUR_MS); at += LOOK_EVERY_MS)
    if (isAllowed(zone, at) && !isRepeated(zone, at)) wrong.push(`${asked}: ${toIso(at)} was let pass`);
  return wrong;
}

test('in every zone, around every change of the clocks of ten years, the next call lies within the hours on the wall and skips none of them (INV-1, F20)', () => {
  let changes = 0;
  const wrong: string[] = [];
  for (const zone of EVERY_ZONE)
    for (const change of changesOf(zone)) {
      changes++;
      const minutes = ASK_FROM_MINUTES[changes % ASK_FROM_MINUTES.length] ?? 0;
      wrong.push(...wrongsAt(zone, change + minutes * MINUTE_MS));
    }
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(EVERY_ZONE.length).toBeGreaterThan(400);
  expect(changes).toBeGreaterThan(2_000);
});
