import { inTransaction, type Sql } from '../client';
import { lockEnrollment } from '../enrollment';
import type { StoredFact } from '../fold-state';
import { tryToFold } from '../fold-stored';

const PAGE = 100;
/** Whoever wrote a fact down folds it in the same moment; later nobody is at it any more. */
const LEFT_SECONDS = 5;

/** Facts that came at a bad moment and were left unfolded, of an enrollment or of nobody: obeyed while Temporal is down as well. */
export async function refoldFacts(sql: Sql): Promise<number> {
  const left = await sql<{ id: string; enrollmentId: string | null }[]>`
    select id, enrollment_id from fact
    where folded_rt is null and fold_error is null and rt < clock_timestamp() - make_interval(secs => ${LEFT_SECONDS})
    order by seq limit ${PAGE}`;
  for (const { id, enrollmentId } of left) {
    await inTransaction(sql, async (tx) => {
      if (enrollmentId !== null) await lockEnrollment(tx, enrollmentId);
      const [fact] = await tx<StoredFact[]>`
        select id, body, enrollment_id, contact_id, attempt_id, actor
        from fact where id = ${id} and folded_rt is null and fold_error is null
        for no key update skip locked`;
      if (fact !== undefined) await tryToFold(tx, fact);
    });
  }
  return left.length;
}
