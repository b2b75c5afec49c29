import { join } from 'node:path';
import { createDice, type Dice, type Range } from '../../simulator/dice';
import type { Kind } from '../topology';

/** Which process dies where: every point that lies on the way of its role comes before any of them comes again. */

/** What `node` is told so that a process has crash points; see there what each of them means. */
export const CRASH_POINTS_FILE = join(__dirname, 'crash-points.js');

export const POINTS_OF: Readonly<Record<Kind, readonly string[]>> = {
  api: ['P8', 'P9', 'P10'],
  enrollments: ['P0', 'P6'],
  effects: ['P1', 'P2', 'P3', 'P4', 'P5', 'P7', 'P11', 'P12'],
  bulk: ['P8', 'P10'],
};

export const EVERY_POINT: readonly string[] = [...new Set(Object.values(POINTS_OF).flat())];

/** A point is reached so many times before the process dies there: some are reached all the time. */
const REACHED: Readonly<Record<Kind, Range>> = {
  api: [1, 6],
  enrollments: [10, 50],
  effects: [1, 2],
  bulk: [1, 20],
};

export class CrashPlan {
  private readonly dice: Dice;
  private deck: string[] = [];

  constructor(
    private readonly kind: Kind,
    seed: number,
  ) {
    this.dice = createDice(seed, 'crashes', kind);
  }

  /** Where the next process of this kind ends, as `CRASH_AT` says it. */
  next(): string {
    if (this.deck.length === 0) this.deck = this.dice.shuffle(POINTS_OF[this.kind]);
    const point = this.deck.pop() ?? '';
    return `${point}:${this.dice.between(REACHED[this.kind])}`;
  }

  /** Something else ended that process: its point is the next one's. */
  putBack(crashAt: string): void {
    const [point = ''] = crashAt.split(':');
    this.deck.push(point);
  }
}
