import { awaitsTag, endOf, isUnresolved, nextTry } from './attempts';
import { callCandidates, isUnansweredSeries, seriesOf } from './call-candidates';
import { addressFor, barOfTouch, barsOf, type Candidate, isBarred } from './candidate';
import type { Channel } from './channel';
import type { Decision, EndReason, Reason, Touch } from './decision';
import { missingConsent } from './consent';
import { awaitsOrder } from './external-schedule';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { leavingReason } from './leaving';
import { messageCandidates } from './message-candidates';
import { channelsOf as channelsOfRun, type Run } from './plan';
import { place, placeAt, type Placed } from './placement';
import { everOpens } from './planner-hours';
import type { PlannerInput } from './planner-input';
import { promisesToKeep } from './promises';
import { keptWaitOf } from './rescheduled';

/** How long nobody needs to ask again about something that only an outside word can change. */
const ASK_AGAIN_MS = DAY_MS;
const UNREAD_REPLY_MS = 10 * MINUTE_MS;

/** The one answer to "when" and "why": workflow, claim, preview, explanation, auditor and tests ask here. Pure. */
export function decide(input: PlannerInput): Decision {
  const decision = ended(input) ?? inFlight(input) ?? held(input) ?? untagged(input) ?? planned(input);
  const keptWait = keptWaitOf(input);
  const isOver = keptWait === null || nextTry(input.attempts, keptWait.touchKey) === null;
  return isOver || decision.kind === 'finish' ? decision : { ...decision, keptWait };
}

/** Runs whose unanswered series has just come to its end, so that `series_ended` has to be said of them (R-2 b). */
export function seriesToEnd(input: PlannerInput): readonly string[] {
  const { attempts, campaign, contact, enrollment, plan, policy } = input;
  if (campaign.status !== 'active' || enrollment.state !== 'open' || policy.eachFailedCall) return [];
  // Nobody leaves because of a pause, and nothing is said of it.
  if (enrollment.pausedAt !== null || campaign.pausedChannels.includes('voice')) return [];
  // What ended it may be missing here.
  if (input.isLocked === true) return [];
  // A series that a stop cut short was not spent: the person was heard, or somebody decided. It ends without a word.
  if (enrollment.callsStoppedAt !== null || isBarred(contact, 'voice') || attempts.some(isUnresolved)) return [];
  // So does a number that may not be called.
  if (barsOf(input, 'voice').length > 0) return [];
  return plan.runs.filter((run) => hasJustEnded(input, run)).map(({ key }) => key);
}

function hasJustEnded(input: PlannerInput, run: Run): boolean {
  if (input.enrollment.endedSeries.includes(run.key) || !isUnansweredSeries(input, run)) return false;
  const series = seriesOf(input, run);
  if (series === 'spent') return true;
  if (series !== 'going' || promisesToKeep(input).length > 0) return false;
  const next = callCandidates(input).find((candidate) => candidate.runKey === run.key);
  if (next === undefined) return true;
  // Consent that was taken back cuts a series short as a stop does: it ends without a word.
  return missingConsent(input, next) === null && place(input, next) === null;
}

function ended({ campaign, enrollment }: PlannerInput): Decision | null {
  const { state, reason } = enrollment;
  if (state !== 'open') return finish(isEndReason(reason) ? reason : 'plan_through', { code: 'ended', state, reason });
  const isOver = campaign.status === 'completed' || campaign.status === 'archived';
  return isOver ? finish('campaign_ended', { code: 'campaign_ended' }) : null;
}

function inFlight({ attempts, now }: PlannerInput): Decision | null {
  const open = attempts.find(isUnresolved);
  if (open === undefined) return null;
  return {
    kind: 'reconcile',
    attemptId: open.id,
    askAt: now + HOUR_MS,
    reasons: [{ code: 'in_flight', channel: open.channel, sinceAt: open.claimedAt }],
  };
}

function held(input: PlannerInput): Decision | null {
  const { campaign, enrollment, now, unreadReplies } = input;
  if (input.isLocked === true) return hold(now + ASK_AGAIN_MS, { code: 'locked_for_recovery' });
  if (campaign.status !== 'active') return hold(now + ASK_AGAIN_MS, { code: 'campaign_paused' });
  if (unreadReplies > 0) return hold(now + UNREAD_REPLY_MS, { code: 'reply_unread' });
  const { heldUntilAt, holdReason, pausedAt } = enrollment;
  if (pausedAt !== null) return hold(now + ASK_AGAIN_MS, { code: 'contact_paused', sinceAt: pausedAt });
  // What may have been a "stop" is never overruled by time: only a person hands it back (compliance 8.2).
  if (heldUntilAt !== null && holdReason === 'unclear_reply') return hold(now + ASK_AGAIN_MS, { code: holdReason });
  if (heldUntilAt === null || heldUntilAt <= now) return null;
  return hold(heldUntilAt, { code: holdReason ?? 'handoff', untilAt: heldUntilAt });
}

/** After an answered call nothing happens until its tag is in, or until nobody may expect one any more. */
function untagged({ attempts, company, now }: PlannerInput): Decision | null {
  const untilAt = attempts
    .filter(awaitsTag)
    .map((call) => endOf(call) + company.untaggedAfterMs)
    .find((expectedAt) => expectedAt > now);
  return untilAt === undefined ? null : { kind: 'wait', askAt: untilAt, reasons: [{ code: 'awaiting_tag', untilAt }] };
}

function planned(input: PlannerInput): Decision {
  const leaving = leavingReason(input);
  // An edit takes nobody's promise away (E-20): who has no place any more is still called back.
  const isLeaving = leaving !== null;
  if (isLeaving && promisesToKeep(input).length === 0) return finish(leaving, { code: leaving });
  const candidates = isLeaving ? callCandidates(input) : callCandidates(input).concat(messageCandidates(input));
  const { placed, bars } = placeAll(input, candidates);
  const best = soonest(input, placed);
  const heldBack = [...pausedAmong(input, candidates), ...distinct(bars)];
  if (best !== undefined) return next(input, placed, best, heldBack);
  if (heldBack.length > 0) return hold(input.now + ASK_AGAIN_MS, ...heldBack);
  if (!isLeaving && awaitsOrder(input)) return hold(input.now + ASK_AGAIN_MS, { code: 'calls_scheduled_externally' });
  return endOfPlan(input, candidates);
}

function pausedAmong({ campaign }: PlannerInput, candidates: readonly Candidate[]): Reason[] {
  return campaign.pausedChannels
    .filter((channel) => candidates.some((candidate) => candidate.channel === channel))
    .map((channel) => ({ code: 'channel_paused', channel }));
}

/** What has its instant, and what stands for now against those that would have one; nothing is planned for a number that is barred for good. */
function placeAll(input: PlannerInput, candidates: readonly Candidate[]): { placed: Placed[]; bars: Reason[] } {
  const placed: Placed[] = [];
  const bars: Reason[] = [];
  for (const candidate of candidates) {
    if (input.campaign.pausedChannels.includes(candidate.channel)) continue;
    const bar = barOfTouch(input, candidate);
    const at = placeAt(input, candidate);
    if (at === null) continue;
    if (bar === null) placed.push(at);
    else bars.push(bar);
  }
  return { placed, bars };
}

/** What is done of everything that is placed. What is held back stands among the reasons. */
function next(input: PlannerInput, placed: readonly Placed[], best: Placed, heldBack: readonly Reason[]): Decision {
  const touch = touchOf(input, best);
  const reasons = [...best.reasons, ...heldBack];
  if (best.dueAt > input.now) return { kind: 'wait', touch, askAt: best.dueAt, reasons };
  if (!lacksLine(input, best))
    return { kind: 'touch', touch, askAt: best.untilAt, reasons: [...reasons, { code: 'due' }] };
  const messages = placed.filter((each) => !lacksLine(input, each));
  const askAt = Math.min(best.untilAt, ...messages.map(({ dueAt }) => dueAt));
  return { kind: 'queue', touch, askAt, reasons: [...reasons, { code: 'no_free_line' }] };
}

/**
 * The earliest; at the same instant the one that stands first, so promises and calls come before messages. But no
 * message waits for the line of a call.
 */
function soonest(input: PlannerInput, placed: readonly Placed[]): Placed | undefined {
  const dueAt = Math.min(...placed.map((each) => each.dueAt));
  const first = placed.filter((each) => each.dueAt === dueAt);
  return first.find((each) => !lacksLine(input, each)) ?? first[0];
}

function lacksLine({ line }: PlannerInput, { candidate }: Placed): boolean {
  return line === 'none' && candidate.channel === 'voice';
}

function touchOf({ planVersion }: PlannerInput, { candidate, untilAt }: Placed): Touch {
  const { key, runKey, stepKey, ordinal, channel, toHash, commitmentId } = candidate;
  return {
    key,
    runKey,
    stepKey,
    ordinal,
    channel,
    try: candidate.try,
    toHash,
    version: planVersion.number,
    untilAt,
    ...(commitmentId === undefined ? {} : { commitmentId }),
  };
}

/** A plan that no longer holds anything for this person: lived through, or never possible. */
function endOfPlan(input: PlannerInput, candidates: readonly Candidate[]): Decision {
  const { attempts, contact, enrollment, plan } = input;
  const missing = consentsMissing(input, candidates);
  const channels = channelsOf(input);
  if (channels.every((channel) => isBarred(contact, channel))) return finish('opted_out', { code: 'opted_out' });
  const bars = distinct(channels.flatMap((channel) => barsOf(input, channel)));
  const isFree = (channel: Channel) => addressFor(input, channel) !== null && barsOf(input, channel).length === 0;
  if (attempts.length === 0 && !channels.some(isFree))
    return bars.length === 0 ? finish('unreachable', { code: 'unreachable' }) : finish(endOfBars(bars), ...bars);
  if (attempts.length === 0 && !plan.runs.some((run) => everOpens(input, run)))
    return finish('unreachable', { code: 'no_common_hour' });
  if (attempts.length === 0 && missing.length > 0) return finish('no_consent', ...missing);
  return finish(
    'plan_through',
    { code: 'plan_through' },
    ...missing,
    ...bars,
    ...(enrollment.callsStoppedAt === null ? [] : [{ code: 'calls_stopped' } as const]),
    ...(enrollment.messagesStoppedAt === null ? [] : [{ code: 'messages_stopped' } as const]),
  );
}

/** Touches that were left out because the person has not agreed to them. */
function consentsMissing(input: PlannerInput, candidates: readonly Candidate[]): Reason[] {
  const missing = new Set(candidates.map((candidate) => missingConsent(input, candidate)));
  return [...missing].flatMap((each): Reason[] => (each === null ? [] : [{ code: 'no_consent', class: each }]));
}

/** Who is on the Do-Not-Call list can still agree; a number abroad or of somebody else is no way to the person. */
function endOfBars(bars: readonly Reason[]): EndReason {
  return bars.some(({ code }) => code === 'no_basis') ? 'no_consent' : 'unreachable';
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.length < 2
    ? reasons
    : [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}

function channelsOf({ plan }: PlannerInput): Channel[] {
  return [...new Set(plan.runs.flatMap(channelsOfRun))];
}

const END_REASONS: readonly string[] = [
  'plan_through',
  'opted_out',
  'unreachable',
  'no_consent',
  'stopped_by_rule',
  'stopped_in_crm',
  'completed_by_operator',
  'removed_by_operator',
  'campaign_ended',
  'left_list',
  'step_removed',
] satisfies EndReason[];

function isEndReason(reason: string | null): reason is EndReason {
  return reason !== null && END_REASONS.includes(reason);
}

function finish(reason: EndReason, ...reasons: Reason[]): Decision {
  return { kind: 'finish', reason, reasons };
}

function hold(askAt: Instant, ...reasons: Reason[]): Decision {
  return { kind: 'hold', askAt, reasons };
}
