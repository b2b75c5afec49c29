import type { Db } from '../client';
import type { Fragment } from './equation';

/** So long may a claim still be under way when the settings that it read are replaced. */
const CLAIM_SECONDS = 10;

/**
 * The revision of the settings that bound the claim of the attempt `t`: the one that its permit names, unless that had been
 * replaced long before. Null, and so nothing that would allow the attempt, when there is none.
 */
export function revisionAtClaim(sql: Db): Fragment {
  return sql`(
    select h.revision
    from settings_history h
    where h.revision = coalesce((t.permit ->> 'settingsRevision')::int, (select s.revision from settings s))
      and (h.superseded_rt is null or h.superseded_rt > t.claimed_rt - make_interval(secs => ${CLAIM_SECONDS}))
  )`;
}
