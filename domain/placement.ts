import { callsOf, wasAnswered } from './attempts';
import type { Hours, Opening } from './business-hours';
import { capHit, capsFor, legalCapHit } from './caps';
import { addressOf, barOfTouch, type Candidate } from './candidate';
import { addressKindOf } from './channel';
import { missingConsent } from './consent';
import type { Reason } from './decision';
import { HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { addDays, DAY_MINUTES, localDateOf, localToInstant, minuteOfDayOf } from './local-time';
import { solicitation } from './number-rules';
import type { CallPlan } from './plan';
import { homeZoneOf, hoursOf, notBeforeRun } from './planner-hours';
import type { PlannerInput } from './planner-input';
import { rescheduled } from './rescheduled';
import { costOf, spendHit } from './spend';

/** A candidate with the first instant at which everything allows it. */
export interface Placed {
  readonly candidate: Candidate;
  readonly dueAt: Instant;
  /** End of the opening it falls into, margin taken off. */
  readonly untilAt: Instant;
  readonly reasons: readonly Reason[];
}

/** Finds the first instant from now on that hours, caps, spacing, money and waits all allow; null when there is none left, no consent, or something stands against the number. */
export function place(input: PlannerInput, planned: Candidate): Placed | null {
  return barOfTouch(input, planned) === null ? placeAt(input, planned) : null;
}

/** As `place`, of a touch against which nothing stands, or for when nothing does any more. */
export function placeAt(input: PlannerInput, planned: Candidate): Placed | null {
  const candidate = rescheduled(input, planned);
  if (missingConsent(input, candidate) !== null) return null;
  const hours = hoursOf(input, candidate.run, candidate.channel);
  const to = addressOf(input, candidate.toHash);
  const selling = to && solicitation(input, to, candidate.channel);
  const reasons: Reason[] = [...candidate.reasons, ...(selling === null ? [] : [selling])];
  let fromAt = readyAt(input, candidate, reasons);
  // Comes to an end: each obstacle moves the instant forward, and the attempts behind them are finite.
  for (;;) {
    const startAt = Math.max(fromAt, input.now);
    const opening = hours.next(startAt);
    if (opening === null) return null;
    if (opening.opensAt > startAt) reasons.push(...outsideHours(hours, startAt, opening));
    const openAt = Math.max(startAt, opening.opensAt);
    const openedAt =
      fromAt > opening.opensAt ? openAt : Math.max(openAt, opening.opensAt + jitter(input, candidate, opening));
    if (openedAt > openAt) reasons.push({ code: 'opening_jitter', untilAt: openedAt });
    const dueAt = Math.max(openedAt, afterPause(input, candidate, fromAt, opening));
    if (dueAt > openedAt) reasons.push({ code: 'resume_jitter', untilAt: dueAt });
    const obstacle = obstacleAt(input, candidate, dueAt, opening.closesAt);
    if (obstacle === null) return { candidate, dueAt, untilAt: opening.closesAt, reasons };
    reasons.push(obstacle.reason);
    fromAt = obstacle.fromAt;
  }
}

/** When the candidate may happen at all, hours and attempts aside. */
function readyAt(input: PlannerInput, { run, earliestAt }: Candidate, reasons: Reason[]): Instant {
  const { notBeforeAt } = input.enrollment;
  const leftAloneAt = Math.max(earliestAt, notBeforeAt ?? earliestAt);
  if (leftAloneAt > earliestAt && leftAloneAt > input.now) reasons.push({ code: 'not_before', at: leftAloneAt });
  const startAt = Math.max(leftAloneAt, input.now);
  const runAt = notBeforeRun(input, run, startAt);
  if (runAt === startAt) return leftAloneAt;
  reasons.push({ code: 'run_not_started', startsAt: runAt });
  return runAt;
}

/** Of everything that is closed at `at`, what stays closed longest (S1-115): the gap, the night, the day off. */
function outsideHours(hours: Hours, at: Instant, { opensAt }: Opening): Reason[] {
  const closed = hours.why(at).map(({ zone, rule, kind, localMinute, opensMinute = null }) => {
    return { code: 'outside_hours', opensAt, zone, rule, kind, localMinute, opensMinute } as const;
  });
  const lengthOf = ({ localMinute, opensMinute }: (typeof closed)[number]) =>
    (opensMinute ?? 2 * DAY_MINUTES) - localMinute;
  return closed.sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, 1);
}

/**
 * Who waits for an opening doesn't start with everybody else at its first second (T24). Stable per contact and opening,
 * never more than half of it, and nothing for a promise.
 */
function jitter(input: PlannerInput, { commitmentId, isMoved }: Candidate, { opensAt, closesAt }: Opening): number {
  if (commitmentId !== undefined || isMoved === true) return 0;
  const most = Math.min(input.company.openingJitterMs, (closesAt - opensAt) / 2);
  return Math.floor(fraction(`${input.enrollment.id}${opensAt}`) * most);
}

/** What had been ready before a pause ended starts as at an opening: not all at its first second. */
function afterPause(
  input: PlannerInput,
  candidate: Candidate,
  fromAt: Instant,
  { opensAt, closesAt }: Opening,
): Instant {
  const resumedAt = input.campaign.resumedAt[candidate.channel];
  if (resumedAt === undefined || resumedAt <= Math.max(fromAt, opensAt)) return opensAt;
  return resumedAt + jitter(input, candidate, { opensAt: resumedAt, closesAt });
}

interface Obstacle {
  readonly fromAt: Instant;
  readonly reason: Reason;
}

function obstacleAt(input: PlannerInput, candidate: Candidate, at: Instant, closesAt: Instant): Obstacle | null {
  const calls = candidate.channel === 'voice' ? candidate.run?.calls : undefined;
  const cap =
    capObstacle(input, candidate, at) ?? legalObstacle(input, candidate, at) ?? spendObstacle(input, candidate, at);
  if (cap !== null || calls === undefined) return cap;
  return (
    perDayObstacle(input, calls, at) ??
    (candidate.isMoved === true ? null : failedHourObstacle(input, calls, at, closesAt))
  );
}

function capObstacle(input: PlannerInput, { channel }: Candidate, at: Instant): Obstacle | null {
  const kind = addressKindOf(channel);
  const hit = capHit(input.personAttempts, kind, capsFor(input, kind), at);
  if (hit === null) return null;
  const { cap, limit, freeAt } = hit;
  return { fromAt: freeAt, reason: { code: 'cap', cap, limit, freeAt } };
}

function legalObstacle(input: PlannerInput, { channel }: Candidate, at: Instant): Obstacle | null {
  const hit = legalCapHit(input, channel, at);
  if (hit === null) return null;
  const { place: law, limit, freeAt } = hit;
  return { fromAt: freeAt, reason: { code: 'legal_cap', law, limit, freeAt } };
}

function spendObstacle(input: PlannerInput, candidate: Candidate, at: Instant): Obstacle | null {
  if (input.spending.limits.length === 0) return null;
  const hit = spendHit(input, costOf(input, candidate), at);
  if (hit === null) return null;
  const { scope, period, limit, freeAt } = hit;
  return { fromAt: freeAt, reason: { code: 'spend_limit', scope, period, limit, freeAt } };
}

/** A day is the person's own calendar day. */
function perDayObstacle({ attempts, contact }: PlannerInput, { perDay }: CallPlan, at: Instant): Obstacle | null {
  const zone = homeZoneOf(contact);
  const day = localDateOf(zone, at);
  const today = callsOf(attempts).filter((call) => localDateOf(zone, call.claimedAt) === day);
  if (today.length < perDay) return null;
  return { fromAt: localToInstant(zone, addDays(day, 1), 0, 'open'), reason: { code: 'per_day', limit: perDay } };
}

/** A retry avoids the hour of day that failed last time, if the opening leaves another. */
function failedHourObstacle(
  { attempts, contact }: PlannerInput,
  { avoidFailedHour }: CallPlan,
  at: Instant,
  closesAt: Instant,
): Obstacle | null {
  const last = callsOf(attempts).at(-1);
  if (!avoidFailedHour || last === undefined || wasAnswered(last)) return null;
  const zone = homeZoneOf(contact);
  const hourOf = (instant: Instant) => Math.floor(minuteOfDayOf(zone, instant) / 60);
  const hour = hourOf(at);
  if (hourOf(last.claimedAt) !== hour) return null;
  const nextHourAt = at + HOUR_MS - (minuteOfDayOf(zone, at) % 60) * MINUTE_MS - (at % MINUTE_MS);
  return nextHourAt < closesAt ? { fromAt: nextHourAt, reason: { code: 'failed_hour', hour } } : null;
}

/** FNV-1a over the text, as a number in [0, 1). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash / 0x1_0000_0000;
}
