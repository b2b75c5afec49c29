import type { EnrollmentView } from './planner-input';

/** An enrollment that nobody has lived yet: nothing stopped, nothing held, nothing begun. */
export const NEWCOMER: Omit<EnrollmentView, 'id' | 'enrolledAt'> = {
  state: 'open',
  reason: null,
  callsStoppedAt: null,
  messagesStoppedAt: null,
  heldUntilAt: null,
  holdReason: null,
  notBeforeAt: null,
  pausedAt: null,
  isDropped: false,
  moved: null,
  standing: null,
  keptWait: null,
  endedSeries: [],
};
