import type { Instant } from '../domain/instant';
import type { Db } from './client';

/** What a report of a campaign tells of each client. Nobody who was erased is in it, nor who was never enrolled. */

export interface ReportScope {
  readonly campaignId: string;
  /** None = all. */
  readonly statuses: readonly string[];
  /** Whatever is counted happened from then on, and before `untilAt`. */
  readonly fromAt: Instant;
  readonly untilAt: Instant;
}

export interface ReportRow {
  /** Where the page after it goes on. */
  readonly position: string;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly caseExternalIds: readonly string[];
  readonly status: 'active' | 'completed_all_calls' | 'completed';
  readonly reason: string | null;
  readonly calls: number;
  readonly callsAnswered: number;
  readonly lastCallOutcome: string | null;
  readonly smsSent: number;
  readonly smsReceived: number;
  readonly emailSent: number;
  readonly emailReceived: number;
  readonly form: 'completed' | 'started' | null;
  readonly lastActivityAt: Instant | null;
}

const FIRST = '00000000-0000-0000-0000-000000000000';

/** One line for each client, with all of their cases, in an order that never changes. */
export async function reportPage(
  db: Db,
  { campaignId, statuses, fromAt, untilAt }: ReportScope,
  after: string | null,
  limit: number,
): Promise<ReportRow[]> {
  const within = (column: string) => db`${db(column)} >= at_ms(${fromAt}) and ${db(column)} < at_ms(${untilAt})`;
  return db<ReportRow[]>`
    with page as materialized (
      select e.id, e.contact_id, e.cases, e.reason, status.status
      from enrollment e
      join contact c on c.id = e.contact_id
      cross join lateral (select case
        when e.state = 'ended' then 'completed'
        when e.calls_over or e.calls_stopped_at is not null then 'completed_all_calls'
        else 'active' end as status) as status
      where e.campaign_id = ${campaignId} and e.state <> 'rejected' and e.enrolled_at < at_ms(${untilAt})
        and c.erased_rt is null and e.contact_id > ${after ?? FIRST}::uuid
        and (${statuses.length === 0} or status.status = any (${[...statuses]}::text[]))
      order by e.contact_id limit ${limit})
    select page.contact_id as position, p.external_id, p.first_name, p.last_name, page.status, page.reason,
      array(select k.external_id from cases k where k.id = any (page.cases) and k.external_id is not null
        order by k.external_id) as case_external_ids,
      sent.calls, sent.calls_answered, sent.last_call_outcome, sent.sms_sent, sent.email_sent,
      heard.sms_received, heard.email_received,
      (select case when bool_or(f.kind = 'form_completed') then 'completed' when count(*) > 0 then 'started' end
        from fact f
        where f.enrollment_id = page.id and f.kind in ('form_started', 'form_completed') and f.at < at_ms(${untilAt})) as form,
      ms(greatest(sent.last_at, heard.last_at)) as last_activity_at
    from page
    join contact p on p.id = page.contact_id
    cross join lateral (
      select (count(*) filter (where t.channel = 'voice'))::int as calls,
        (count(*) filter (where t.channel = 'voice' and t.disposition = 'answered'))::int as calls_answered,
        (count(*) filter (where t.channel = 'sms'))::int as sms_sent,
        (count(*) filter (where t.channel = 'email'))::int as email_sent,
        (array_agg(t.outcome order by t.claimed_at desc) filter (where t.outcome is not null))[1] as last_call_outcome,
        max(t.claimed_at) as last_at
      from attempt t
      where t.enrollment_id = page.id and t.state <> 'not_sent' and ${within('t.claimed_at')}) as sent
    cross join lateral (
      select (count(*) filter (where v.channel = 'sms'))::int as sms_received,
        (count(*) filter (where v.channel = 'email'))::int as email_received, max(m.at) as last_at
      from conversation v
      join message m on m.conversation_id = v.id
      where v.enrollment_id = page.id and v.channel in ('sms', 'email') and m.direction = 'in' and ${within('m.at')}) as heard
    order by page.contact_id`;
}
