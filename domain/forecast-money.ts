import type { Instant } from './instant';
import { addDays, localDateOf, localToInstant } from './local-time';
import type { SpendLimit, Spending } from './spend';

/** What has been spent by then, as every claim counts it against each limit. */
export class ForecastMoney {
  private current: Spending;

  constructor(
    spending: Spending,
    private readonly zone: string,
  ) {
    this.current = spending;
  }

  spending(now: Instant): Spending {
    if (this.current.limits.some(({ dayEndsAt }) => dayEndsAt <= now)) this.change((limit) => this.nextDay(limit, now));
    return this.current;
  }

  spend(cost: number, now: Instant): void {
    if (cost === 0 || this.spending(now).limits.length === 0) return;
    this.change((limit) => ({ ...limit, spent: limit.spent + cost, spentToday: limit.spentToday + cost }));
  }

  private nextDay(limit: SpendLimit, now: Instant): SpendLimit {
    if (limit.dayEndsAt > now) return limit;
    const tomorrow = addDays(localDateOf(this.zone, now), 1);
    return { ...limit, spentToday: 0, dayEndsAt: localToInstant(this.zone, tomorrow, 0, 'open') };
  }

  private change(limitAfter: (limit: SpendLimit) => SpendLimit): void {
    this.current = { ...this.current, limits: this.current.limits.map(limitAfter) };
  }
}
