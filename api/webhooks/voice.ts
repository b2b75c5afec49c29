import { transferNumberOf } from '../../db/agent';
import { keepArrival } from '../../db/arrival';
import { recordTurn } from '../../db/call-turn';
import { receiveHandoff } from '../../db/handoff';
import type { AttemptRoute } from '../../db/inbound';
import { type Received, receive } from '../../db/inbox';
import { recordTransfer, type Transfer } from '../../db/transfer';
import type { FactBody } from '../../domain/fact';
import { answeredByOf, callStatusOf } from '../../domain/provider-words';
import { revocationOf } from '../../domain/revocation';
import { announce } from '../../engine/announce';
import type { ApiDeps } from '../deps';
import type { Parameters } from './parameters';
import { asksForPerson } from './spoken-request';

/** What the provider asks and tells while a call lives. The dialogue itself is a voice agent's; here are its edges. */

export interface CallHook {
  readonly route: AttemptRoute;
  readonly parameters: Parameters;
}

/** As much of a call as says who listens. */
interface HeardCall {
  readonly route: Pick<AttemptRoute, 'answeredBy' | 'voicemailText'>;
  readonly parameters: Parameters;
}

/** How the call goes on. */
export type Reaction =
  | { readonly kind: 'greet'; readonly text: string }
  /** Wait in silence: perhaps it is a machine that still talks. */
  | { readonly kind: 'listen_on' }
  /** Null leaves no message. */
  | { readonly kind: 'voicemail'; readonly text: string | null }
  /** Put through to the team; what came of it is told afterwards. */
  | { readonly kind: 'transfer'; readonly text: string; readonly number: string }
  | { readonly kind: 'end'; readonly text: string };

type Spoken = Extract<Reaction, { kind: 'transfer' | 'end' }>;

const OPT_OUT_KEY = '9';
const EVERY_CHANNEL: Extract<FactBody, { kind: 'opted_out' }>['channels'] = ['voice', 'sms', 'email'];
const GOODBYE = 'Thank you. Goodbye.';
export const REMOVED = 'You will not hear from us again. Goodbye.';
const PUTTING_THROUGH = 'One moment please, I am putting you through.';
const NOT_REACHED = 'Nobody could be reached just now. A person from our team will call you back. Goodbye.';
const HANDED_OVER = 'A person from our team will get back to you. Goodbye.';
const ACKNOWLEDGED = 'Thank you. We have noted that. Goodbye.';
/** What the provider says of a transfer that somebody took. */
const WAS_REACHED: ReadonlySet<string> = new Set(['completed', 'answered']);
const LONGEST_SPEECH = 4_000;

/** Rounds of silence, five seconds each, before a call is given up that may still turn out to be a machine's: the provider listens for 30 s. */
const MOST_ROUNDS = 6;

/** Somebody, or a machine, picked up. */
export async function answerCall(deps: ApiDeps, hook: CallHook): Promise<Reaction> {
  await tellProgress(deps, hook, 'answer');
  const { route } = hook;
  return isMachine(hook) ? { kind: 'voicemail', text: route.voicemailText } : { kind: 'greet', text: route.greeting };
}

/** What was said or pressed; nothing at all, if nobody answered the greeting. */
export async function hearAnswer(deps: ApiDeps, hook: CallHook, round: number): Promise<Reaction> {
  const { route, parameters } = hook;
  const digits = (parameters['Digits'] ?? '').slice(0, 20);
  const said = (parameters['SpeechResult'] ?? '').slice(0, LONGEST_SPEECH);
  if (digits === '' && said === '') return afterSilence(hook, round);
  const reaction = await reactTo(deps, hook, said);
  await recordTurn(deps.sql, { attemptId: route.attemptId, said, digits, answer: reaction.text });
  return reaction;
}

/** The team's phone has rung: whether anybody picked up, and for how long they talked. */
export async function hearTransfer(deps: ApiDeps, hook: CallHook): Promise<Reaction> {
  const { parameters } = hook;
  const isReached = WAS_REACHED.has(parameters['DialCallStatus'] ?? '');
  const seconds = Number(parameters['DialCallDuration']);
  await tellTransfer(deps, hook, 'result', {
    steps: isReached ? ['transfer_bridged', 'transfer_ended'] : ['transfer_cancelled'],
    data: isReached && seconds >= 0 ? { seconds } : { result: (parameters['DialCallStatus'] ?? '').slice(0, 20) },
  });
  return { kind: 'end', text: isReached ? '' : NOT_REACHED };
}

/** What follows when nobody said a word, in the round of that number. */
export function afterSilence(hook: HeardCall, round: number): Reaction {
  const { answeredBy, voicemailText } = hook.route;
  if (isMachine(hook)) return { kind: 'voicemail', text: voicemailText };
  const mayBeMachine = answeredBy === null && voicemailText !== null;
  return mayBeMachine && round < MOST_ROUNDS ? { kind: 'listen_on' } : { kind: 'end', text: GOODBYE };
}

/** A change of the call's status: repeated, late and in any order. */
export async function tellProgress(deps: ApiDeps, { route, parameters }: CallHook, source = 'status'): Promise<void> {
  const word = parameters['CallStatus'] ?? '';
  const status = callStatusOf(word);
  if (status === null || (status === 'initiated' && route.isAccepted)) return keepWord(deps, route, parameters, word);
  const seconds = Number(parameters['CallDuration']);
  const sequence = parameters['SequenceNumber'] ?? source;
  await tell(deps, { route, parameters }, `${word}:${sequence}`, {
    kind: 'call_progress',
    status,
    ...sidOf(parameters),
    ...(Number.isInteger(seconds) && seconds >= 0 && parameters['CallDuration'] !== undefined
      ? { durationSeconds: seconds }
      : {}),
    ...errorOf(parameters),
  });
}

/** Machine detection runs beside the call. */
export async function tellMachine(deps: ApiDeps, { route, parameters }: CallHook): Promise<void> {
  const word = parameters['AnsweredBy'] ?? '';
  const answeredBy = answeredByOf(word);
  await tell(deps, { route, parameters }, `machine:${word}`, {
    kind: 'machine_detected',
    answeredBy,
    ...sidOf(parameters),
  });
}

/** Stays in the order of what must never be missed: an end of all contact, then a doubt about it, then a wish for a person. */
async function reactTo(deps: ApiDeps, hook: CallHook, said: string): Promise<Spoken> {
  const source = optOutOf(hook.parameters);
  if (source !== null) {
    await tell(deps, hook, 'opted_out', { kind: 'opted_out', source, channels: EVERY_CHANNEL });
    return { kind: 'end', text: REMOVED };
  }
  if (revocationOf(said).verdict === 'unclear') {
    await tell(deps, hook, 'handoff', {
      kind: 'handoff_requested',
      reason: 'what was said on the call may have meant "stop"',
    });
    return { kind: 'end', text: HANDED_OVER };
  }
  if (asksForPerson(said)) {
    await tell(deps, hook, 'handoff', { kind: 'handoff_requested', reason: 'asked for a person on the call' });
    return putThrough(deps, hook);
  }
  return { kind: 'end', text: ACKNOWLEDGED };
}

async function putThrough(deps: ApiDeps, hook: CallHook): Promise<Spoken> {
  const number = await transferNumberOf(deps.sql, hook.route.attemptId);
  if (number === null) return { kind: 'end', text: HANDED_OVER };
  await tellTransfer(deps, hook, 'start', { steps: ['transfer_started'] });
  return { kind: 'transfer', text: PUTTING_THROUGH, number };
}

async function tellTransfer(
  { sql }: ApiDeps,
  { route: { attemptId, enrollmentId }, parameters: raw }: CallHook,
  event: string,
  transfer: Pick<Transfer, 'steps' | 'data'>,
): Promise<void> {
  const eventKey = `twilio:${raw['CallSid'] ?? attemptId}:transfer:${event}`;
  await recordTransfer(sql, {
    source: 'twilio',
    eventKey,
    raw,
    actor: 'provider',
    attemptId,
    enrollmentId,
    ...transfer,
  });
}

async function tell(deps: ApiDeps, { route, parameters }: CallHook, event: string, body: FactBody): Promise<void> {
  const { attemptId, enrollmentId } = route;
  const arrival = {
    source: 'twilio',
    eventKey: `twilio:${parameters['CallSid'] ?? attemptId}:${event}`,
    raw: parameters,
    actor: 'provider',
    fact: { attemptId, enrollmentId, body },
  };
  const received: Received =
    body.kind === 'handoff_requested' ? await receiveHandoff(deps.sql, arrival) : await receive(deps.sql, arrival);
  void announce(deps, received);
}

/** A word that is new to us, or proves what is known, changes nothing; but it was said. */
async function keepWord({ sql }: ApiDeps, route: AttemptRoute, raw: Parameters, word: string): Promise<void> {
  await keepArrival(sql, { source: 'twilio', eventKey: `twilio:${raw['CallSid'] ?? route.attemptId}:${word}`, raw });
}

/** An end of all contact, by key or by word; null = neither. */
export function optOutOf({ Digits: digits, SpeechResult: said = '' }: Parameters): 'keypress' | 'speech' | null {
  if (digits === OPT_OUT_KEY) return 'keypress';
  return revocationOf(said.slice(0, LONGEST_SPEECH)).verdict === 'revoke' ? 'speech' : null;
}

export function isMachine({ route, parameters }: HeardCall): boolean {
  const told = parameters['AnsweredBy'];
  return route.answeredBy === 'machine' || (told !== undefined && answeredByOf(told) === 'machine');
}

function sidOf(parameters: Parameters): { sid?: string } {
  const sid = parameters['CallSid'];
  return sid === undefined ? {} : { sid };
}

function errorOf(parameters: Parameters): { errorCode?: string } {
  const errorCode = parameters['ErrorCode'];
  return errorCode === undefined || errorCode === '' ? {} : { errorCode: errorCode.slice(0, 60) };
}
