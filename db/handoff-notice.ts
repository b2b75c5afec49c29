import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { Refusal } from './refusal';

/** Somebody who waits for a person: who was told of it, and who has taken it (U-4). */
export interface HandoffNotice {
  readonly enrollmentId: string;
  readonly reason: string;
  readonly at: Instant;
  /** Others are told then; null = nobody is, or they were. */
  readonly escalatesAt: Instant | null;
  readonly takenAt: Instant | null;
  readonly takenBy: string | null;
  /** The hold is over; null = it goes on. */
  readonly closedAt: Instant | null;
  readonly alerts: readonly HandoffAlert[];
}

interface HandoffAlert {
  readonly level: 1 | 2;
  readonly channel: 'sms' | 'email';
  readonly to: string;
  /** `unknown` = the answer got lost; it is not sent again. */
  readonly state: 'pending' | 'claimed' | 'sent' | 'not_sent' | 'unknown';
  readonly errorCode: string | null;
}

/** The last one of the enrollment. */
export async function getHandoffNotice(db: Db, enrollmentId: string): Promise<HandoffNotice> {
  const [row] = await db<HandoffNotice[]>`
    select n.enrollment_id, n.reason, ms(n.at) as at, ms(n.escalates_at) as escalates_at, ms(n.taken_at) as taken_at,
      n.taken_by, ms(n.closed_at) as closed_at,
      (select coalesce(json_agg(json_build_object('level', a.level, 'channel', a.channel, 'to', a.address,
          'state', a.state, 'errorCode', a.error_code) order by a.level, a.channel, a.address), '[]')
        from handoff_alert a where a.notice_id = n.id) as alerts
    from handoff_notice n where n.enrollment_id = ${enrollmentId} order by n.seq desc limit 1`;
  if (row === undefined) throw new Refusal('not_found', `the enrollment ${enrollmentId} waits for nobody`);
  return row;
}

/** Somebody of the team looks after it: nobody else is told. Outreach stays held until they hand it back. */
export async function takeHandoff(sql: Sql, enrollmentId: string, actor: string): Promise<HandoffNotice> {
  return inTransaction(sql, async (tx) => {
    // Whom nobody was told of can be taken as well.
    await tx`
      insert into handoff_notice (enrollment_id, reason, at)
      select id, coalesce(hold_reason, 'handoff'), app_now() from enrollment
      where id = ${enrollmentId} and state = 'open' and held_until_at > app_now()
      on conflict do nothing`;
    const [open] = await tx<{ id: string; takenBy: string | null }[]>`
      select id, taken_by from handoff_notice where enrollment_id = ${enrollmentId} and closed_at is null for update`;
    const before = await getHandoffNotice(tx, enrollmentId);
    if (open === undefined) throw new Refusal('wrong_status', 'the handoff is over');
    if (open.takenBy === actor) return before;
    if (open.takenBy !== null) throw new Refusal('wrong_status', `${open.takenBy} has taken it already`);
    await tx`
      update handoff_notice set taken_at = app_now(), taken_by = ${actor}, escalates_at = null where id = ${open.id}`;
    await tx`delete from handoff_alert where notice_id = ${open.id} and state = 'pending'`;
    await recordChange(tx, { entity: 'enrollment', entityId: enrollmentId, change: 'handoff_taken', actor });
    return getHandoffNotice(tx, enrollmentId);
  });
}
