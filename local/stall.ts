import type { Progress } from './figures';

/** Notices that nothing moves any more: a run that should end must not wait for ever. */
export class Stall {
  private last = '';
  private changedRt: number;

  constructor(
    private readonly afterMs: number,
    private readonly now: () => number,
  ) {
    this.changedRt = now();
  }

  /** Has nothing but time changed for so long? */
  isReached({ businessTime: _time, nextDue: _due, ...counts }: Progress): boolean {
    const seen = JSON.stringify(counts);
    if (seen !== this.last) this.changedRt = this.now();
    this.last = seen;
    return this.now() - this.changedRt >= this.afterMs;
  }
}
