import type { Sql } from '../db/client';
import { enrollmentRef } from '../db/enrollment';
import type { SignalName } from '../domain/signal';
import type { Engine } from './engine';

/** What the door for facts answers, as far as waking is concerned. */
export interface News {
  readonly enrollmentId: string | null;
  readonly factId: string | null;
  readonly signal: SignalName | null;
}

/** Wakes the workflow of a fact that can change its plan. Never throws: the fact is stored, and the relay sweep guards the waking. */
export async function announce(
  { sql, engine }: { sql: Sql; engine: Engine },
  { enrollmentId, factId, signal }: News,
): Promise<void> {
  if (enrollmentId === null || signal === null) return;
  try {
    const row = await enrollmentRef(sql, enrollmentId);
    if (row !== null) await engine.signal(row, signal, factId === null ? {} : { factId });
  } catch {
    // Temporal is down or slow: the relay sweep tells it again.
  }
}
