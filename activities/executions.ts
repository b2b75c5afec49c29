import { ApplicationFailure } from '@temporalio/activity';
import type { Sql } from '../db/client';
import {
  claimExecution,
  failExecution,
  finishExecution,
  getExecution,
  noteExecutionError,
  type Execution,
} from '../db/execution';
import { renderNote } from '../db/note';
import type { ReplyClassifier } from '../domain/reply-classifier';
import { classifyReplyOf } from './classify';
import type { ExecutionActivities, ExecutionsResult } from './contract';
import { CrmError, type Crm } from './providers/provider';

export interface ExecutionDeps {
  readonly sql: Sql;
  /** Null while no CRM is connected: its actions then fail with that reason. */
  readonly crm: Crm | null;
  readonly classifier: ReplyClassifier;
}

/** Carries out what rules ordered. One failing effect neither stops nor delays another (S0-45). */
export function createExecutions(deps: ExecutionDeps): ExecutionActivities {
  return {
    async runExecutions({ executionIds }): Promise<ExecutionsResult> {
      const runs = await Promise.all(executionIds.map(async (id) => ({ id, ...(await tryOnce(deps, id)) })));
      return { failed: runs.filter(({ failed }) => failed).map(({ id }) => id), news: runs.some(({ news }) => news) };
    },
    async retryExecution({ executionId }) {
      const { failed, news, error } = await tryOnce(deps, executionId);
      if (failed) throw retryable(error);
      return { news };
    },
    async giveUpExecution({ executionId }) {
      await failExecution(deps.sql, executionId, null);
    },
  };
}

/** A CRM that says when it may be asked again is asked then, not before. */
function retryable(error: Error | undefined): ApplicationFailure {
  const delay = error instanceof CrmError && error.retryAfterMs !== null ? { nextRetryDelay: error.retryAfterMs } : {};
  return ApplicationFailure.create({ message: error?.message ?? 'failed', type: error?.name ?? 'Error', ...delay });
}

interface Tried {
  readonly failed: boolean;
  readonly news: boolean;
  readonly error?: Error;
}

/** Final failures are recorded and count as over; the others are for the retry policy. */
async function tryOnce(deps: ExecutionDeps, id: string): Promise<Tried> {
  const execution = await getExecution(deps.sql, id);
  if (execution.state !== 'pending') return { failed: false, news: execution.kind === 'classify' };
  await claimExecution(deps.sql, id);
  try {
    await carryOut(deps, execution);
    return { failed: false, news: execution.kind === 'classify' };
  } catch (error) {
    const code = error instanceof CrmError ? error.code : 'failed';
    if (error instanceof CrmError && error.final) {
      await failExecution(deps.sql, id, code);
      return { failed: false, news: false };
    }
    await noteExecutionError(deps.sql, id, code);
    return { failed: true, news: false, error: error instanceof Error ? error : new Error('failed') };
  }
}

async function carryOut(deps: ExecutionDeps, execution: Execution): Promise<void> {
  const { sql, crm } = deps;
  if (execution.kind === 'classify') {
    const bucket = await classifyReplyOf(deps, execution);
    return finishExecution(sql, execution.id, bucket);
  }
  if (crm === null) return failExecution(sql, execution.id, 'no_crm_connected');
  if (execution.caseExternalId === null) return failExecution(sql, execution.id, 'no_case');
  const target = { externalId: execution.caseExternalId };
  if (execution.kind === 'crm_status') {
    const status = execution.payload.status ?? '';
    await crm.setStatus(target, status, execution.id);
    return finishExecution(sql, execution.id, `CRM status "${status}"`);
  }
  const text = await renderNote(sql, execution);
  if (text === null) return failExecution(sql, execution.id, 'template_variable_missing');
  await crm.postNote(target, text, execution.id);
  return finishExecution(sql, execution.id, 'CRM note posted');
}
