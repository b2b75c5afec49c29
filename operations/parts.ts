import type { Sql } from '../db/client';
import { clockProblem, databaseProblem, migrationProblem, recoveryProblem } from '../db/readiness';
import type { Engine } from '../engine/engine';
import type { Part } from './readiness';

export interface PartsOptions {
  readonly sql: Sql;
  readonly engine: Pick<Engine, 'namespaceId'>;
  /** Only where every provider is the simulator. */
  readonly mayScaleClock: boolean;
  /** A worker is of no use without Temporal; the API takes facts, a STOP among them, all the same. */
  readonly needsTemporal: boolean;
}

/** What every process leans on. */
export function commonParts({ sql, engine, mayScaleClock, needsTemporal }: PartsOptions): Part[] {
  return [
    { name: 'database', isNeeded: true, check: () => databaseProblem(sql) },
    { name: 'migrations', isNeeded: true, check: () => migrationProblem(sql) },
    { name: 'clock', isNeeded: true, check: () => clockProblem(sql, mayScaleClock) },
    { name: 'recovery', isNeeded: false, check: () => recoveryProblem(sql) },
    { name: 'temporal', isNeeded: needsTemporal, check: () => temporalProblem(engine) },
  ];
}

/** `NOT_FOUND` of gRPC: Temporal answers, and the namespace was never made. */
const NOT_FOUND = 5;

async function temporalProblem(engine: Pick<Engine, 'namespaceId'>): Promise<string | null> {
  try {
    return (await engine.namespaceId()) === '' ? 'no namespace' : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return 'no namespace';
    throw error;
  }
}
