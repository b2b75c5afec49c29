import type { ConnectionKind, ConnectionState, HoldReason } from './connection';
import { type Db, inTransaction, type Sql, type Tx } from './client';

/**
 * The circuit of a connection. It opens (`held`) at once when credentials are refused, and after several failures of
 * several actions in a row. It closes when a check goes well or an operator says so; then one action tries first.
 */

/** What whoever carries out an action has to know of its connection. */
export interface Circuit {
  readonly id: string;
  readonly name: string;
  readonly kind: ConnectionKind;
  readonly fromEnvironment: boolean;
  readonly settings: unknown;
  /** Encrypted; null = they come from the environment. */
  readonly credentials: string | null;
  readonly revision: number;
  readonly state: ConnectionState;
  readonly reason: HoldReason | null;
}

/** Failures in a row, and actions that they belong to: one case that the CRM chokes on is no outage. */
const FAILURES = 5;
const FAILING_ACTIONS = 3;
const FIRST_CHECK_SECONDS = 60;
const MOST_CHECK_SECONDS = 300;
/** A check that nobody reports on has died with its worker. */
const CHECK_LEASE_SECONDS = 120;
const CHECKS_PER_ROUND = 20;

/** A request went through, or was answered as it should be: that ends a row of failures. */
export async function recordAnswer(db: Db, connectionId: string): Promise<void> {
  await db`${answered(db, connectionId)}`;
}

/** The same as the end of another statement. */
export function answered(db: Db, connectionId: string | null) {
  return db`
    update connection set failures = 0, failing = '{}', is_proven = true, trial_rt = null, checks = 0
    where id = ${connectionId}::uuid and state = 'ok' and (failures > 0 or not is_proven)`;
}

interface Failure {
  readonly connectionId: string;
  /** As it was when it was asked: what failed before a change says nothing of what is set up now. */
  readonly revision: number;
  readonly executionId: string;
}

/** An outage perhaps. True = the connection is held now. */
export async function recordFailure(sql: Sql, { connectionId, revision, executionId }: Failure): Promise<boolean> {
  return inTransaction(sql, async (tx) => {
    const [row] = await tx<{ state: string; isProven: boolean; failures: number; actions: number }[]>`
      update connection set failures = failures + 1,
        failing = case when ${executionId} = any(failing) or cardinality(failing) >= ${FAILING_ACTIONS} then failing
          else failing || ${executionId}::uuid end
      where id = ${connectionId} and revision = ${revision}
      returning state, is_proven, failures, cardinality(failing) as actions`;
    if (row === undefined) return false;
    if (row.state !== 'ok') return true;
    if (row.isProven && (row.failures < FAILURES || row.actions < FAILING_ACTIONS)) return false;
    await hold(tx, connectionId, 'outage');
    return true;
  });
}

/** No action of this connection can succeed as it is. True = it is held now; false = it was changed meanwhile. */
export async function holdConnection(
  sql: Sql,
  connectionId: string,
  revision: number,
  reason: HoldReason,
): Promise<boolean> {
  return inTransaction(sql, async (tx) => {
    const [row] = await tx<{ state: string; revision: number }[]>`
      select state, revision from connection where id = ${connectionId} for update`;
    if (row === undefined || row.revision !== revision) return false;
    if (row.state === 'ok') await hold(tx, connectionId, reason);
    return true;
  });
}

/** It asked to be left alone: every action of it is, for so long. */
export async function recordRest(db: Db, connectionId: string, ms: number): Promise<void> {
  await db`
    update connection set not_before_rt = greatest(not_before_rt, clock_timestamp() + make_interval(secs => ${ms / 1000}))
    where id = ${connectionId}`;
}

/** Connections that are to be asked now, each taken by one worker for a while. */
export async function takeDueChecks(sql: Sql): Promise<Circuit[]> {
  return sql<Circuit[]>`
    update connection c set check_rt = clock_timestamp() + make_interval(secs => ${CHECK_LEASE_SECONDS})
    where c.id in (
      select id from connection where check_rt <= clock_timestamp()
      order by check_rt limit ${CHECKS_PER_ROUND} for no key update skip locked)
    returning ${circuitColumns(sql)}`;
}

/** All is well: a held connection goes on. An operator's own word stands. */
export async function recordWell(sql: Sql, { id, revision }: Circuit): Promise<void> {
  await sql`
    update connection set checked_rt = clock_timestamp(), check_result = 'ok', check_rt = null,
      state = case state when 'held' then 'ok' else state end,
      reason = case state when 'held' then null else reason end,
      since_rt = case state when 'held' then clock_timestamp() else since_rt end,
      is_proven = is_proven and state <> 'held', trial_rt = null, failures = 0, failing = '{}'
    where id = ${id} and revision = ${revision}`;
}

/** `code` is one of our own words. An outage seen by a check alone holds nothing that wasn't held: actions will find out. */
export async function recordUnwell(
  sql: Sql,
  { id, revision }: Circuit,
  code: string,
  reason: HoldReason,
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const [row] = await tx<{ state: string }[]>`
      update connection set checked_rt = clock_timestamp(), check_result = ${code}, check_rt = null
      where id = ${id} and revision = ${revision}
      returning state`;
    if (row === undefined || row.state === 'disabled') return;
    if (row.state === 'held' || reason !== 'outage') await hold(tx, id, reason);
  });
}

/** As it stands now. */
export async function circuitOf(db: Db, { id }: Pick<Circuit, 'id'>): Promise<Circuit> {
  const [row] = await db<Circuit[]>`select ${circuitColumns(db)} from connection c where c.id = ${id}`;
  if (row === undefined) throw new Error(`there is no connection ${id}`);
  return row;
}

/** Of `connection c`. */
export function circuitColumns(db: Db) {
  return db`c.id, c.name, c.kind, c.from_environment, c.settings, c.credentials, c.revision, c.state, c.reason`;
}

/** Nobody guesses at credentials: only a change or an operator has refused ones tried again, save those that we can't see change. */
async function hold(tx: Tx, connectionId: string, reason: HoldReason): Promise<void> {
  await tx`
    update connection set state = 'held', reason = ${reason}::text, is_proven = false, trial_rt = null,
      since_rt = case when state = 'held' then since_rt else clock_timestamp() end,
      checks = checks + 1,
      check_rt = case when ${reason}::text = 'outage' or from_environment
        then clock_timestamp() + make_interval(secs => least(${MOST_CHECK_SECONDS}, ${FIRST_CHECK_SECONDS} * power(2, least(checks, 10)))) end
    where id = ${connectionId}`;
}
