import { join } from 'node:path';
import { createDice, type Dice, type Range } from '../../simulator/dice';

/** Which process dies where: every point that lies on the way of its role comes before any of them comes again. */

export const ROLES = ['api', 'enrollments', 'effects', 'bulk'] as const;
export type Role = (typeof ROLES)[number];

/** What `node` is told so that a process has crash points; see there what each of them means. */
export const CRASH_POINTS_FILE = join(__dirname, 'crash-points.js');

export const POINTS_OF: Readonly<Record<Role, readonly string[]>> = {
  api: ['P8', 'P9', 'P10'],
  enrollments: ['P0', 'P6'],
  effects: ['P1', 'P2', 'P3', 'P4', 'P5', 'P7', 'P11', 'P12'],
  bulk: ['P8', 'P10'],
};

export const EVERY_POINT: readonly string[] = [...new Set(Object.values(POINTS_OF).flat())];

/** A point is reached so many times before the process dies there: some are reached all the time. */
const REACHED: Readonly<Record<Role, Range>> = {
  api: [1, 8],
  enrollments: [20, 80],
  effects: [1, 2],
  bulk: [1, 20],
};

export class CrashPlan {
  private readonly dice: Dice;
  private deck: string[] = [];
  /** Every point has come once. */
  private isThrough = false;

  constructor(
    private readonly role: Role,
    seed: number,
  ) {
    this.dice = createDice(seed, 'crashes', role);
  }

  /** Where the next process of this role ends, as `CRASH_AT` says it; later on half of them live until something else ends them. */
  next(): string | null {
    if (this.deck.length === 0) {
      if (this.isThrough && this.dice.roll() < 0.5) return null;
      this.deck = this.dice.shuffle(POINTS_OF[this.role]);
    }
    const point = this.deck.pop() ?? '';
    this.isThrough ||= this.deck.length === 0;
    return this.at(point);
  }

  /** Whichever of these comes first on the way of this role, if any does. */
  firstOf(points: readonly string[]): string | null {
    const own = points.filter((point) => POINTS_OF[this.role].includes(point));
    return own.length === 0 ? null : own.map((point) => this.at(point)).join(',');
  }

  /** Something else ended that process: its point is the next one's. */
  putBack(crashAt: string): void {
    const [point = ''] = crashAt.split(':');
    this.deck.push(point);
  }

  private at(point: string): string {
    return `${point}:${this.dice.between(REACHED[this.role])}`;
  }
}
