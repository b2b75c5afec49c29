import type { FactBody } from '../domain/fact';
import { awaitsTag, endOf } from '../domain/attempts';
import { seriesToEnd } from '../domain/decide';
import type { PlannerInput } from '../domain/planner-input';
import { applyFact } from './apply-fact';
import { savepoint, type Tx } from './client';
import type { StoredFact } from './fold-state';

/** Facts that nobody tells us: a series that can have no further attempt, a tag that never came. True when one was found. */
export async function findOwnFacts(tx: Tx, input: PlannerInput): Promise<boolean> {
  let found = false;
  const enrollmentId = input.enrollment.id;
  const late = input.attempts.find(
    (attempt) => awaitsTag(attempt) && endOf(attempt) + input.company.untaggedAfterMs <= input.now,
  );
  if (late !== undefined)
    found = await assertFact(tx, `untagged/${late.id}`, enrollmentId, late.id, { kind: 'call_untagged' });
  for (const runKey of seriesToEnd(input)) {
    const fresh = await assertFact(tx, `series/${enrollmentId}/${runKey}`, enrollmentId, null, {
      kind: 'series_ended',
      runKey,
    });
    found ||= fresh;
  }
  return found;
}

/** Folds what came at a bad moment and was left unfolded. */
export async function foldLeftovers(tx: Tx, enrollmentId: string): Promise<void> {
  const facts = await tx<StoredFact[]>`
    select id, body, enrollment_id, contact_id, attempt_id, actor
    from fact where enrollment_id = ${enrollmentId} and folded_rt is null and fold_error is null
    order by seq`;
  for (const fact of facts) await tryToFold(tx, fact);
}

async function assertFact(
  tx: Tx,
  name: string,
  enrollmentId: string,
  attemptId: string | null,
  body: FactBody,
): Promise<boolean> {
  const [row] = await tx<{ id: string }[]>`
    insert into fact (name, kind, enrollment_id, attempt_id, body, actor, at)
    values (${name}, ${body.kind}, ${enrollmentId}, ${attemptId}, ${JSON.stringify(body)}::text::jsonb, 'system', app_now())
    on conflict (name) do nothing
    returning id`;
  if (row === undefined) return false;
  await applyFact(tx, { id: row.id, body, enrollmentId, contactId: null, attemptId, actor: 'system' });
  return true;
}
