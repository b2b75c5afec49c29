import type { Changes } from '../domain/changes';
import type { Tx } from './client';
import type { FoldFrame, StoredFact } from './fold-state';
import { recordTimeline } from './timeline';

/** Opens and closes the promises to call back; each ends kept, moved or broken. */
export async function storeCommitments(
  tx: Tx,
  fact: StoredFact,
  { state }: FoldFrame,
  { commitments }: Changes,
): Promise<void> {
  const { enrollmentId } = fact;
  if (enrollmentId === null) return;
  for (const change of commitments) {
    if (change.kind === 'open') {
      await tx`
        insert into commitment (enrollment_id, fact_id, promised_at, created_at)
        values (${enrollmentId}, ${fact.id}, at_ms(${change.promisedAt}), at_ms(${state.now}))
        on conflict (fact_id) do nothing`;
    } else {
      await closeCommitments(tx, {
        enrollmentId,
        keptBy: change.state === 'kept' ? fact.attemptId : null,
        actor: fact.actor,
        at: state.now,
        ...change,
      });
    }
  }
}

interface Closing {
  readonly enrollmentId: string;
  readonly state: 'kept' | 'moved' | 'broken';
  readonly reason: string;
  /** The attempt that kept the promise; null closes all that are open. */
  readonly keptBy: string | null;
  readonly actor: string;
  readonly at: number;
}

export async function closeCommitments(tx: Tx, closing: Closing): Promise<void> {
  const { enrollmentId, state, reason, keptBy, at } = closing;
  const closed = await tx`
    update commitment set state = ${state}, reason = ${reason}, closed_at = at_ms(${at})
    where enrollment_id = ${enrollmentId} and state = 'open' and (${keptBy}::uuid is null or attempt_id = ${keptBy})
    returning id`;
  for (const { id } of closed) {
    await recordTimeline(tx, {
      enrollmentId,
      kind: 'callback_closed',
      data: { commitmentId: id, state, reason },
      actor: closing.actor,
      at,
    });
  }
}
