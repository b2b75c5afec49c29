import type { Instant } from '../domain/instant';
import type { Db, Sql } from './client';

/** Business time: identity in production, faster in a demo, standing still in a test. */
export interface ClockRow {
  readonly anchorRtMs: number;
  readonly anchorAtMs: number;
  /** Business milliseconds per real one; 0 = frozen. */
  readonly speed: number;
}

export async function appNow(db: Db): Promise<Instant> {
  const [row] = await db<{ now: number }[]>`select ms(app_now()) as now`;
  if (row === undefined) throw new Error('the database did not tell the time');
  return row.now;
}

export async function readClock(db: Db): Promise<ClockRow | null> {
  const [row] = await db<ClockRow[]>`
    select ms(anchor_rt) as anchor_rt_ms, ms(anchor_at) as anchor_at_ms, speed from clock`;
  return row ?? null;
}

/** From now on business time runs from `at` at the given speed. */
export async function setClock(db: Db, at: Instant, speed: number): Promise<void> {
  await db`
    insert into clock (anchor_rt, anchor_at, speed) values (clock_timestamp(), at_ms(${at}), ${speed})
    on conflict (singleton) do update set anchor_rt = excluded.anchor_rt, anchor_at = excluded.anchor_at, speed = excluded.speed`;
}

export async function freezeClock(sql: Sql, at: Instant): Promise<void> {
  await setClock(sql, at, 0);
}
