import type { Channel } from './channel';
import { DAY_MS, type Instant } from './instant';
import type { PlannedMessage, Run } from './plan';
import type { PlannerInput } from './planner-input';

/** What outreach may cost (U-14). Amounts are millionths of the company's currency, whole numbers all the way. */

export interface Spending {
  readonly callMinute: number;
  readonly segment: number;
  readonly mail: number;
  /** So long a call is taken to last. */
  readonly callMinutes: number;
  readonly limits: readonly SpendLimit[];
}

export interface SpendLimit {
  readonly scope: 'campaign' | 'company';
  /** Per calendar day of the company; null = no limit. */
  readonly perDay: number | null;
  readonly total: number | null;
  readonly spentToday: number;
  readonly spent: number;
  /** The company's next midnight. */
  readonly dayEndsAt: Instant;
}

export interface SpendHit {
  readonly scope: SpendLimit['scope'];
  readonly period: 'day' | 'total';
  readonly limit: number;
  /** When to ask again: the next day, or in a day whether somebody has raised it. */
  readonly freeAt: Instant;
}

/** What the touch is expected to cost, told from the plan alone, so that planner and claim say the same. */
export function costOf(
  { spending }: Pick<PlannerInput, 'spending'>,
  touch: { channel: Channel; run: Run | null; stepKey: string },
): number {
  switch (touch.channel) {
    case 'voice':
      return spending.callMinute * spending.callMinutes;
    case 'sms': {
      const message = touch.run?.messages.find(({ key }) => key === touch.stepKey);
      return spending.segment * (message === undefined ? 1 : segmentsIn(message));
    }
    case 'email':
      return spending.mail;
  }
}

/** The limit that another `cost` at `at` would break, the one that lasts longest first; null = there is money left. */
export function spendHit({ now, spending }: PlannerInput, cost: number, at: Instant): SpendHit | null {
  if (cost === 0) return null;
  const hits = spending.limits.flatMap(({ scope, perDay, total, spentToday, spent, dayEndsAt }): SpendHit[] => [
    // Nobody is told when it is raised: everybody looks again then, and at the latest after a day.
    ...(isOver(total, spent + cost) ? [{ scope, period: 'total', limit: total, freeAt: now + DAY_MS } as const] : []),
    ...(isOver(perDay, spentToday + cost) ? [{ scope, period: 'day', limit: perDay, freeAt: dayEndsAt } as const] : []),
  ]);
  const [worst = null] = hits.filter(({ freeAt }) => freeAt > at).sort((a, b) => b.freeAt - a.freeAt);
  return worst;
}

function isOver(limit: number | null, amount: number): limit is number {
  return limit !== null && amount > limit;
}

/** Counted once for each message of a plan: every claim and every touch of a forecast asks. */
const counted = new WeakMap<PlannedMessage, number>();

function segmentsIn(message: PlannedMessage): number {
  const known = counted.get(message);
  if (known !== undefined) return known;
  const segments = segmentsOf(message.text);
  counted.set(message, segments);
  return segments;
}

/** SMS segments: 160 characters of the plain alphabet or 70 of any, a few less in each when there are several. */
export function segmentsOf(text: string): number {
  const [single, joined] = /^[\n\r -~]*$/.test(text) ? [160, 153] : [70, 67];
  return text.length <= single ? 1 : Math.ceil(text.length / joined);
}
