import { applyFact, obeyRevocation } from './apply-fact';
import { savepoint, type Tx } from './client';
import type { StoredFact } from './fold-state';
import { brokenConstraint, sqlState } from './result-guard';

/** A fact that lost against others for locks is folded at once again, so often; then it is left for whoever comes next. */
const FOLD_TRIES = 3;
/** Serialization failure, deadlock, lock not available, statement cancelled, and the class of missing resources. */
const PASSING = /^(40001|40P01|55P03|57014|53\d{3})$/;

/**
 * Folds a fact that is written down already and answers whether its workflow has to look. One that can't be folded keeps
 * the error, stands in nobody's way and is obeyed all the same if it is an opt-out; one that only came at a bad moment
 * stays unfolded, and the next step or the refold sweep takes it up.
 */
export async function tryToFold(tx: Tx, fact: StoredFact): Promise<boolean> {
  for (let nth = 1; nth <= FOLD_TRIES; nth++) {
    try {
      const { wakes } = await savepoint(tx, async (inner) => applyFact(inner, fact));
      return wakes;
    } catch (error) {
      if (PASSING.test(sqlState(error) ?? '')) continue;
      await storeError(tx, fact, error);
      return false;
    }
  }
  return false;
}

async function storeError(tx: Tx, fact: StoredFact, error: unknown): Promise<void> {
  const why = errorName(error);
  await tx`update fact set fold_error = ${why} where id = ${fact.id}`;
  await tx`update inbox set fold_error = ${why} where id = (select inbox_id from fact where id = ${fact.id})`;
  try {
    await savepoint(tx, async (inner) => obeyRevocation(inner, fact));
  } catch {
    // The error that is stored says that nothing came of this fact.
  }
}

/** Errors may quote what a person wrote: only their name, their code and the constraint they broke are kept. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return [error.name, sqlState(error), brokenConstraint(error)].filter((part) => part !== null).join(' ');
}
