import type { Sql } from '../../db/client';
import { compareAndMove, comparing, getInstallation, isBeatDue, isLocked } from '../../db/installation';
import type { Marks } from '../../engine/mark';
import type { Sweep } from './sweep';

interface Deps {
  readonly sql: Sql;
  readonly engine: Marks;
}

/** The lock is asked for no more often than this, however many sweeps want to know. */
const KEPT_MS = 500;

/** Finds out that PostgreSQL or Temporal was restored or lost beneath the running system, and moves the mark that tells. */
export function watchInstallation(deps: Deps): Sweep {
  return {
    name: 'installation',
    everyMs: 2_000,
    async round() {
      const { sql } = deps;
      if ((await isBeatDue(sql)) && !(await isLocked(sql)))
        await comparing(sql, async () => (await isBeatDue(sql)) && compare(deps));
      return false;
    },
  };
}

/**
 * Compares the two databases, and locks the installation where they don't belong together. True = all is well. Throws when
 * one can't be asked.
 */
export function checkInstallation(deps: Deps): Promise<boolean> {
  return comparing(deps.sql, () => compare(deps));
}

async function compare({ sql, engine }: Deps): Promise<boolean> {
  const before = await getInstallation(sql);
  const next = await compareAndMove(sql, before, await engine.readMark());
  if (typeof next === 'object') await engine.writeMark(next);
  return next !== 'locked';
}

/** Sweeps that start or send stand still while the installation is locked; what people say is heard all the same. */
export function unlessLocked(sweeps: readonly Sweep[], { sql }: Pick<Deps, 'sql'>): Sweep[] {
  let asked: { readonly untilMs: number; readonly locked: Promise<boolean> } | undefined;
  const locked = () => {
    if (asked === undefined || asked.untilMs < performance.now())
      asked = { untilMs: performance.now() + KEPT_MS, locked: isLocked(sql) };
    return asked.locked;
  };
  return sweeps.map((sweep) => ({ ...sweep, round: async () => ((await locked()) ? false : sweep.round()) }));
}
