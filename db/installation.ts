import {
  compareMarks,
  type LockReason,
  lockSentence,
  type Mark,
  type OwnMark,
  type SeenMark,
} from '../domain/recovery';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';

/** The one row that says which database this is, and whether anything may be sent out of it. */

export interface Installation extends Mark {
  readonly namespaceId: string | null;
  /** Real time, epoch milliseconds, as everything here. */
  readonly lockedRt: number | null;
  readonly lockReason: LockReason | null;
  readonly gapFromRt: number | null;
  readonly recoveryWantedBy: string | null;
  readonly recovery: RecoveryReport | null;
}

/** What a recovery found. Numbers only: whom it is about stands in their own timelines. */
export interface RecoveryReport {
  readonly finishedRt: number;
  /** Null = it came to its end. */
  readonly problem: string | null;
  /** Calls and texts of the provider that stand here as attempts now. */
  readonly adopted: number;
  /** Mails that may have been sent: nobody can be asked, so they count as sent. */
  readonly mailsPresumed: number;
  /** People whose calls and texts fit into no plan: their outreach is held until somebody has looked. */
  readonly held: number;
  /** Calls and texts to people who are nobody's contact here. */
  readonly strangers: number;
  /** Texts of people that had not been heard here. */
  readonly replies: number;
}

/** The mark is moved no more often than this. */
const BEAT_SECONDS = 10;
/** Clocks differ, and what was under way at the last mark was not written down yet. */
const GAP_MARGIN_SECONDS = 60;
/** Nothing is known of a database that was lost: as far back as caps reach. */
const LONGEST_GAP_DAYS = 30;

export async function getInstallation(db: Db): Promise<Installation> {
  const [row] = await db<Installation[]>`
    select id as installation_id, incarnation, mark::float8 as number, namespace_id, ms(locked_rt) as locked_rt, lock_reason,
      ms(gap_from_rt) as gap_from_rt, recovery_wanted_by, recovery
    from installation`;
  if (row === undefined) throw new Error('the installation row is missing; were all migrations applied?');
  return row;
}

export async function isLocked(db: Db): Promise<boolean> {
  const rows = await db`select 1 from installation where locked_rt is not null`;
  return rows.length > 0;
}

/** For what can't be begun now; says what to do. */
export async function refuseWhenLocked(db: Db): Promise<void> {
  const { lockReason } = await getInstallation(db);
  if (lockReason === null) return;
  throw new Refusal(
    'locked_for_recovery',
    `the installation is locked for recovery: ${lockSentence(lockReason)}. An admin has to run the recovery first.`,
  );
}

/** Has the mark stood for long enough to be compared and moved? */
export async function isBeatDue(db: Db): Promise<boolean> {
  const rows = await db`
    select 1 from installation
    where mark_rt is null or mark_rt < clock_timestamp() - make_interval(secs => ${BEAT_SECONDS})`;
  return rows.length > 0;
}

/** Key space of the one lock under which marks are compared and moved, among the advisory locks. */
const MARK_LOCKS = 5;

/**
 * Waits until nobody else compares, so that the mark is moved once and not by each process. No more than that: whoever
 * loses its connection loses the lock, and goes on. The work takes connections of its own: a pool has to have two at least.
 */
export async function comparing<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  return inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${MARK_LOCKS}, 0)`;
    return work();
  });
}

/**
 * Holds what Temporal says against what stood here `before` it was asked and what stands here now. Locks where the two don't
 * belong together; else answers the mark that Temporal has to hold next. 'locked' = nothing is to be sent, 'moved' = another
 * process was faster.
 */
export async function compareAndMove(sql: Sql, before: OwnMark, seen: SeenMark): Promise<Mark | 'locked' | 'moved'> {
  const after = await getInstallation(sql);
  if (after.lockReason !== null) return 'locked';
  const reason = compareMarks({ before, after }, seen);
  if (reason !== null) {
    await lockForRecovery(sql, reason);
    return 'locked';
  }
  // Until Temporal has the mark it is not moved again, however often its writing fails.
  const steps = (seen.mark?.number ?? 0) === after.number ? 1 : 0;
  const [moved] = await sql<Mark[]>`
    update installation set mark = mark + ${steps}, mark_rt = clock_timestamp(), namespace_id = ${seen.namespaceId}
    where locked_rt is null and incarnation = ${after.incarnation} and mark = ${after.number}
    returning id as installation_id, incarnation, mark::float8 as number`;
  return moved ?? 'moved';
}

/** No claim is made after the commit: it holds the lock that the claims of each campaign share. */
export async function lockForRecovery(sql: Sql, reason: LockReason): Promise<boolean> {
  return inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(1, seq::int) from (select seq from campaign where status = 'active' order by seq) each`;
    const locked = await tx`
      update installation set locked_rt = clock_timestamp(), lock_reason = ${reason}, gap_from_rt = coalesce(
        mark_rt - make_interval(secs => ${GAP_MARGIN_SECONDS}), clock_timestamp() - make_interval(days => ${LONGEST_GAP_DAYS}))
      where locked_rt is null
      returning 1`;
    if (locked.length === 0) return false;
    await recordChange(tx, { ...INSTALLATION, change: 'locked', data: { reason }, actor: 'system' });
    return true;
  });
}

/** An admin asks for it over the API; the bulk worker does it. Where nothing is locked there is nothing to do. */
export async function wantRecovery(sql: Sql, actor: string): Promise<Installation> {
  return inTransaction(sql, async (tx) => {
    const wanted = await tx`
      update installation set recovery_wanted_by = ${actor} where locked_rt is not null returning 1`;
    if (wanted.length > 0) await recordChange(tx, { ...INSTALLATION, change: 'recovery_wanted', actor });
    return getInstallation(tx);
  });
}

/** It could not be finished, and is to be asked for anew. */
export async function keepFailure(sql: Sql, problem: string): Promise<void> {
  await sql`
    update installation set recovery_wanted_by = null,
      recovery = jsonb_build_object('finishedRt', ms(clock_timestamp()), 'problem', ${problem}::text,
        'adopted', 0, 'mailsPresumed', 0, 'held', 0, 'strangers', 0, 'replies', 0)
    where locked_rt is not null`;
}

/** Outreach goes on from here. Temporal holds `mark` already: a crash before this leaves the installation locked. */
export async function unlock(
  tx: Tx,
  mark: Mark,
  namespaceId: string,
  counts: Omit<RecoveryReport, 'finishedRt' | 'problem'>,
  actor: string,
): Promise<void> {
  const recovery: Omit<RecoveryReport, 'finishedRt'> = { problem: null, ...counts };
  await tx`
    update installation set locked_rt = null, lock_reason = null, gap_from_rt = null, recovery_wanted_by = null,
      incarnation = ${mark.incarnation}, mark = ${mark.number}, mark_rt = clock_timestamp(), namespace_id = ${namespaceId},
      recovery = ${JSON.stringify(recovery)}::text::jsonb || jsonb_build_object('finishedRt', ms(clock_timestamp()))`;
  await recordChange(tx, { ...INSTALLATION, change: 'unlocked', data: { ...counts }, actor });
}

const INSTALLATION = { entity: 'installation', entityId: 'installation' } as const;
