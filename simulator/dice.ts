/** Seeded randomness: the same keys give the same rolls on every machine and in every run. */
export type Range = readonly [low: number, high: number];

export interface Dice {
  /** At least 0, below 1. */
  roll(): number;
  /** A whole number between both ends, inclusive. */
  between(range: Range): number;
  shuffle<T>(items: readonly T[]): T[];
}

export function createDice(...keys: readonly (string | number)[]): Dice {
  let state = hashOf(keys.join('\u0000'));
  const roll = (): number => {
    // mulberry32: small, fast and well spread; nothing here needs cryptographic strength.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = ([low, high]: Range): number => low + Math.floor(roll() * (high - low + 1));
  return { roll, between, shuffle: (items) => shuffled(items, between) };
}

/** Picks a name with a probability proportional to its weight; null when every weight is 0. */
export function pickWeighted<Name extends string>(
  dice: Dice,
  weights: readonly (readonly [Name, number])[],
): Name | null {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = dice.roll() * total;
  for (const [name, weight] of weights) {
    if (left < weight) return name;
    left -= weight;
  }
  return null;
}

function shuffled<T>(items: readonly T[], between: (range: Range) => number): T[] {
  const left = [...items];
  const mixed: T[] = [];
  while (left.length > 0) mixed.push(...left.splice(between([0, left.length - 1]), 1));
  return mixed;
}

/** FNV-1a with a last mix, so that phone numbers that differ in one digit do not start alike. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
