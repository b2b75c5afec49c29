/** A half-open stretch of a line of integers: the start is inside, the end outside. */
export type Span = readonly [start: number, end: number];

/** The stretches covered by any of the spans, in order; overlapping and adjoining ones become one. */
export function unionOf(spans: readonly Span[]): Span[] {
  const joined: [number, number][] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last === undefined || last[1] < start) joined.push([start, end]);
    else last[1] = Math.max(last[1], end);
  }
  return joined;
}

/** The stretches covered by both lists, each of which is in order and without overlaps. */
export function intersectionOf(left: readonly Span[], right: readonly Span[]): Span[] {
  return left.flatMap(([start, end]) =>
    right.flatMap((other): Span[] => {
      const both: Span = [Math.max(start, other[0]), Math.min(end, other[1])];
      return both[0] < both[1] ? [both] : [];
    }),
  );
}
