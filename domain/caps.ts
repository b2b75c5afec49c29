import type { AddressKind, Channel } from './channel';
import { DAY_MS, type Instant } from './instant';
import { isWithin } from './effective';
import { lawFor } from './law';
import { localDateOf } from './local-time';
import type { Caps, PersonAttempt, PlannerInput } from './planner-input';

/** Attempt budgets of one person over all campaigns: rolling windows, elapsed time, never calendar days (compliance §6). */

const WINDOWS = [
  { name: 'perDay', lengthMs: DAY_MS },
  { name: 'perWeek', lengthMs: 7 * DAY_MS },
  { name: 'perMonth', lengthMs: 30 * DAY_MS },
] as const;

export const LONGEST_CAP_MS = 30 * DAY_MS;

export interface CapHit {
  readonly freeAt: Instant;
  readonly cap: keyof Caps;
  readonly limit: number;
}

/** The company's caps, narrowed by the campaign's; a campaign can't widen them, and who was kept in an earlier version keeps its own as well (E-5). */
export function capsFor(input: PlannerInput, kind: AddressKind): Caps {
  const company = input.company.caps[kind];
  const narrowed = (cap: keyof Caps) =>
    Math.min(company[cap], input.policy.caps[cap] ?? company[cap], input.planVersion.policy.caps[cap] ?? company[cap]);
  return { perDay: narrowed('perDay'), perWeek: narrowed('perWeek'), perMonth: narrowed('perMonth') };
}

/** The cap that forbids an attempt at `at` and when it lets go, or null; the longest-lasting one if several do. */
export function capHit(attempts: readonly PersonAttempt[], kind: AddressKind, caps: Caps, at: Instant): CapHit | null {
  const times = attempts.filter((attempt) => attempt.kind === kind).map((attempt) => attempt.at);
  let worst: CapHit | null = null;
  for (const { name, lengthMs } of WINDOWS) {
    const limit = caps[name];
    if (times.length < limit) continue;
    const inside = times.filter((time) => time > at - lengthMs);
    const blocking = inside[inside.length - limit];
    if (blocking === undefined) continue;
    const freeAt = blocking + lengthMs;
    if (worst === null || freeAt > worst.freeAt) worst = { freeAt, cap: name, limit };
  }
  return worst;
}

export interface LegalCapHit {
  readonly freeAt: Instant;
  /** Whose law it is. */
  readonly place: string;
  readonly limit: number;
}

/** The cap of a law that forbids an attempt at `at` (C5), the one that lasts longest; in force by the day of any zone. */
export function legalCapHit(input: PlannerInput, channel: Channel, at: Instant): LegalCapHit | null {
  const { company, contact, personAttempts } = input;
  const hits = lawFor(company.law, contact, channel).caps.flatMap((cap): LegalCapHit[] => {
    const inside = personAttempts.filter((attempt) => cap.kinds.includes(attempt.kind) && attempt.at > at - DAY_MS);
    const blocking = inside[inside.length - cap.perDay];
    if (blocking === undefined || !contact.zones.some((zone) => isWithin(cap, localDateOf(zone, at)))) return [];
    return [{ freeAt: blocking.at + DAY_MS, place: cap.place, limit: cap.perDay }];
  });
  const [worst = null] = hits.sort((a, b) => b.freeAt - a.freeAt);
  return worst;
}
