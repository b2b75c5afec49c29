import type { Sql } from '../db/client';
import { enrollmentRef } from '../db/enrollment';
import type { SignalName } from '../domain/signal';
import { AtOnce } from './at-once';
import type { Engine } from './engine';

/** What the door for facts answers, as far as waking is concerned. */
export interface News {
  readonly enrollmentId: string | null;
  readonly factId: string | null;
  readonly signal: SignalName | null;
}

interface Deps {
  readonly sql: Sql;
  readonly engine: Engine;
}

/** A few at a time: those who wait for an answer go before those who are to be woken. What finds no room is left to the relay sweep. */
const signals = new AtOnce(4, 1_000);

/** Wakes the workflow of a fact that can change its plan. Never throws: the fact is stored, and the relay sweep guards the waking. */
export async function announce(deps: Deps, news: News): Promise<void> {
  if (news.enrollmentId !== null && news.signal !== null) await signals.run(async () => wake(deps, news));
}

async function wake({ sql, engine }: Deps, { enrollmentId, factId, signal }: News): Promise<void> {
  if (enrollmentId === null || signal === null) return;
  try {
    const row = await enrollmentRef(sql, enrollmentId);
    if (row !== null) await engine.signal(row, signal, factId === null ? {} : { factId });
  } catch {
    // Temporal is down or slow: the relay sweep tells it again.
  }
}
