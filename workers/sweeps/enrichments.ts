import { type EnrichDeps, enrich } from '../../activities/enrich';
import { findNeeds } from '../../db/sweeps/enrichment-needs';
import { releaseLost, takeEnrichments } from '../../db/sweeps/enrichments';
import { unlessLocked } from './installation';
import type { Sweep } from './sweep';

/** Finds out whom campaigns want looked up, and asks about them (K-7, K-25). Nothing is done while no service is switched on. */
export function enrichmentSweeps(deps: EnrichDeps): Sweep[] {
  const { sql } = deps;
  return unlessLocked(
    [
      { name: 'enrichment-needs', everyMs: 5_000, round: () => findNeeds(sql) },
      {
        name: 'enrichments',
        everyMs: 2_000,
        async round() {
          await releaseLost(sql);
          const due = await takeEnrichments(sql);
          await Promise.all(due.map((each) => enrich(deps, each)));
          return due.length > 0;
        },
      },
    ],
    deps,
  );
}
