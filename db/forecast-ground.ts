import type { LineLimits } from '../domain/forecast-lines';
import type { Instant } from '../domain/instant';
import type { CompanyRules } from '../domain/planner-input';
import type { Spending } from '../domain/spend';
import type { Db } from './client';
import { type CompanyRow, companyColumns, companyRules, spendingColumn } from './company-rules';

/** What all contacts of a campaign stand on: the company's rules, its lines, its money. */
export interface Ground {
  readonly now: Instant;
  /** Of the company. */
  readonly zone: string;
  readonly company: CompanyRules;
  /** In business time, as are calls; null = a clock that stands still waits for nobody. */
  readonly messagesPerSecond: number | null;
  /** Business time for each moment of real time. */
  readonly speed: number;
  /** The company's lines at its rate. */
  readonly lines: LineLimits['lines'];
  /** Of all campaigns. */
  readonly callsPerSecond: number | null;
  readonly spending: Spending;
}

interface Row extends CompanyRow {
  readonly now: Instant;
  readonly zone: string;
  readonly messagesPerSecond: number;
  readonly lines: number;
  readonly callsPerSecond: number | null;
  readonly spending: Spending;
}

export async function readGround(db: Db, campaignId: string): Promise<Ground> {
  const [row] = await db<Row[]>`
    select ms(t.now) as now, coalesce((select speed from clock), 1) as speed, s.zone, s.messages_per_second,
      greatest(1, floor(g.lines * g.rate_percent / 100.0))::int as lines, g.calls_per_second,
      ${spendingColumn(db)} as spending, ${companyColumns(db)}
    from (select app_now() as now) t
    cross join settings s
    cross join (select id, revision from law_revision order by revision desc limit 1) w
    join campaign c on c.id = ${campaignId}
    join line_group g on g.id = c.line_group_id`;
  if (row === undefined) throw new Error(`there is no campaign ${campaignId}`);
  const { now, zone, speed, messagesPerSecond, lines, callsPerSecond, spending } = row;
  return {
    now,
    zone,
    speed,
    messagesPerSecond: speed === 0 ? null : messagesPerSecond / speed,
    lines,
    callsPerSecond,
    spending,
    company: await companyRules(db, row),
  };
}
