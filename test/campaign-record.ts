import type { Sql } from '../db/client';
import { connectTemporal } from './history';

/** What a campaign came to for one contact, without ids and times: two runs of the same story must agree on it. */
export interface ContactRecord {
  readonly contact: string;
  readonly state: string;
  readonly reason: string | null;
  /** What reached the person, or may have. */
  readonly attempts: readonly string[];
  readonly rules: readonly string[];
  readonly actions: readonly string[];
  readonly suppressed: readonly string[];
}

/** The record of each contact, by the external id. */
export async function recordsOf(sql: Sql, campaignId: string): Promise<ContactRecord[]> {
  return sql<ContactRecord[]>`
    select p.external_id as contact, e.state, e.reason,
      array(select concat_ws(' ', t.channel, t.touch_key, t.state, t.disposition, t.outcome)
        from attempt t where t.enrollment_id = e.id and t.state <> 'not_sent' order by 1) as attempts,
      array(select f.rule_key from rule_firing f where f.enrollment_id = e.id order by 1) as rules,
      array(select concat_ws(' ', x.kind, x.rule_key, x.state, x.payload ->> 'status')
        from execution x where x.enrollment_id = e.id order by 1) as actions,
      array(select concat_ws(' ', s.source, s.channels::text)
        from suppression s join contact_address c on c.hash = s.hash where c.contact_id = p.id order by 1) as suppressed
    from enrollment e join contact p on p.id = e.contact_id
    where e.campaign_id = ${campaignId}
    order by p.external_id`;
}

/** How many processes have taken workflow tasks and activities of the campaign, by what Temporal remembers. */
export async function workersOf(sql: Sql, campaignId: string, address: string) {
  const rows = await sql<{ id: string }[]>`select id from enrollment where campaign_id = ${campaignId}`;
  const temporal = await connectTemporal(address);
  try {
    const histories = await Promise.all(rows.map(({ id }) => temporal.workflowOf(id).fetchHistory()));
    const events = histories.flatMap((history) => history.events ?? []);
    const count = (names: readonly (string | null | undefined)[]) => new Set(names.filter((name) => name)).size;
    return {
      enrollments: count(events.map((event) => event.workflowTaskStartedEventAttributes?.identity)),
      effects: count(events.map((event) => event.activityTaskStartedEventAttributes?.identity)),
    };
  } finally {
    await temporal.close();
  }
}
