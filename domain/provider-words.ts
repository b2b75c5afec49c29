import type { AnsweredBy, CallStatus, FactBody, MessageStatus } from './fact';

/** The telephone provider's words in ours. A word that is new to us says nothing rather than something wrong. */

const CALL_WORDS: ReadonlyMap<string, CallStatus> = new Map([
  ['queued', 'queued'],
  ['initiated', 'initiated'],
  ['ringing', 'ringing'],
  ['in-progress', 'in_progress'],
  ['completed', 'completed'],
  ['busy', 'busy'],
  ['no-answer', 'no_answer'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
]);

const MESSAGE_WORDS: ReadonlyMap<string, MessageStatus> = new Map([
  ['accepted', 'queued'],
  ['scheduled', 'queued'],
  ['queued', 'queued'],
  ['sending', 'sending'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'delivered'],
  ['undelivered', 'undelivered'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
]);

export function callStatusOf(word: string): CallStatus | null {
  return CALL_WORDS.get(word) ?? null;
}

export function messageStatusOf(word: string): MessageStatus | null {
  return MESSAGE_WORDS.get(word) ?? null;
}

export function answeredByOf(word: string): AnsweredBy {
  if (word === 'human' || word === 'fax') return word;
  return word.startsWith('machine') ? 'machine' : 'unknown';
}

export interface ProviderState {
  readonly sid: string;
  readonly status: string;
  readonly answeredBy?: string;
  readonly durationSeconds?: number;
  readonly errorCode?: string;
}

/** What a look-up of a call tells, as the facts its callbacks would have been. */
export function callFactsOf({ sid, status, answeredBy, durationSeconds, errorCode }: ProviderState): FactBody[] {
  const word = callStatusOf(status);
  if (word === null) return [];
  const machine: FactBody[] =
    answeredBy === undefined ? [] : [{ kind: 'machine_detected', answeredBy: answeredByOf(answeredBy), sid }];
  return [
    ...machine,
    {
      kind: 'call_progress',
      status: word,
      sid,
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(errorCode === undefined ? {} : { errorCode }),
    },
  ];
}

/** The same for a message. */
export function messageFactsOf({ sid, status, errorCode }: ProviderState): FactBody[] {
  const word = messageStatusOf(status);
  if (word === null) return [];
  return [{ kind: 'message_progress', status: word, sid, ...(errorCode === undefined ? {} : { errorCode }) }];
}
