import { callCandidates } from './call-candidates';
import type { Instant } from './instant';
import { messageCandidates } from './message-candidates';
import { place } from './placement';
import type { PlannerInput } from './planner-input';

/** When the touch would be done if an operator set it for `at`; null = law, hours or caps leave no instant for it. */
export function movedTo(input: PlannerInput, touchKey: string, at: Instant): Instant | null {
  const moved = { ...input, enrollment: { ...input.enrollment, moved: { touchKey, at } } };
  const [placed] = [...callCandidates(moved), ...messageCandidates(moved)]
    .filter(({ key }) => key === touchKey)
    .flatMap((candidate) => place(moved, candidate) ?? []);
  return placed?.dueAt ?? null;
}
