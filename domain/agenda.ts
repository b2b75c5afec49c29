import type { Instant } from './instant';

const NOWHERE = -1;

/**
 * Whom to look after when: each of a fixed number, counted from 0, has one instant at most. A heap by instant, then by when
 * it was set. Numbers side by side, not objects: of a hundred thousand, each of which would be looked up somewhere else, the
 * processor spent its time on waiting for memory.
 */
export class Agenda {
  /** Who stands at each place of the heap. */
  private readonly heap: Int32Array;
  /** The place of each. */
  private readonly places: Int32Array;
  private readonly instants: Float64Array;
  private readonly orders: Float64Array;
  private count = 0;
  private filled = 0;

  constructor(most: number) {
    this.heap = new Int32Array(most);
    this.places = new Int32Array(most).fill(NOWHERE);
    this.instants = new Float64Array(most);
    this.orders = new Float64Array(most);
  }

  get size(): number {
    return this.filled;
  }

  /** Instead of the instant that was set before, if there is one. */
  set(who: number, at: Instant): void {
    const place = this.places[who] === NOWHERE ? this.filled++ : valueAt(this.places, who);
    this.instants[who] = at;
    this.orders[who] = this.count++;
    this.sink(who, this.lift(who, place));
  }

  drop(who: number): void {
    const place = valueAt(this.places, who);
    if (place === NOWHERE) return;
    this.places[who] = NOWHERE;
    this.filled -= 1;
    const last = valueAt(this.heap, this.filled);
    if (last !== who) this.sink(last, this.lift(last, place));
  }

  /** Takes out whoever comes next. */
  next(): { readonly who: number; readonly at: Instant } | null {
    if (this.filled === 0) return null;
    const who = valueAt(this.heap, 0);
    this.drop(who);
    return { who, at: valueAt(this.instants, who) };
  }

  /** Moves those above down until `who` may stand there; answers where. */
  private lift(who: number, from: number): number {
    let hole = from;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = valueAt(this.heap, above);
      if (!this.isBefore(who, parent)) break;
      this.put(parent, hole);
      hole = above;
    }
    return hole;
  }

  private sink(who: number, from: number): void {
    let hole = from;
    for (;;) {
      const left = 2 * hole + 1;
      if (left >= this.filled) break;
      const right = left + 1;
      const isRight = right < this.filled && this.isBefore(valueAt(this.heap, right), valueAt(this.heap, left));
      const below = valueAt(this.heap, isRight ? right : left);
      if (!this.isBefore(below, who)) break;
      this.put(below, hole);
      hole = isRight ? right : left;
    }
    this.put(who, hole);
  }

  private put(who: number, place: number): void {
    this.heap[place] = who;
    this.places[who] = place;
  }

  private isBefore(one: number, other: number): boolean {
    const between = valueAt(this.instants, one) - valueAt(this.instants, other);
    return between < 0 || (between === 0 && valueAt(this.orders, one) < valueAt(this.orders, other));
  }
}

/** Of an array that has this place. */
function valueAt(array: Int32Array | Float64Array, place: number): number {
  return array[place] as number;
}
