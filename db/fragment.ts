import type { PendingQuery, Row } from 'postgres';
import type { Db } from './client';

/** Part of a statement. Never what a promise resolves to: it would be taken for a statement and sent. */
export type Fragment = PendingQuery<Row[]>;

/** True where there is no condition. */
export function allOf(db: Db, conditions: readonly Fragment[]): Fragment {
  return conditions.reduce<Fragment>((all, condition) => db`${all} and ${condition}`, db`true`);
}
