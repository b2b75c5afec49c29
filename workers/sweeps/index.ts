import type { Sql } from '../../db/client';
import type { EnrollmentRef } from '../../db/enrollment';
import { forgetArrivals } from '../../db/crm-arrival';
import { FORGET_PAGE, forgetRequests } from '../../db/idempotency';
import { adoptFacts } from '../../db/sweeps/adopt';
import { completeCampaigns } from '../../db/sweeps/complete';
import { enrollPage } from '../../db/sweeps/enroll';
import { grantRound, lineGroupIds } from '../../db/sweeps/grant';
import { drainWakes, overdueRows, rowsBehindEpoch } from '../../db/sweeps/nudge';
import { freeLeakedLines } from '../../db/sweeps/lines';
import { sweepListPage } from '../../db/sweeps/list-members';
import { refoldFacts } from '../../db/sweeps/refold';
import { unseenFacts } from '../../db/sweeps/relay';
import { forgetUnstepped, markStarted, rowsToStart } from '../../db/sweeps/start';
import { signalOf } from '../../domain/signal';
import type { Engine } from '../../engine/engine';
import { contactOperations } from './contact-operations';
import { unlessLocked, watchInstallation } from './installation';
import type { Sweep } from './sweep';

interface Deps {
  readonly sql: Sql;
  readonly engine: Engine;
}

interface CoreDeps extends Deps {
  /** So many workflows may be started that have not taken their first step. */
  readonly startAhead: number;
}

/** So many requests to Temporal are under way at once. */
const PARALLEL = 20;

/** The sweeps that need nothing but the database and the engine. */
export function coreSweeps(deps: CoreDeps): Sweep[] {
  const acting = [enroll(deps), start(deps), grant(deps), nudge(deps), relay(deps), complete(deps), lines(deps)];
  const bound = unlessLocked([...acting, contactOperations(deps)], deps);
  return [watchInstallation(deps), ...bound, listMembers(deps), forget(deps)];
}

function enroll({ sql }: Deps): Sweep {
  return { name: 'enroll', everyMs: 500, round: async () => (await enrollPage(sql)) > 0 };
}

function start({ sql, engine, startAhead }: CoreDeps): Sweep {
  return {
    name: 'start',
    everyMs: 250,
    async round() {
      await forgetUnstepped(sql);
      const rows = await rowsToStart(sql, startAhead);
      const started = await forEach(rows, async (row) => engine.start(row));
      await markStarted(
        sql,
        started.map(({ enrollmentId }) => enrollmentId),
      );
      return rows.length > 0 && started.length === rows.length;
    },
  };
}

function grant({ sql, engine }: Deps): Sweep {
  return {
    name: 'grant',
    everyMs: 250,
    async round() {
      for (const lineGroupId of await lineGroupIds(sql)) {
        const granted = await grantRound(sql, lineGroupId);
        // A grant whose signal is lost runs out by itself, and the row stands in the queue no more: nudge finds it.
        await forEach(granted, async (row) => engine.signal(row, 'lineGranted', { attemptId: row.attemptId }));
      }
      return false;
    },
  };
}

function nudge({ sql, engine }: Deps): Sweep {
  const tell = (rows: readonly EnrollmentRef[]) => forEach(rows, async (row) => engine.signal(row, 'planChanged', {}));
  return {
    name: 'nudge',
    everyMs: 500,
    async round() {
      const woken = await drainWakes(sql, tell);
      await tell(await overdueRows(sql));
      await tell(await rowsBehindEpoch(sql));
      return woken > 0;
    },
  };
}

function relay({ sql, engine }: Deps): Sweep {
  return {
    name: 'relay',
    everyMs: 1_000,
    async round() {
      await adoptFacts(sql);
      await refoldFacts(sql);
      await forEach(await unseenFacts(sql), async (fact) =>
        engine.signal(fact, signalOf(fact.kind), { factId: fact.factId }),
      );
      return false;
    },
  };
}

function complete({ sql }: Deps): Sweep {
  return { name: 'complete', everyMs: 2_000, round: async () => (await completeCampaigns(sql)) > 0 };
}

function lines({ sql }: Deps): Sweep {
  return { name: 'lines', everyMs: 5_000, round: async () => (await freeLeakedLines(sql)) > 0 };
}

/** Who comes onto a list and leaves it by its conditions; nobody is reached by that alone. */
function listMembers({ sql }: Deps): Sweep {
  return { name: 'list-members', everyMs: 1_000, round: async () => sweepListPage(sql) };
}

/** What is kept for repeated requests, and of what CRMs told, is not kept for ever. */
function forget({ sql }: Deps): Sweep {
  return {
    name: 'forget',
    everyMs: 60_000,
    round: async () => {
      const hasArrivals = await forgetArrivals(sql);
      return (await forgetRequests(sql)) === FORGET_PAGE || hasArrivals;
    },
  };
}

/** Does it for each, a few at a time; answers those for whom it worked. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<T[]> {
  const done: T[] = [];
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await work(item);
        done.push(item);
      } catch {
        // It stays in its row, and the next round finds it there.
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return done;
}
