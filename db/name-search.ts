import { isTypeInView } from './case-scope';
import type { Db } from './client';
import { FEW } from './few';
import type { Fragment } from './fragment';
import { containing, likeText } from './pattern';

/** Finding people by what somebody typed: part of a name, or a whole id, over a million of them. */

/** Shorter texts stand in too many names to be looked for in the middle of them. */
const LEAST_INSIDE = 3;

/** The contact `p` has the text in the name: anywhere, or at the beginning of a part of it where the text is short. */
export function nameHas(db: Db, query: string): Fragment {
  const name = db`p.first_name || ' ' || p.last_name`;
  if (query.length >= LEAST_INSIDE) return db`${name} ilike ${containing(query)}`;
  return db`(${name} ilike ${`${likeText(query)}%`} or ${name} ilike ${`% ${likeText(query)}%`})`;
}

/**
 * Ids of all contacts who may be meant, as an array; none where the text is in so many names that rows are better read in
 * their order until a page is full. `hashes` = of addresses that the text may be.
 */
export async function fewNamed(db: Db, query: string, hashes: readonly string[] = []): Promise<readonly Fragment[]> {
  const [row] = await db<{ found: number }[]>`
    select count(*)::int as found from (select from contact p where ${nameHas(db, query)} limit ${FEW + 1}) few`;
  if ((row?.found ?? 0) > FEW) return [];
  const sets = [
    db`select p.id from contact p where ${nameHas(db, query)}`,
    db`select id from contact where external_id = ${query}`,
    db`select contact_id from cases k where external_id = ${query} and ${isTypeInView(db, db`k.case_type`)}`,
    ...(hashes.length === 0
      ? []
      : [db`select contact_id from contact_address where hash = any (${[...hashes]}::text[])`]),
  ];
  return [db`array(${sets.reduce((all, set) => db`${all} union ${set}`)})`];
}
