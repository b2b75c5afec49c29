import type { StatusField } from '../domain/crm-status';
import { inTransaction, type Db, type Sql } from './client';
import { answered, type Circuit, circuitColumns } from './connection-circuit';
import { recordTimeline } from './timeline';

/** One ordered effect with what its runner needs to know. */
export interface Execution {
  readonly id: string;
  readonly kind: 'crm_status' | 'crm_note' | 'crm_fields' | 'classify';
  readonly state: 'pending' | 'done' | 'failed';
  readonly payload: {
    readonly status?: string;
    readonly field?: StatusField;
    readonly group?: string;
    readonly text?: string;
    /** The type that the rule names for its note. */
    readonly noteType?: string;
    /** The note is this text, in or out. */
    readonly messageId?: string;
  };
  readonly enrollmentId: string;
  readonly factId: string;
  readonly caseExternalId: string | null;
  /** Was the effect sent before without a recorded answer? */
  readonly sentBefore: boolean;
  /** Waits for its connection, or for the recovery of the installation: nobody's turn. */
  readonly held: boolean;
}

/** The way out for one action. */
export interface Route {
  readonly circuit: Circuit;
  /** Real milliseconds before which it may not be tried. */
  readonly waitMs: number;
  /** An older status of the same case waits for the same connection: it goes first. */
  readonly isBehind: boolean;
}

export async function getExecution(db: Db, id: string): Promise<Execution> {
  const [row] = await db<Execution[]>`
    select x.id, x.kind, x.state, x.payload, x.enrollment_id, x.fact_id, k.external_id as case_external_id,
      x.sent_rt is not null as sent_before, x.held_rt is not null or exists (select from installation where locked_rt is not null) as held
    from execution x left join cases k on k.id = x.case_id
    where x.id = ${id}`;
  if (row === undefined) throw new Error(`there is no execution ${id}`);
  return row;
}

/** By which connection an action goes: where it was sent before, else its campaign's, else the default, else that of the environment. */
export async function routeOf(db: Db, id: string): Promise<Route | null> {
  const [row] = await db<(Circuit & Omit<Route, 'circuit'>)[]>`
    select ${circuitColumns(db)},
      greatest(0, extract(epoch from greatest(x.not_before_rt, c.not_before_rt) - clock_timestamp()) * 1000)::float8 as wait_ms,
      x.kind = 'crm_status' and exists (
        select from execution older
        where older.case_id = x.case_id and older.kind = 'crm_status' and older.state = 'pending'
          and older.held_rt is not null and older.connection_id = c.id and older.seq < x.seq) as is_behind
    from execution x
    join enrollment e on e.id = x.enrollment_id
    join campaign k on k.id = e.campaign_id
    join connection c on c.id = coalesce(
      case when x.sent_rt is not null then x.connection_id end,
      k.connection_id,
      (select id from connection where is_default),
      (select id from connection where from_environment))
    where x.id = ${id}`;
  if (row === undefined) return null;
  const { waitMs, isBehind, ...circuit } = row;
  return { circuit, waitMs: waitMs ?? 0, isBehind };
}

/** The row of what is set up in the environment of the workers, so that it has a circuit like any other. */
export async function addEnvironmentConnection(db: Db): Promise<void> {
  await db`
    insert into connection (name, kind, from_environment, actor)
    values ('LawRuler of the environment', 'lawruler', true, 'system') on conflict do nothing`;
}

/** The claim of an effect: written before anything leaves the machine. */
export async function claimExecution(db: Db, id: string, connectionId: string | null): Promise<void> {
  await db`
    update execution set sent_rt = coalesce(sent_rt, clock_timestamp()), tries = tries + 1,
      connection_id = coalesce(${connectionId}::uuid, connection_id), not_before_rt = null
    where id = ${id} and state = 'pending'`;
}

/** It waits for its connection, visibly and without using up a try, until it is let go on or its time is over. */
export async function holdExecution(
  db: Db,
  id: string,
  { id: connectionId, name, reason }: Pick<Circuit, 'id' | 'name' | 'reason'>,
): Promise<void> {
  const detail = `connection "${name}": ${HOLD_WORDS[reason ?? 'order']}`;
  await db`
    update execution set connection_id = ${connectionId}, held_rt = clock_timestamp(),
      hold_ends_rt = clock_timestamp() + make_interval(days => ${HELD_DAYS}),
      error_code = 'connection_held', error_detail = ${detail}
    where id = ${id} and state = 'pending' and held_rt is null`;
}

/** Long enough for somebody to come back from holidays. */
const HELD_DAYS = 30;
const HOLD_WORDS = {
  credentials: 'credentials refused',
  outage: 'does not answer',
  configuration: 'is not set up right',
  by_hand: 'disabled',
  order: 'an earlier status of the case goes first',
} as const;

/** It is done, and its connection has answered as it should: that ends a row of failures. Null where it needed none. */
export async function finishExecution(db: Db, id: string, result: string, connectionId: string | null): Promise<void> {
  await db`
    with done as (
      update execution set state = 'done', result = ${result}, finished_at = app_now(), error_code = null, error_detail = null
      where id = ${id} and state = 'pending'
      returning id, enrollment_id, kind, finished_at
    ), told as (
      insert into timeline (campaign_id, enrollment_id, contact_id, kind, data, actor, at)
      select e.campaign_id, e.id, e.contact_id, 'action_done',
        jsonb_build_object('executionId', d.id, 'action', d.kind, 'result', ${result}::text), 'system', d.finished_at
      from done d join enrollment e on e.id = d.enrollment_id
      where d.kind <> 'classify'
    )
    ${answered(db, connectionId)}`;
}

interface FailedTry {
  readonly code: string;
  /** Real milliseconds before the next one. */
  readonly restMs: number | null;
  /** For sure nothing came of this first try: it needs no look-up, and its connection may be chosen anew. */
  readonly isUnsent: boolean;
}

/** A try failed; it stays open for the next one. */
export async function noteExecutionError(db: Db, id: string, { code, restMs, isUnsent }: FailedTry): Promise<void> {
  await db`
    update execution set error_code = ${code}, error_detail = null,
      not_before_rt = clock_timestamp() + make_interval(secs => ${restMs === null ? null : restMs / 1000}::float8),
      sent_rt = case when ${isUnsent} then null else sent_rt end
    where id = ${id} and state = 'pending'`;
}

/**
 * The last word: visible, and only an operator's retry opens it again. Where for sure nothing came of the only try, what the
 * retry comes to is judged by itself.
 */
export async function failExecution(
  sql: Sql,
  id: string,
  { code, isUnsent = false }: { readonly code: string | null; readonly isUnsent?: boolean },
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const [row] = await tx<{ enrollmentId: string; kind: string; errorCode: string | null; now: number }[]>`
      update execution set state = 'failed', error_code = coalesce(${code}, error_code), finished_at = app_now(),
        sent_rt = case when ${isUnsent} then null else sent_rt end, held_rt = null, hold_ends_rt = null
      where id = ${id} and state = 'pending'
      returning enrollment_id, kind, error_code, ms(app_now()) as now`;
    if (row === undefined) return;
    await recordTimeline(tx, {
      enrollmentId: row.enrollmentId,
      kind: 'action_failed',
      data: { executionId: id, action: row.kind, code: row.errorCode },
      actor: 'system',
      at: row.now,
    });
  });
}

/** What a person wrote and how this campaign reads it: all that a classifier may see. */
export interface ReplyToClassify {
  readonly text: string;
  readonly phrases: Readonly<Record<string, readonly string[]>>;
  readonly zone: string;
  readonly now: number;
  /** The attempt that the person answered, if it is known. */
  readonly attemptId: string | null;
}

export async function getReplyToClassify(db: Db, factId: string): Promise<ReplyToClassify | null> {
  const [row] = await db<ReplyToClassify[]>`
    select m.body as text, v.policy -> 'phrases' as phrases, p.places -> 'zones' ->> 0 as zone, ms(f.at) as now, f.attempt_id
    from fact f
    join message m on m.fact_id = f.id and m.direction = 'in'
    join enrollment e on e.id = f.enrollment_id
    join campaign c on c.id = e.campaign_id
    join version v on v.id = c.current_version_id
    join contact p on p.id = e.contact_id
    where f.id = ${factId}`;
  return row ?? null;
}
