import type { Instant } from './instant';

interface Entry<T> {
  readonly at: Instant;
  /** What was put in first comes first at the same instant. */
  readonly order: number;
  readonly item: T;
}

/** What is to be done when: a heap by instant, then by the order in which it was put in. */
export class Agenda<T> {
  private readonly heap: Entry<T>[] = [];
  private count = 0;

  get size(): number {
    return this.heap.length;
  }

  add(at: Instant, item: T): void {
    const { heap } = this;
    const entry = { at, order: this.count++, item };
    let hole = heap.length;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[hole] = parent;
      hole = above;
    }
    heap[hole] = entry;
  }

  /** Takes out what comes next; null = nothing is left. */
  next(): { readonly at: Instant; readonly item: T } | null {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (first === undefined || last === undefined) return null;
    if (this.heap.length > 0) this.sink(last);
    return first;
  }

  private sink(entry: Entry<T>): void {
    const { heap } = this;
    let hole = 0;
    for (;;) {
      const child = this.earlierChild(hole);
      const below = heap[child];
      if (below === undefined || !isBefore(below, entry)) break;
      heap[hole] = below;
      hole = child;
    }
    heap[hole] = entry;
  }

  private earlierChild(above: number): number {
    const [left, right] = [this.heap[2 * above + 1], this.heap[2 * above + 2]];
    return left !== undefined && right !== undefined && isBefore(right, left) ? 2 * above + 2 : 2 * above + 1;
  }
}

function isBefore<T>(one: Entry<T>, other: Entry<T>): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
