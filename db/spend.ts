import type { Touch } from '../domain/decision';
import { costOf } from '../domain/spend';
import type { Tx } from './client';
import type { PlannerFrame } from './planner-input';

/** What the touch is expected to cost, in millionths of the company's currency. */
export function expectedCost({ input }: PlannerFrame, touch: Touch): number {
  const run = input.plan.runs.find(({ key }) => key === touch.runKey) ?? null;
  return costOf(input, { ...touch, run });
}

/**
 * Counts the cost of a claim against every limit that there is; false = nothing was counted, because one of them would be
 * passed. Whoever comes second waits for the first: these rows are locked after all others, the campaign's before the
 * company's. A negative cost gives back what the same claim has taken.
 */
export async function takeMoney(tx: Tx, { input, campaignId }: PlannerFrame, cost: number): Promise<boolean> {
  if (cost === 0 || input.spending.limits.length === 0) return true;
  const [room] = await tx<{ isThere: boolean }[]>`
    with locked as (
      select * from spend_limit
      where campaign_id is null or campaign_id = ${campaignId}
      order by campaign_id nulls last for update
    )
    select coalesce(bool_and(
      (total_micros is null or total_spent + ${cost}::bigint <= total_micros)
      and (per_day_micros is null or case when on_day = company_day(at_ms(${input.now})) then day_spent else 0 end + ${cost}::bigint <= per_day_micros)
    ), true) as is_there
    from locked`;
  if (room?.isThere !== true && cost > 0) return false;
  await tx`
    update spend_limit l set total_spent = l.total_spent + ${cost}::bigint, on_day = d.today,
      day_spent = case when l.on_day = d.today then l.day_spent else 0 end + ${cost}::bigint
    from (select company_day(at_ms(${input.now})) as today) d
    where l.campaign_id is null or l.campaign_id = ${campaignId}`;
  return true;
}
