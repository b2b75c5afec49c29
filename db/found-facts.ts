import type { FactBody } from '../domain/fact';
import { awaitsTag, endOf } from '../domain/attempts';
import { seriesToEnd } from '../domain/decide';
import type { PlannerInput } from '../domain/planner-input';
import type { Tx } from './client';
import type { StoredFact } from './fold-state';
import { tryToFold } from './fold-stored';
import { lockAddresses } from './suppression';

/** Facts that nobody tells us: a series that can have no further attempt, a tag that never came. True when one was found. */
export async function findOwnFacts(tx: Tx, input: PlannerInput): Promise<boolean> {
  const enrollmentId = input.enrollment.id;
  const found: boolean[] = [];
  for (const attempt of input.attempts) {
    if (!awaitsTag(attempt) || endOf(attempt) + input.company.untaggedAfterMs > input.now) continue;
    const { id } = attempt;
    found.push(
      await assertFact(tx, { name: `untagged/${id}`, enrollmentId, attemptId: id, body: { kind: 'call_untagged' } }),
    );
  }
  for (const runKey of seriesToEnd(input)) {
    const name = `series/${enrollmentId}/${runKey}`;
    found.push(await assertFact(tx, { name, enrollmentId, attemptId: null, body: { kind: 'series_ended', runKey } }));
  }
  return found.includes(true);
}

/** Folds what came at a bad moment and was left unfolded. */
export async function foldLeftovers(tx: Tx, enrollmentId: string): Promise<void> {
  const facts = await tx<StoredFact[]>`
    select id, body, enrollment_id, contact_id, attempt_id, actor
    from fact where enrollment_id = ${enrollmentId} and folded_rt is null and fold_error is null
    order by seq`;
  const [first] = facts;
  // Before the first of them changes an attempt: see `applyFact`.
  if (first !== undefined && first.contactId !== null) await lockAddresses(tx, first.contactId);
  for (const fact of facts) await tryToFold(tx, fact);
}

interface OwnFact {
  /** Unique, so that it is found once. */
  readonly name: string;
  readonly enrollmentId: string;
  readonly attemptId: string | null;
  readonly body: FactBody;
}

async function assertFact(tx: Tx, { name, enrollmentId, attemptId, body }: OwnFact): Promise<boolean> {
  const [row] = await tx<{ id: string }[]>`
    insert into fact (name, kind, enrollment_id, attempt_id, body, actor, at)
    values (${name}, ${body.kind}, ${enrollmentId}, ${attemptId}, ${JSON.stringify(body)}::text::jsonb, 'system', app_now())
    on conflict (name) do nothing
    returning id`;
  if (row === undefined) return false;
  await tryToFold(tx, { id: row.id, body, enrollmentId, contactId: null, attemptId, actor: 'system' });
  return true;
}
