import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import type { RowPage } from './enrollment-views';
import { Refusal } from './refusal';

export interface ExecutionRow {
  readonly id: string;
  readonly seq: number;
  readonly enrollmentId: string;
  readonly factId: string;
  /** Null = ordered by the engine itself and by no rule. */
  readonly ruleKey: string | null;
  readonly actionIx: number;
  readonly caseExternalId: string | null;
  readonly kind: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'done' | 'failed';
  readonly tries: number;
  readonly result: string | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly at: Instant;
  readonly finishedAt: Instant | null;
}

/** Oldest first. */
export async function listExecutions(db: Db, { enrollmentId, after, limit }: RowPage): Promise<ExecutionRow[]> {
  return db<ExecutionRow[]>`
    select ${columns(db)}
    from execution x
    left join cases k on k.id = x.case_id
    where x.enrollment_id = ${enrollmentId} and (${after}::bigint is null or x.seq > ${after})
    order by x.seq
    limit ${limit}`;
}

/** Takes up a failed execution again under its old identity, so that the CRM still sees one effect. What is pending or done stays as it is. */
export async function retryExecution(sql: Sql, id: string, actor: string): Promise<ExecutionRow> {
  return inTransaction(sql, async (tx) => {
    const [owner] = await tx<{ enrollmentId: string }[]>`select enrollment_id from execution where id = ${id}`;
    if (owner === undefined) throw new Refusal('not_found', `there is no execution ${id}`);
    await tx`select from enrollment where id = ${owner.enrollmentId} for update`;
    const execution = await getExecution(tx, id);
    if (execution.state === 'pending') return execution;
    if (execution.state === 'done')
      throw new Refusal('wrong_status', 'the action is done; only a failed one can be retried');
    const [erased] = await tx`
      select 1 from enrollment e join contact p on p.id = e.contact_id and p.erased_rt is not null
      where e.id = ${owner.enrollmentId}`;
    if (erased !== undefined)
      throw new Refusal('wrong_status', 'the contact was erased; nothing is done about it any more');
    await tx`
      update execution set state = 'pending', finished_at = null, error_code = null, error_detail = null
      where id = ${id}`;
    // An enrollment that has ended has no workflow any more: it counts as not started, so that one begins.
    await tx`
      update enrollment set wants_workflow = true,
        started_rt = case when wants_workflow then started_rt end,
        stepped_rt = case when wants_workflow then stepped_rt end
      where id = ${owner.enrollmentId}`;
    await tx`insert into wake (enrollment_id, reason) values (${owner.enrollmentId}, 'execution_retry')`;
    await recordChange(tx, { entity: 'execution', entityId: id, change: 'retried', actor });
    return getExecution(tx, id);
  });
}

async function getExecution(db: Db, id: string): Promise<ExecutionRow> {
  const [row] = await db<ExecutionRow[]>`
    select ${columns(db)}
    from execution x
    left join cases k on k.id = x.case_id
    where x.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no execution ${id}`);
  return row;
}

function columns(db: Db) {
  return db`
    x.id, x.seq::int, x.enrollment_id, x.fact_id, x.rule_key, x.action_ix, k.external_id as case_external_id, x.kind,
    x.payload, x.state, x.tries, x.result, x.error_code, x.error_detail, ms(x.at) as at, ms(x.finished_at) as finished_at`;
}
