import type { Instant } from './instant';

/** What there is of lines for a campaign, and what it may take of them. */
export interface LineLimits {
  /** At once: what is less of the company's rate and the campaign's own limit. */
  readonly lines: number;
  readonly callsPerMinute: number | null;
}

/** Lines in use. Without being bounded it hands out as many as are wanted, and remembers whether those would have done that there are. */
export class ForecastLines {
  live = 0;
  most = 0;
  /** Somebody would have had to wait. */
  areShort = false;
  /** No line is given before, for the sake of the pace. */
  paceAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly limits: LineLimits,
    private readonly areBounded: boolean,
  ) {}

  take(now: Instant): boolean {
    const isPaced = this.paceAt > now;
    const isFull = this.live >= this.limits.lines;
    this.areShort ||= isPaced || isFull;
    if (this.areBounded && (isPaced || isFull)) return false;
    const { callsPerMinute } = this.limits;
    if (callsPerMinute !== null) this.paceAt = Math.max(this.paceAt, now) + 60_000 / callsPerMinute;
    this.live += 1;
    this.most = Math.max(this.most, this.live);
    return true;
  }

  free(): void {
    this.live -= 1;
  }
}
