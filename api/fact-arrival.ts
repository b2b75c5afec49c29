import { appNow } from '../db/clock';
import type { Sql } from '../db/client';
import { formOfEnrollment, placeOfEnrollment, requireEnrollment } from '../db/enrollment-views';
import { attemptOfSid, attemptRoute } from '../db/inbound';
import type { NewFact } from '../db/inbox';
import { mappedOutcome } from '../db/rule-setting';
import { enrollmentOfFormToken } from '../db/tokens';
import { parseCallbackTime } from '../domain/callback-time';
import type { FactBody } from '../domain/fact';
import { toIso } from '../domain/instant';
import { CallOutcomeSchema } from '../domain/rule';
import { ApiError } from './errors';
import type { FactInput, FactInputOf } from './fact-body';

/** Whom a fact is about; nobody when the call is not known (yet): it is kept all the same and waits in the handoff inbox. */
type Target = Pick<NewFact, 'attemptId' | 'enrollmentId' | 'callSid'>;

interface Deps {
  readonly sql: Sql;
  readonly secretKey: string;
}

/** Every kind but mail, which finds its way by address. */
export type DirectFact = Exclude<FactInput, { kind: 'inbound_email' }>;

/** What an outside platform told, as a fact of ours. */
export async function factOf(deps: Deps, input: DirectFact): Promise<NewFact> {
  switch (input.kind) {
    case 'call_outcome': {
      const target = await targetOf(deps, input);
      return { body: await outcomeBody(deps, input, target), ...target };
    }
    case 'wrong_number':
      return { body: { kind: input.kind }, ...(await targetOf(deps, input)) };
    case 'handoff_requested': {
      const { kind, reason } = input;
      return { body: { kind, ...(reason === undefined ? {} : { reason }) }, ...(await targetOf(deps, input)) };
    }
    case 'callback_requested': {
      const target = await targetOf(deps, input);
      return { body: await callbackBody(deps, input, target), ...target };
    }
    case 'form_started':
    case 'form_completed':
      return formFact(deps, input);
  }
}

async function targetOf(
  { sql }: Deps,
  {
    attemptId,
    enrollmentId,
    callSid,
  }: { attemptId?: string | undefined; enrollmentId?: string | undefined; callSid?: string | undefined },
): Promise<Target> {
  if (attemptId !== undefined) {
    const attempt = await attemptRoute(sql, attemptId);
    if (attempt === null) throw unknownTarget('attemptId', attemptId, 'there is no such attempt');
    return { attemptId, enrollmentId: attempt.enrollmentId };
  }
  if (enrollmentId !== undefined) {
    await requireEnrollment(sql, enrollmentId);
    return { enrollmentId };
  }
  return callSid === undefined ? {} : ((await attemptOfSid(sql, callSid)) ?? { callSid });
}

/** an outcome that the mapping doesn't know is recorded under its own name. */
async function outcomeBody(
  { sql }: Deps,
  { outcome: told, by, runRules, summary }: FactInputOf<'call_outcome'>,
  { enrollmentId }: Target,
): Promise<FactBody> {
  const kind = 'call_outcome' as const;
  const rest = summary === undefined ? {} : { summary };
  const own = CallOutcomeSchema.safeParse(told);
  if (own.success) return { kind, outcome: own.data, by, runRules, ...rest };
  const outcome = enrollmentId === undefined ? null : await mappedOutcome(sql, enrollmentId, told);
  if (outcome === null) return { kind: 'outcome_unmapped', named: told, runRules, ...rest };
  return { kind, outcome, by, runRules, named: told, ...rest };
}

/** A wish that no time can be read out of is a person's business. */
async function callbackBody(
  { sql }: Deps,
  input: FactInputOf<'callback_requested'>,
  { enrollmentId }: Target,
): Promise<FactBody> {
  const now = await appNow(sql);
  if (input.at !== undefined) {
    if (input.at <= now) throw pastCallback(input.at, now);
    return { kind: 'callback_requested', at: input.at };
  }
  const words = input.text ?? '';
  const zone = enrollmentId === undefined ? null : await placeOfEnrollment(sql, enrollmentId);
  const at = zone === null ? null : parseCallbackTime(words, now, zone);
  if (at !== null) return { kind: 'callback_requested', at };
  return { kind: 'handoff_requested', reason: `a callback was asked for, and no time could be read out of "${words}"` };
}

/** S0-32: there is a form to speak of only where the campaign has one. */
async function formFact(
  { sql, secretKey }: Deps,
  input: FactInputOf<'form_started' | 'form_completed'>,
): Promise<NewFact> {
  const { formToken, enrollmentId: givenId } = input;
  const enrollmentId = formToken === undefined ? givenId : (enrollmentOfFormToken(secretKey, formToken) ?? undefined);
  if (enrollmentId === undefined) throw unknownTarget('formToken', formToken, 'this link to a form is not known');
  await requireEnrollment(sql, enrollmentId);
  const formId = await formOfEnrollment(sql, enrollmentId);
  if (formId === null) throw new ApiError('wrong_status', 'the campaign has no form attached (S0-32)');
  const body: FactBody =
    input.kind === 'form_started' ? { kind: input.kind, formId } : { kind: input.kind, formId, answers: input.answers };
  return { body, enrollmentId };
}

function unknownTarget(field: string, value: unknown, detail: string): ApiError {
  return new ApiError('not_found', detail, [{ pointer: `#/${field}`, detail, value }]);
}

export function pastCallback(at: number, now: number): ApiError {
  return pastInstant(at, now, 'the callback');
}

export function pastInstant(at: number, now: number, what = 'it'): ApiError {
  const detail = `must lie after ${toIso(now)}`;
  return new ApiError('invalid_body', `${what} ${detail}`, [{ pointer: '#/at', detail, value: toIso(at) }]);
}
