import type { FactKind } from '../../domain/fact';
import type { Sql } from '../client';
import type { EnrollmentRef } from '../enrollment';

const PAGE = 500;
const FIRST_WAIT_SECONDS = 5;
const MOST_WAIT_SECONDS = 600;

export interface UnseenFact extends EnrollmentRef {
  readonly factId: string;
  readonly kind: FactKind;
}

/** Facts that no step has seen, to be told again: after five seconds, doubling to ten minutes, so that no outage runs into the limit of signals. */
export async function unseenFacts(sql: Sql): Promise<UnseenFact[]> {
  return sql<UnseenFact[]>`
    update fact f set signals = f.signals + 1, signalled_rt = clock_timestamp()
    from enrollment e
    where e.id = f.enrollment_id and f.id in (
      select id from fact
      where wakes and seen_rt is null
        and rt < clock_timestamp() - make_interval(secs => ${FIRST_WAIT_SECONDS})
        and (signalled_rt is null or signalled_rt < clock_timestamp()
          - make_interval(secs => least(${MOST_WAIT_SECONDS}, ${FIRST_WAIT_SECONDS} * power(2, least(signals, 10)))))
      order by signalled_rt nulls first limit ${PAGE} for no key update skip locked)
    returning f.id as fact_id, f.kind, e.id as enrollment_id, e.campaign_id, e.contact_id`;
}
