import type { Channel } from '../../domain/channel';
import { inTransaction, type Db, type Sql } from '../client';
import { closeCall } from '../attempt-change';
import { lockEnrollment } from '../enrollment';
import { sendersByHash } from '../senders';
import { recordTimeline } from '../timeline';

/** An attempt whose end, or whose very existence, somebody has to ask the provider about. */
export interface Unresolved {
  readonly attemptId: string;
  readonly enrollmentId: string;
  readonly channel: Channel;
  readonly state: 'claimed' | 'unknown' | 'accepted';
  readonly sid: string | null;
  readonly from: string | null;
  readonly to: string;
  readonly claimedMs: number;
  readonly ageMs: number;
  readonly lookups: number;
}

const PAGE = 50;
/** A look-up that is under way, or failed, is not repeated before. */
const LOOK_AGAIN_SECONDS = 20;

/** Takes a page of attempts past their deadline, each for one look. `from` is found among our own senders by its hash. */
export async function takeUnresolved(sql: Sql, addressKey: string): Promise<Unresolved[]> {
  const rows = await sql<(Omit<Unresolved, 'from'> & { fromHash: string })[]>`
    update attempt t set looked_up_rt = clock_timestamp(), resolve_by_rt = clock_timestamp() + make_interval(secs => ${LOOK_AGAIN_SECONDS})
    from address a
    where a.hash = t.to_hash and t.id in (
      select id from attempt
      where state in ('claimed', 'unknown', 'accepted') and resolve_by_rt < (select clock_timestamp())
      order by resolve_by_rt limit ${PAGE} for no key update skip locked)
    returning t.id as attempt_id, t.enrollment_id, t.channel, t.state, t.provider_sid as sid, t.from_hash, a.value as to,
      ms(t.claimed_rt) as claimed_ms, (extract(epoch from clock_timestamp() - t.claimed_rt) * 1000)::float8 as age_ms, t.lookups`;
  const senders = rows.length === 0 ? new Map<string, string>() : await sendersByHash(sql, addressKey);
  return rows.map(({ fromHash, ...row }) => ({ ...row, from: senders.get(fromHash) ?? null }));
}

/** A look-up found nothing; weak evidence, so it is counted. */
export async function countLookup(sql: Sql, attemptId: string): Promise<void> {
  await sql`update attempt set lookups = lookups + 1 where id = ${attemptId}`;
}

/** Which of these provider resources belong to attempts already? */
export async function ownedSids(sql: Sql, sids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql<
    { sid: string }[]
  >`select provider_sid as sid from attempt where provider_sid = any(${[...sids]})`;
  return new Set(rows.map(({ sid }) => sid));
}

/** Nobody will ever know: it counts as made, its touch is spent, and its line is free. */
export async function closeUnknown(sql: Sql, attemptId: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const [owner] = await tx<{ enrollmentId: string }[]>`select enrollment_id from attempt where id = ${attemptId}`;
    if (owner === undefined) return;
    await lockEnrollment(tx, owner.enrollmentId);
    const [row] = await tx<{ now: number; channel: Channel }[]>`
      update attempt set state = 'unknown_final', resolve_by_rt = null, ended_at = app_now()
      where id = ${attemptId} and state in ('claimed', 'unknown', 'accepted')
      returning ms(app_now()) as now, channel`;
    if (row === undefined) return;
    await closeCall(tx, attemptId);
    await recordTimeline(tx, {
      enrollmentId: owner.enrollmentId,
      kind: row.channel === 'voice' ? 'call_ended' : 'message_failed',
      attemptId,
      data: { disposition: null, reason: 'unknown_final' },
      actor: 'reconcile',
      at: row.now,
    });
    await wakeLater(tx, owner.enrollmentId);
  });
}

/** Somebody other than the workflow changed what the planner sees. */
export async function wakeLater(db: Db, enrollmentId: string): Promise<void> {
  await db`insert into wake (enrollment_id, reason) values (${enrollmentId}, 'reconciled')`;
}
