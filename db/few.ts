import type { Db } from './client';
import type { Fragment } from './fragment';

/** Up to so many, whoever is found is looked at; beyond it what was asked for is so common that any page is soon full of it. */
export const FEW = 5_000;

/**
 * Ids of all contacts `p` whom the condition holds for, as an array; none where there are so many that rows are better read
 * in their order until a page is full. PostgreSQL can't tell by itself: of a tag that is not among the most common ones it
 * takes one in two hundred to have it, and reads a million rows in their order for a page that is never full.
 */
export async function fewWith(db: Db, condition: () => Fragment): Promise<readonly Fragment[]> {
  const [row] = await db<{ found: number }[]>`
    select count(*)::int as found from (select from contact p where ${condition()} limit ${FEW + 1}) few`;
  return (row?.found ?? 0) > FEW ? [] : [db`array(select p.id from contact p where ${condition()})`];
}
