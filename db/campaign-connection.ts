import type { Db } from './client';

/** Of `campaign k`: the connection that its actions go to, null where none is there. */
export function connectionOf(db: Db) {
  return db`coalesce(
    k.connection_id,
    (select id from connection where is_default),
    (select id from connection where from_environment))`;
}
