import { type Balance, balance } from './balance';
import type { Equation } from './balance/equation';
import type { Db, Sql } from './client';
import type { Instant } from '../domain/instant';

export interface Audit {
  readonly id: number;
  readonly at: Instant;
  /** Epoch milliseconds of real time. */
  readonly rt: number;
  readonly tookMs: number;
  readonly ok: boolean;
  readonly equations: readonly Equation[];
}

const KEPT_DAYS = 90;

/** Audits the whole database unless somebody did so within the last `everyMs`; null when it was not due. */
export async function auditWhenDue(sql: Sql, everyMs: number): Promise<Balance | null> {
  const [{ due } = { due: false }] = await sql<{ due: boolean }[]>`
    select not exists (
      select 1 from audit where rt > clock_timestamp() - make_interval(secs => ${everyMs / 1000})) as due`;
  return due ? auditNow(sql) : null;
}

/** Newest first. */
export async function listAudits(db: Db, page: { after: number | null; limit: number }): Promise<Audit[]> {
  return db<Audit[]>`
    select id::int, ms(at) as at, ms(rt) as rt, took_ms, ok, equations
    from audit
    where ${page.after}::bigint is null or id < ${page.after}
    order by id desc
    limit ${page.limit}`;
}

async function auditNow(sql: Sql): Promise<Balance> {
  const startedMs = performance.now();
  const result = await balance(sql);
  await sql`
    insert into audit (at, took_ms, ok, equations)
    values (app_now(), ${Math.round(performance.now() - startedMs)}, ${result.ok}, ${JSON.stringify(result.equations)}::text::jsonb)`;
  await sql`delete from audit where rt < clock_timestamp() - make_interval(days => ${KEPT_DAYS})`;
  return result;
}
