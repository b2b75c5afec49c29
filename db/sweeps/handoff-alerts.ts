import { type HandoffAlerts, HandoffAlertsSchema } from '../../domain/handoff-alert';
import { usableNumbers } from '../../domain/caller-number';
import { inTransaction, type Sql, type Tx } from '../client';

/** So many are taken in one round. */
const PAGE = 100;
const LOST_SECONDS = 60;
const MOST_TRIES = 5;
const FIRST_PAUSE_SECONDS = 15;

/** Writes down who is to be told: of holds that are new, and of those that nobody took in time. Answers how many holds. */
export async function noteHandoffs(sql: Sql): Promise<number> {
  return inTransaction(sql, async (tx) => {
    await closeOver(tx);
    return (await openNew(tx)) + (await escalate(tx));
  });
}

/** Whoever was handed back, or has left, waits for nobody any more. */
async function closeOver(tx: Tx): Promise<void> {
  const closed = await tx<{ id: string }[]>`
    update handoff_notice n set closed_at = app_now(), escalates_at = null
    from enrollment e
    where e.id = n.enrollment_id and n.closed_at is null
      and (e.state <> 'open' or e.held_until_at is null or e.held_until_at <= app_now())
    returning n.id`;
  if (closed.length > 0)
    await tx`
      delete from handoff_alert
      where notice_id = any (${closed.map(({ id }) => id)}::uuid[]) and state = 'pending'`;
}

interface Hold {
  readonly enrollmentId: string;
  readonly reason: string;
  readonly alerts: unknown;
}

/** One notice as long as a hold lasts, however often the person writes meanwhile. */
async function openNew(tx: Tx): Promise<number> {
  const holds = await tx<Hold[]>`
    select e.id as enrollment_id, coalesce(e.hold_reason, 'handoff') as reason, v.policy -> 'handoffAlerts' as alerts
    from campaign c
    join version v on v.id = c.current_version_id
    join enrollment e on e.campaign_id = c.id and e.state = 'open' and e.held_until_at > app_now()
    where c.status in ('active', 'paused') and jsonb_array_length(v.policy -> 'handoffAlerts' -> 'recipients') > 0
      and not exists (select from handoff_notice n where n.enrollment_id = e.id and n.closed_at is null)
    limit ${PAGE}`;
  for (const { enrollmentId, reason, alerts } of holds) {
    const { recipients, escalation } = HandoffAlertsSchema.parse(alerts);
    const [notice] = await tx<{ id: string }[]>`
      insert into handoff_notice (enrollment_id, reason, at, escalates_at)
      values (${enrollmentId}, ${reason}, app_now(), app_now() + make_interval(mins => ${escalation?.afterMinutes ?? null}::int))
      on conflict do nothing returning id`;
    if (notice !== undefined) await storeAlerts(tx, notice.id, 1, recipients);
  }
  return holds.length;
}

async function escalate(tx: Tx): Promise<number> {
  const late = await tx<{ id: string; alerts: unknown }[]>`
    update handoff_notice n set escalates_at = null
    from enrollment e, campaign c, version v
    where e.id = n.enrollment_id and c.id = e.campaign_id and v.id = c.current_version_id
      and n.closed_at is null and n.taken_at is null and n.escalates_at <= app_now()
    returning n.id, v.policy -> 'handoffAlerts' as alerts`;
  for (const { id, alerts } of late) {
    const { escalation } = HandoffAlertsSchema.parse(alerts ?? {});
    await storeAlerts(tx, id, 2, escalation?.recipients ?? []);
  }
  return late.length;
}

async function storeAlerts(
  tx: Tx,
  noticeId: string,
  level: 1 | 2,
  recipients: HandoffAlerts['recipients'],
): Promise<void> {
  await tx`
    insert into handoff_alert (notice_id, level, channel, address)
    select ${noticeId}::uuid, ${level}, channel, address
    from unnest(${recipients.map(({ channel }) => channel)}::text[], ${recipients.map(({ to }) => to)}::text[]) as r (channel, address)
    on conflict do nothing`;
}

export interface DueAlert {
  readonly id: string;
  readonly tries: number;
  readonly level: 1 | 2;
  readonly channel: 'sms' | 'email';
  readonly to: string;
  readonly reason: string;
  readonly campaignName: string;
  readonly enrollmentId: string;
  readonly from: string | null;
}

/** Claims what is to be sent; whoever claimed before and was not heard of may have sent it, so it is not sent again. */
export async function takeAlerts(sql: Sql): Promise<DueAlert[]> {
  return inTransaction(sql, async (tx) => {
    await tx`
      update handoff_alert set state = 'unknown', error_code = 'answer_lost'
      where state = 'claimed' and claimed_rt < clock_timestamp() - make_interval(secs => ${LOST_SECONDS})`;
    const due = await tx<(Omit<DueAlert, 'from'> & Senders)[]>`
      with due as (
        select id from handoff_alert where state = 'pending' and next_rt <= clock_timestamp()
        order by next_rt limit ${PAGE} for update skip locked
      ), taken as (
        update handoff_alert a set state = 'claimed', claimed_rt = clock_timestamp(), tries = a.tries + 1
        from due where a.id = due.id returning a.*
      )
      select t.id, t.tries, t.level, t.channel, t.address as to, n.reason, c.name as campaign_name, n.enrollment_id,
        s.mail_from, s.caller_numbers as numbers,
        array(select number from caller_number where resting) as resting,
        array(select number from caller_number where registration in ('pending', 'rejected')) as unregistered
      from taken t
      join handoff_notice n on n.id = t.notice_id
      join enrollment e on e.id = n.enrollment_id
      join campaign c on c.id = e.campaign_id
      cross join settings s`;
    return due.map(({ mailFrom, numbers, resting, unregistered, ...alert }) => ({
      ...alert,
      from:
        alert.channel === 'email'
          ? mailFrom || null
          : (usableNumbers({ numbers, resting, unregistered }, [], 'sms')[0] ?? null),
    }));
  });
}

interface Senders {
  readonly mailFrom: string;
  readonly numbers: readonly string[];
  readonly resting: readonly string[];
  readonly unregistered: readonly string[];
}

export type AlertOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'unknown'; readonly code: string }
  | { readonly kind: 'not_sent'; readonly code: string; readonly mayRetry: boolean };

export async function storeAlertOutcome(
  sql: Sql,
  { id, tries }: Pick<DueAlert, 'id' | 'tries'>,
  outcome: AlertOutcome,
): Promise<void> {
  const isRetried = outcome.kind === 'not_sent' && outcome.mayRetry && tries < MOST_TRIES;
  await inTransaction(sql, async (tx) => {
    // Whoever takes it, or hands it back, holds the notice: nobody is told of it after that.
    const [notice] = await tx<{ isWaiting: boolean }[]>`
      select closed_at is null and taken_at is null as is_waiting from handoff_notice
      where id = (select notice_id from handoff_alert where id = ${id}) for update`;
    await tx`
      update handoff_alert set state = ${isRetried && notice?.isWaiting === true ? 'pending' : outcome.kind},
        error_code = ${outcome.kind === 'sent' ? null : outcome.code},
        next_rt = clock_timestamp() + make_interval(secs => ${FIRST_PAUSE_SECONDS * 2 ** (tries - 1)})
      where id = ${id} and state = 'claimed'`;
  });
}
