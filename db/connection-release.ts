import { inTransaction, type Sql, type Tx } from './client';
import { failExecution } from './execution';

const PAGE = 200;
const EXPIRED_PER_ROUND = 100;
/** A trial that nobody reports on has died; another action may try. */
const TRIAL_SECONDS = 120;

interface Released {
  readonly id: string;
  readonly enrollmentId: string;
}

/**
 * Lets actions go on whose connection is well again, oldest first and a case's statuses in their order. Of a connection
 * through which nothing has gone since, one action alone. Answers how many.
 */
export async function releaseHeld(sql: Sql): Promise<number> {
  return inTransaction(sql, async (tx) => (await releaseProven(tx)) + (await releaseTrials(tx)));
}

/** Actions that have waited too long are over, visibly; an operator may have them tried again. */
export async function expireHeld(sql: Sql): Promise<number> {
  const rows = await sql<{ id: string }[]>`
    select id from execution where held_rt is not null and hold_ends_rt < clock_timestamp()
    order by hold_ends_rt limit ${EXPIRED_PER_ROUND}`;
  for (const { id } of rows) await failExecution(sql, id, { code: 'held_too_long' });
  return rows.length;
}

/** Actions that wait and were never sent find their connection anew, of one campaign or of all that follow the default. */
export async function rerouteHeld(tx: Tx, campaignId: string | null): Promise<void> {
  const rows = await tx<Released[]>`
    select x.id, x.enrollment_id
    from execution x
    join enrollment e on e.id = x.enrollment_id
    join campaign k on k.id = e.campaign_id
    where x.held_rt is not null and x.sent_rt is null
      and case when ${campaignId}::uuid is null then k.connection_id is null else k.id = ${campaignId} end
    order by x.seq
    for no key update of x`;
  await letGo(tx, rows);
}

async function releaseProven(tx: Tx): Promise<number> {
  const rows = await tx<Released[]>`
    select x.id, x.enrollment_id
    from execution x
    join connection c on c.id = x.connection_id
    where x.held_rt is not null and c.state = 'ok' and c.is_proven and ${isNext(tx)}
    order by x.seq limit ${PAGE}
    for no key update of x skip locked`;
  return letGo(tx, rows);
}

/** The action that was tried least: one that fails for a reason of its own must not stand in the way for ever. */
async function releaseTrials(tx: Tx): Promise<number> {
  const rows = await tx<(Released & { connectionId: string })[]>`
    select trial.id, trial.enrollment_id, c.id as connection_id
    from connection c
    cross join lateral (
      select x.id, x.enrollment_id from execution x
      where x.connection_id = c.id and x.held_rt is not null and ${isNext(tx)}
      order by x.tries, x.seq limit 1
    ) trial
    where c.state = 'ok' and not c.is_proven
      and (c.trial_rt is null or c.trial_rt < clock_timestamp() - make_interval(secs => ${TRIAL_SECONDS}))
    for no key update of c skip locked`;
  await tx`
    update connection set trial_rt = clock_timestamp() where id = any(${rows.map((row) => row.connectionId)}::uuid[])`;
  return letGo(tx, rows);
}

/** What was ordered later may not be overwritten by what was ordered before. */
function isNext(tx: Tx) {
  return tx`(x.kind <> 'crm_status' or not exists (
    select from execution older
    where older.case_id = x.case_id and older.kind = 'crm_status' and older.state = 'pending'
      and older.connection_id = x.connection_id and older.seq < x.seq))`;
}

async function letGo(tx: Tx, rows: readonly Released[]): Promise<number> {
  if (rows.length === 0) return 0;
  await tx`
    update execution set held_rt = null, hold_ends_rt = null, error_code = null, error_detail = null
    where id = any(${rows.map(({ id }) => id)}::uuid[]) and held_rt is not null`;
  await tx`
    insert into wake (enrollment_id, reason)
    select distinct unnest(${rows.map(({ enrollmentId }) => enrollmentId)}::uuid[]), 'connection'`;
  return rows.length;
}
