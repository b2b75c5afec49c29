import { type AreaCodePlace, placeOfAreaCode } from './area-codes';
import type { Channel } from './channel';
import { usablePhone } from './phone';

/** Our numbers as they may be called and texted from, in the company's order (U-12). */
export interface CallerPool {
  readonly numbers: readonly string[];
  /** Nothing is begun from these. */
  readonly resting: readonly string[];
  /** Carriers would block texts of these: their registration was refused, or is still waited for. */
  readonly unregistered: readonly string[];
}

/** What a campaign says about it. */
export interface CallerChoice {
  /** Its own part of the pool; none = all of it. */
  readonly callerNumbers: readonly string[];
  /** Calls come from the number that is nearest to the person's own. */
  readonly localPresence: boolean;
}

export interface CallerAsk extends CallerChoice {
  readonly pool: CallerPool;
  readonly channel: Exclude<Channel, 'email'>;
  readonly to: string;
  /** Those of our numbers that the person has heard from, the last one first. */
  readonly heardFrom: readonly string[];
  /** A number that is the same for this person each time. */
  readonly seed: number;
}

/** Why this number and no other; part of an attempt's evidence. */
export type CallerReason = 'heard_from' | 'nearest' | 'pool';

export interface Caller {
  readonly number: string;
  readonly reason: CallerReason;
}

/**
 * The number to call or text from, null = there is none that may be used. Whoever has heard from one of them hears from the
 * same again, as long as it may be used.
 */
export function callerFor(ask: CallerAsk): Caller | null {
  const usable = usableNumbers(ask.pool, ask.callerNumbers, ask.channel);
  const known = ask.heardFrom.find((number) => usable.includes(number));
  if (known !== undefined) return { number: known, reason: 'heard_from' };
  const near = ask.localPresence ? nearest(usable, ask.to) : usable;
  const number = near[ask.seed % Math.max(1, near.length)];
  return number === undefined ? null : { number, reason: near.length < usable.length ? 'nearest' : 'pool' };
}

/** Those of the pool that a campaign may use on the channel. */
export function usableNumbers(
  { numbers, resting, unregistered }: CallerPool,
  chosen: readonly string[],
  channel: CallerAsk['channel'],
): string[] {
  return numbers.filter(
    (number) =>
      (chosen.length === 0 || chosen.includes(number)) &&
      !resting.includes(number) &&
      (channel === 'voice' || !unregistered.includes(number)),
  );
}

/** Area code of a North American number, null of any other. */
export function areaCodeOf(number: string): string | null {
  return usablePhone(number)?.areaCode ?? null;
}

/** The numbers of the pool that are nearest to the person's: the same area code, else the same state, else the same zone. */
function nearest(numbers: readonly string[], to: string): readonly string[] {
  const code = areaCodeOf(to);
  const place = code === null ? null : placeOfAreaCode(code);
  if (place === null) return numbers;
  const far = numbers.map((number) => distance(areaCodeOf(number), code, place));
  const least = Math.min(...far);
  return numbers.filter((_, at) => far[at] === least);
}

const ELSEWHERE = 3;

function distance(ours: string | null, theirs: string | null, place: AreaCodePlace): number {
  if (ours === theirs) return 0;
  const own = ours === null ? null : placeOfAreaCode(ours);
  if (own === null) return ELSEWHERE;
  if (own.states.some((state) => place.states.includes(state))) return 1;
  return own.zones.some((zone) => place.zones.includes(zone)) ? 2 : ELSEWHERE;
}
