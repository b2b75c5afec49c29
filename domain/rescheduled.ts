import type { Candidate } from './candidate';
import type { Reason, ReasonCode } from './decision';
import type { Instant } from './instant';
import type { KeptWait, PlannerInput } from './planner-input';

/** Reasons of a wait, which another instant replaces. */
const WAITS: ReadonlySet<ReasonCode> = new Set(['spacing', 'message_delay', 'pre_call_message', 'scheduled']);

/** The candidate with the instant that an operator set for it, or that its wait had before another version came; promises keep theirs. */
export function rescheduled(input: PlannerInput, candidate: Candidate): Candidate {
  if (candidate.commitmentId !== undefined) return candidate;
  const { moved } = input.enrollment;
  if (moved?.touchKey === candidate.key)
    return { ...readyAt(candidate, moved.at, { code: 'moved', at: moved.at }), isMoved: true };
  const wait = keptWaitOf(input);
  return wait?.touchKey === candidate.key
    ? readyAt(candidate, wait.dueAt, { code: 'kept_wait', at: wait.dueAt })
    : candidate;
}

/**
 * E-1, E-2: a wait in progress ends as the version planned it that it began under, unless the contact was to be planned
 * anew. What follows it is of the new version.
 */
export function keptWaitOf({ enrollment, planVersion }: PlannerInput): KeptWait | null {
  const { keptWait, standing } = enrollment;
  const { plannedSince, replansFrom } = planVersion;
  if (keptWait !== null && keptWait.version >= replansFrom) return keptWait;
  if (standing === null || standing.version >= plannedSince || standing.version < replansFrom) return null;
  const { touchKey, dueAt, version } = standing;
  return { touchKey, dueAt, version };
}

function readyAt(candidate: Candidate, earliestAt: Instant, reason: Reason): Candidate {
  return { ...candidate, earliestAt, reasons: [...candidate.reasons.filter(({ code }) => !WAITS.has(code)), reason] };
}
