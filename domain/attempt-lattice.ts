import type { AnsweredBy, CallStatus, MessageStatus } from './fact';
import type { Disposition } from './planner-input';

/** Callbacks come late, twice and in any order: an attempt only ever moves up these ranks, so order and repetition don't matter (INV-7). */

const CALL_RANK: Readonly<Record<CallStatus, number>> = {
  queued: 1,
  initiated: 2,
  ringing: 3,
  in_progress: 4,
  // Terminal words beat the others; among themselves the richer evidence wins, whichever came first.
  canceled: 10,
  failed: 11,
  busy: 12,
  no_answer: 13,
  completed: 14,
};
const FIRST_TERMINAL_CALL = 10;

const MESSAGE_RANK: Readonly<Record<MessageStatus, number>> = {
  queued: 1,
  sending: 2,
  sent: 3,
  canceled: 10,
  failed: 11,
  undelivered: 12,
  delivered: 13,
};
const FIRST_TERMINAL_MESSAGE = 10;

/** A machine, once heard, is not unheard; "unknown" teaches nothing. */
const ANSWERER_RANK: Readonly<Record<AnsweredBy, number>> = { unknown: 0, fax: 1, human: 2, machine: 3 };

export interface Standing {
  readonly status: string | null;
  readonly rank: number;
}

export function raiseCall(now: Standing, status: CallStatus): Standing & { readonly raised: boolean } {
  return raise(now, status, CALL_RANK[status]);
}

export function raiseMessage(now: Standing, status: MessageStatus): Standing & { readonly raised: boolean } {
  return raise(now, status, MESSAGE_RANK[status]);
}

export function isTerminalCall(rank: number): boolean {
  return rank >= FIRST_TERMINAL_CALL;
}

/** Somebody or something picked up. */
export function isCompletedCall(rank: number): boolean {
  return rank === CALL_RANK.completed;
}

export function isTerminalMessage(rank: number): boolean {
  return rank >= FIRST_TERMINAL_MESSAGE;
}

export function richerAnswerer(now: AnsweredBy | null, heard: AnsweredBy): AnsweredBy {
  return now === null || ANSWERER_RANK[heard] > ANSWERER_RANK[now] ? heard : now;
}

/** Of two error codes one stays, whichever came first; which of them doesn't matter, and none is ever erased. */
export function keptErrorCode(now: string | null, heard: string): string {
  return now === null || heard > now ? heard : now;
}

/** How an ended call went. A machine or a fax is not a person (P-38), unless the agent's tag says that one was reached. */
export function dispositionOf(rank: number, answeredBy: AnsweredBy | null, outcome: string | null): Disposition {
  switch (rank) {
    case CALL_RANK.completed:
      return isMachine(answeredBy) && !provesPerson(outcome) ? 'voicemail' : 'answered';
    case CALL_RANK.busy:
      return 'busy';
    case CALL_RANK.no_answer:
      return 'no_answer';
    case CALL_RANK.canceled:
      return 'canceled';
    default:
      return 'failed';
  }
}

export function messageDispositionOf(rank: number): Disposition {
  return rank === MESSAGE_RANK.delivered ? 'delivered' : 'undelivered';
}

function isMachine(answeredBy: AnsweredBy | null): boolean {
  return answeredBy === 'machine' || answeredBy === 'fax';
}

function provesPerson(outcome: string | null): boolean {
  return outcome === 'successful' || outcome === 'converted' || outcome === 'disqualified';
}

function raise(now: Standing, status: string, rank: number): Standing & { readonly raised: boolean } {
  return rank > now.rank ? { status, rank, raised: true } : { status: now.status, rank: now.rank, raised: false };
}
