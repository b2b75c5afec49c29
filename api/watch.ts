import { watchDatabase } from '../operations/database-metrics';
import { Metrics } from '../operations/metrics';
import { commonParts } from '../operations/parts';
import { type Readiness, readinessOf } from '../operations/readiness';
import { zonesPart } from '../operations/zones';
import type { ApiDeps } from './deps';

/** The figures of the whole installation; a program adds those of its process. */
export function apiMetrics({ sql }: Pick<ApiDeps, 'sql'>): Metrics {
  const metrics = new Metrics();
  watchDatabase(metrics, sql);
  return metrics;
}

/** Can requests be answered? Without Temporal they can: facts are taken, and a STOP is obeyed, all the same. */
export function apiReadiness({
  sql,
  engine,
  config,
}: Pick<ApiDeps, 'sql' | 'engine' | 'config'>): () => Promise<Readiness> {
  const common = commonParts({ sql, engine, mayScaleClock: config.simulated, needsTemporal: false });
  return readinessOf([...common, zonesPart]);
}
