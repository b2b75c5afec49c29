import type { FigureSum, QuarterSum } from '../domain/campaign-figures';
import type { Instant } from '../domain/instant';
import type { Db } from './client';

/** Reading what a campaign came to: sums over quarters of an hour, never over contacts. */

export interface Period {
  readonly campaignId: string;
  /** From this quarter on, and before the one of the second. */
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly run?: string | undefined;
}

export async function figureSums(db: Db, period: Period): Promise<FigureSum[]> {
  return db<FigureSum[]>`
    select run_key, channel, figure, sum(count)::int as count
    from campaign_tally
    where ${within(db, period)}
    group by run_key, channel, figure
    order by run_key, channel, figure`;
}

/** The figures of each quarter; of one channel, or of all. */
export async function quarterSums(
  db: Db,
  {
    channel,
    figures,
    ...period
  }: Period & { readonly channel?: string | undefined; readonly figures: readonly string[] },
): Promise<QuarterSum[]> {
  return db<QuarterSum[]>`
    select ms(at) as at, figure, sum(count)::int as count
    from campaign_tally
    where ${within(db, period)} and figure = any (${[...figures]}::text[])
      and ${channel === undefined ? db`true` : db`channel = ${channel}`}
    group by at, figure`;
}

/** Everything that had happened by this business instant is in the figures. */
export async function figuresCountedAt(db: Db): Promise<Instant> {
  const [row] = await db<{ at: Instant }[]>`select ms(counted_at) as at from tally_cursor`;
  if (row === undefined) throw new Error('there is no cursor to count from');
  return row.at;
}

function within(db: Db, { campaignId, from, until, run }: Period) {
  return db`campaign_id = ${campaignId}
    and ${from === undefined ? db`true` : db`at >= at_ms(${from})`}
    and ${until === undefined ? db`true` : db`at < at_ms(${until})`}
    and ${run === undefined ? db`true` : db`run_key = ${run}`}`;
}
