import { facts, inbox } from './balance/arrivals';
import { leases, lines, openCalls } from './balance/calls';
import { commitments, executions } from './balance/effects';
import { audience, states } from './balance/enrollments';
import type { BalanceOptions, Equation } from './balance/equation';
import { countries, reassigned, solicitations } from './balance/numbers';
import { consents, legalCaps, spending } from './balance/permission';
import { caps, creates, suppressions } from './balance/touches';
import { attempts, counters, outbox } from './balance/upkeep';
import { windows } from './balance/windows';
import type { Db } from './client';

export { compareLedger, type LedgerEntry } from './balance/ledger';

export interface Balance {
  readonly ok: boolean;
  readonly equations: readonly Equation[];
  /** Claims whose hours were worked out again, and how many of them lay outside. */
  readonly windows: { readonly checked: number; readonly outside: number };
}

/**
 * Recomputes from the database alone, and never with the code that it checks, that nobody is forgotten, nothing is done
 * twice and nobody is disturbed. Reads only; each equation sees one snapshot, so it may run beside everything else.
 */
export async function balance(sql: Db, { settled = false }: Partial<BalanceOptions> = {}): Promise<Balance> {
  const options = { settled };
  const hours = await windows(sql);
  const equations = [
    await audience(sql, options),
    await states(sql, options),
    await inbox(sql, options),
    await facts(sql, options),
    hours,
    await creates(sql),
    await suppressions(sql),
    await executions(sql),
    await caps(sql),
    await legalCaps(sql),
    await consents(sql),
    await solicitations(sql),
    await reassigned(sql),
    await countries(sql),
    await spending(sql),
    await leases(sql),
    await lines(sql),
    await openCalls(sql),
    await commitments(sql),
    await attempts(sql),
    await outbox(sql),
    await counters(sql),
  ];
  return {
    ok: equations.every(({ ok }) => ok),
    equations,
    windows: { checked: hours.left, outside: hours.left - hours.right },
  };
}
