import { inTransaction, type Db, type Sql } from './client';
import { recordTimeline } from './timeline';

/** One ordered effect with what its runner needs to know. */
export interface Execution {
  readonly id: string;
  readonly kind: 'crm_status' | 'crm_note' | 'classify';
  readonly state: 'pending' | 'done' | 'failed';
  readonly payload: { readonly status?: string; readonly text?: string };
  readonly enrollmentId: string;
  readonly factId: string;
  readonly caseExternalId: string | null;
  /** Was the effect sent before without a recorded answer? */
  readonly sentBefore: boolean;
}

export async function getExecution(db: Db, id: string): Promise<Execution> {
  const [row] = await db<Execution[]>`
    select x.id, x.kind, x.state, x.payload, x.enrollment_id, x.fact_id, k.external_id as case_external_id,
      x.sent_rt is not null as sent_before
    from execution x left join cases k on k.id = x.case_id
    where x.id = ${id}`;
  if (row === undefined) throw new Error(`there is no execution ${id}`);
  return row;
}

/** The claim of an effect: written before anything leaves the machine. */
export async function claimExecution(db: Db, id: string): Promise<void> {
  await db`update execution set sent_rt = coalesce(sent_rt, clock_timestamp()), tries = tries + 1 where id = ${id} and state = 'pending'`;
}

export async function finishExecution(sql: Sql, id: string, result: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const [row] = await tx<{ enrollmentId: string; kind: string; now: number }[]>`
      update execution set state = 'done', result = ${result}, finished_at = app_now(), error_code = null
      where id = ${id} and state = 'pending'
      returning enrollment_id, kind, ms(app_now()) as now`;
    if (row === undefined || row.kind === 'classify') return;
    await recordTimeline(tx, {
      enrollmentId: row.enrollmentId,
      kind: 'action_done',
      data: { executionId: id, action: row.kind, result },
      actor: 'system',
      at: row.now,
    });
  });
}

/** A try failed; it stays open for the next one. */
export async function noteExecutionError(db: Db, id: string, code: string): Promise<void> {
  await db`update execution set error_code = ${code} where id = ${id} and state = 'pending'`;
}

/** The last word: visible, and only an operator's retry opens it again. */
export async function failExecution(sql: Sql, id: string, code: string | null): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const [row] = await tx<{ enrollmentId: string; kind: string; errorCode: string | null; now: number }[]>`
      update execution set state = 'failed', error_code = coalesce(${code}, error_code), finished_at = app_now()
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
