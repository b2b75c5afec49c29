/** What the outside world does to the order of what it tells: some of it comes twice, some of it late. */

export interface Disorder {
  /** Share of the items that come a second time. */
  readonly duplicated: number;
  /** Share of the items that come late. */
  readonly shuffled: number;
  /** By so many places at most. */
  readonly within: number;
}

/** Every item at least once, in an order that depends on the random numbers alone. */
export function disordered<T>(items: readonly T[], disorder: Disorder, random: () => number): T[] {
  const { duplicated, shuffled, within } = disorder;
  const placed = items.flatMap((item, ix) => {
    const late = (share: number) => (random() < share ? [ix + 1 + random() * within] : []);
    const [at = ix] = late(shuffled);
    return [at, ...late(duplicated)].map((place) => ({ item, place }));
  });
  return placed.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
