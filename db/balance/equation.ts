import type { Db } from '../client';

/** A promise as an equation: two counts taken from the database that have to agree. */
export interface Equation {
  readonly name: string;
  readonly statement: string;
  readonly left: number;
  readonly right: number;
  readonly ok: boolean;
  /** Ids, never more than ten, of what breaks it. */
  readonly examples: readonly string[];
}

export interface BalanceOptions {
  /** Nothing is under way any more: what may be unfinished during a run has to be finished now. */
  readonly settled: boolean;
}

/** SQL that another statement takes in. Never awaited by itself. */
export type Fragment = ReturnType<Db['unsafe']>;

interface Sides {
  left: number;
  right: number;
  wrong: number;
  examples: string[];
}

/**
 * `judged` yields (id text, on_left, on_right, wrong): what each side counts, and whether the difference breaks the
 * promise; what cannot be told counts as broken.
 */
export async function equation(sql: Db, name: string, statement: string, judged: Fragment): Promise<Equation> {
  const [sides] = await sql<Sides[]>`
    with judged as materialized (${judged})
    select count(*) filter (where on_left)::int as "left",
      count(*) filter (where on_right)::int as "right",
      count(*) filter (where wrong is not false)::int as wrong,
      coalesce((array_agg(id order by id) filter (where wrong is not false))[1:10], '{}') as examples
    from judged`;
  if (sides === undefined) throw new Error(`the equation "${name}" has no answer`);
  const { left, right, wrong, examples } = sides;
  return { name, statement, left, right, ok: wrong === 0, examples };
}
