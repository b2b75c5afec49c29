import { ApplicationFailure } from '@temporalio/activity';
import type { Sql } from '../db/client';
import {
  type Circuit,
  circuitOf,
  holdConnection,
  recordAnswer,
  recordFailure,
  recordRest,
} from '../db/connection-circuit';
import {
  addEnvironmentConnection,
  claimExecution,
  type Execution,
  failExecution,
  finishExecution,
  getExecution,
  holdExecution,
  noteExecutionError,
  type Route,
  routeOf,
} from '../db/execution';
import { fieldsToWrite, noteOfText, noteTypeOf } from '../db/crm-effect';
import { renderNote } from '../db/note';
import type { ReplyClassifier } from '../domain/reply-classifier';
import { classifyReplyOf } from './classify';
import type { ExecutionActivities, ExecutionsResult } from './contract';
import { type ConnectDeps, connectCrm } from './connect-crm';
import { type Crm, type CrmCase, CrmError, type CrmErrorCode } from './providers/provider';

export interface ExecutionDeps extends ConnectDeps {
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
      await failExecution(deps.sql, executionId, { code: null });
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
  /** The planner has to be asked again. */
  readonly news: boolean;
  readonly error?: Error;
}

const OVER: Tried = { failed: false, news: false };
/** Asked again, so that what was let go on before this was told is found at once; what waits is in nobody's way. */
const HELD: Tried = { failed: false, news: true };

/** Final failures are recorded and count as over, what waits for its connection is; the others are for the retry policy. */
async function tryOnce(deps: ExecutionDeps, id: string): Promise<Tried> {
  const execution = await getExecution(deps.sql, id);
  if (execution.kind === 'classify') return classify(deps, execution);
  if (execution.state !== 'pending' || execution.held) return OVER;
  const route = await routeFor(deps, id);
  if (route === null) return fail(deps, id, 'no_crm_connected');
  const { circuit, waitMs, isBehind } = route;
  if (circuit.state !== 'ok' || isBehind) return hold(deps, id, circuit);
  if (waitMs > 0) return later(new CrmError('rate_limited', false, Math.ceil(waitMs + spread())));
  const effect = await effectOf(deps, execution, circuit.id);
  if (typeof effect === 'string') return fail(deps, id, effect);
  await claimExecution(deps.sql, id, circuit.id);
  try {
    await effect.carryOut(connectCrm(deps, circuit));
  } catch (error) {
    return judge(deps, execution, circuit, error);
  }
  await finishExecution(deps.sql, id, effect.result, circuit.id);
  return OVER;
}

async function classify(deps: ExecutionDeps, execution: Execution): Promise<Tried> {
  const { sql } = deps;
  if (execution.state !== 'pending') return { failed: false, news: true };
  await claimExecution(sql, execution.id, null);
  try {
    await finishExecution(sql, execution.id, await classifyReplyOf(deps, execution), null);
    return { failed: false, news: true };
  } catch (error) {
    await noteExecutionError(sql, execution.id, { code: 'failed', restMs: null, isUnsent: false });
    return later(error);
  }
}

/** The connection of the environment gets its row when it is first needed, and is none where nothing is set up. */
async function routeFor({ sql, crm }: ExecutionDeps, id: string): Promise<Route | null> {
  const route = await routeOf(sql, id);
  if (route !== null) return route.circuit.fromEnvironment && crm === null ? null : route;
  if (crm === null) return null;
  await addEnvironmentConnection(sql);
  return routeOf(sql, id);
}

interface Effect {
  readonly result: string;
  carryOut(crm: Crm): Promise<void>;
}

/** What is to be done, or the reason why it never can. */
async function effectOf(deps: ExecutionDeps, execution: Execution, connectionId: string): Promise<Effect | string> {
  const { id, kind, payload, caseExternalId } = execution;
  if (caseExternalId === null) return 'no_case';
  const target = { externalId: caseExternalId };
  if (kind === 'crm_fields') return writingFields(deps, execution, target, connectionId);
  if (kind === 'crm_note') return postingNote(deps, execution, target, connectionId);
  const { status = '', field = 'status', group = null } = payload;
  return {
    result: `CRM ${field} "${status}"`,
    carryOut: (crm) => crm.setStatus(target, status, id, { field, group }),
  };
}

async function postingNote(
  { sql }: ExecutionDeps,
  execution: Execution,
  target: CrmCase,
  connectionId: string,
): Promise<Effect | string> {
  const { id, payload, sentBefore } = execution;
  const { messageId, noteType } = payload;
  const text = messageId === undefined ? await renderNote(sql, execution) : await noteOfText(sql, messageId);
  if (text === null) return messageId === undefined ? 'template_variable_missing' : 'erased';
  const { type, isOther } = await noteTypeOf(sql, connectionId, noteType);
  const posted = messageId === undefined ? 'CRM note posted' : 'text posted as a CRM note';
  const result = isOther
    ? `${posted}; the CRM has no note type "${noteType}" any more, so it got the usual one`
    : posted;
  return { result, carryOut: (crm) => crm.postNote(target, text, id, sentBefore, type) };
}

async function writingFields(
  { sql }: ExecutionDeps,
  execution: Execution,
  target: CrmCase,
  connectionId: string,
): Promise<Effect> {
  const { values, left } = await fieldsToWrite(sql, execution, connectionId);
  const names = Object.keys(values);
  const said = [
    names.length === 0 ? 'no CRM fields to write' : `CRM fields written: ${names.join(', ')}`,
    ...left.map(({ field, reason }) => `${field} left out (${reason})`),
  ];
  return {
    result: said.join('; '),
    async carryOut(crm) {
      if (names.length === 0) return;
      if (crm.setFields === undefined) throw new CrmError('not_supported', true, null);
      await crm.setFields(target, values, execution.id);
    },
  };
}

/** What a failure means for the action and for its connection. */
async function judge(deps: ExecutionDeps, execution: Execution, circuit: Circuit, error: unknown): Promise<Tried> {
  const { sql } = deps;
  const { id, kind, sentBefore } = execution;
  const { code, final, retryAfterMs } = error instanceof CrmError ? error : UNKNOWN_FAILURE;
  const isOpen = await tell(sql, { id, circuit, code, retryAfterMs });
  const isUnsent = code !== 'failed' && !sentBefore;
  // A note that is tried again is looked for first, whatever the CRM has said of it.
  if (final) return fail(deps, id, code, isUnsent && kind === 'crm_status');
  await noteExecutionError(sql, id, { code, restMs: retryAfterMs, isUnsent });
  return isOpen ? hold(deps, id, await circuitOf(sql, circuit)) : later(error);
}

const UNKNOWN_FAILURE = { code: 'failed', final: false, retryAfterMs: null } as const;

interface Told {
  readonly id: string;
  readonly circuit: Circuit;
  readonly code: CrmErrorCode;
  readonly retryAfterMs: number | null;
}

/** Tells the circuit. True = it is open, and the action has to wait with all others. */
async function tell(sql: Sql, { id, circuit, code, retryAfterMs }: Told): Promise<boolean> {
  const { id: connectionId, revision } = circuit;
  switch (code) {
    case 'credentials':
    case 'configuration':
      return holdConnection(sql, connectionId, revision, code);
    case 'unreachable':
    case 'failed':
      return recordFailure(sql, { connectionId, revision, executionId: id });
    case 'rate_limited':
      if (retryAfterMs !== null) await recordRest(sql, connectionId, retryAfterMs);
      return false;
    default:
      // Refused for a reason of its own: that is an answer.
      await recordAnswer(sql, connectionId);
      return false;
  }
}

async function fail({ sql }: ExecutionDeps, id: string, code: string, isUnsent = false): Promise<Tried> {
  await failExecution(sql, id, { code, isUnsent });
  return OVER;
}

async function hold({ sql }: ExecutionDeps, id: string, circuit: Circuit): Promise<Tried> {
  await holdExecution(sql, id, circuit);
  return HELD;
}

function later(error: unknown): Tried {
  return { failed: true, news: false, error: error instanceof Error ? error : new Error('failed') };
}

/** Real milliseconds, so that all who wait for the same instant don't come at once. */
function spread(): number {
  return Math.random() * SPREAD_MS;
}

const SPREAD_MS = 1_000;
