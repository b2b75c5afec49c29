import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { CallOrder } from './call-order';
import type { MessageOrder } from './message-order';

/** A call resource never shows `initiated`: that is the name of an event. */
export const CallStatusSchema = z.enum([
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
]);
export type CallStatus = z.infer<typeof CallStatusSchema>;

export const MessageStatusSchema = z.enum(['queued', 'sent', 'delivered', 'undelivered', 'failed', 'received']);
export type MessageStatus = z.infer<typeof MessageStatusSchema>;

export interface Call {
  readonly sid: string;
  readonly order: CallOrder;
  readonly attemptId: string | undefined;
  readonly createdRt: number;
  updatedRt: number;
  status: CallStatus;
  /** When dialling began. */
  startedRt: number | null;
  answeredRt: number | null;
  endedRt: number | null;
  answeredBy: string | null;
}

export interface Message {
  readonly sid: string;
  readonly order: MessageOrder;
  readonly attemptId: string | undefined;
  readonly direction: 'outbound-api' | 'inbound';
  readonly createdRt: number;
  updatedRt: number;
  status: MessageStatus;
  sentRt: number | null;
  errorCode: string | null;
}

/** What Twilio keeps for one account. */
export interface Account {
  readonly calls: Map<string, Call>;
  readonly messages: Map<string, Message>;
  /** Recordings that were deleted: there is one of each call that a person answered. */
  readonly deletedRecordings: Set<string>;
  /** Pairs of our number and a person's for which Twilio blocks texts after a STOP. */
  readonly blocks: Set<string>;
}

export const CALL_ENDS: ReadonlySet<CallStatus> = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

export function createAccount(): Account {
  return { calls: new Map(), messages: new Map(), deletedRecordings: new Set(), blocks: new Set() };
}

export function newSid(prefix: 'CA' | 'SM'): string {
  return `${prefix}${randomBytes(16).toString('hex')}`;
}

export function newCall(sid: string, order: CallOrder, attemptId: string | undefined, rt: number): Call {
  return {
    sid,
    order,
    attemptId,
    createdRt: rt,
    updatedRt: rt,
    status: 'queued',
    startedRt: null,
    answeredRt: null,
    endedRt: null,
    answeredBy: null,
  };
}

export function newMessage(
  sid: string,
  order: MessageOrder,
  direction: Message['direction'],
  attemptId: string | undefined,
  rt: number,
): Message {
  const status = direction === 'inbound' ? 'received' : 'queued';
  return { sid, order, attemptId, direction, createdRt: rt, updatedRt: rt, status, sentRt: null, errorCode: null };
}

export function isBlocked(account: Account, ours: string, theirs: string): boolean {
  return account.blocks.has(blockKey(ours, theirs));
}

export function blockKey(ours: string, theirs: string): string {
  return `${ours} ${theirs}`;
}

export function applyCallStatus(call: Call, status: CallStatus | 'initiated', rt: number): void {
  call.updatedRt = rt;
  if (status === 'initiated') call.startedRt = rt;
  else call.status = status;
  if (status === 'in-progress') call.answeredRt = rt;
  if (status !== 'initiated' && CALL_ENDS.has(status)) call.endedRt = rt;
}

export function applyMessageStatus(
  message: Message,
  status: MessageStatus,
  errorCode: string | null,
  rt: number,
): void {
  message.status = status;
  message.updatedRt = rt;
  message.errorCode = errorCode;
  if (status === 'sent') message.sentRt = rt;
}
