import * as z from 'zod';
import type { LedgerEntry } from '../ledger-entry';
import type { Ledger } from '../ledger';
import {
  type Account,
  applyCallStatus,
  applyMessageStatus,
  blockKey,
  CALL_ENDS,
  CallStatusSchema,
  MessageStatusSchema,
  newCall,
  newMessage,
} from './account';
import { CallOrderSchema } from './call-order';
import { MessageOrderSchema } from './message-order';

const CallDetailSchema = z.object({ answeredBy: z.string().nullable().default(null) });
const MessageDetailSchema = z.object({ errorCode: z.string().nullable().default(null) });

/**
 * Reads the account back from the ledger after a restart. A call that was live when the simulator died has failed:
 * its callbacks are lost, and whoever asks finds it ended.
 */
export async function restoreAccount(account: Account, ledger: Ledger): Promise<void> {
  for (const entry of ledger.entries()) restoreEntry(account, entry);
  for (const call of account.calls.values()) {
    if (CALL_ENDS.has(call.status)) continue;
    applyCallStatus(call, 'failed', Date.now());
    await ledger.record({
      channel: 'voice',
      kind: 'status',
      sid: call.sid,
      to: call.order.to,
      from: call.order.from,
      attemptId: call.attemptId,
      status: 'failed',
      detail: { reason: 'the simulator was restarted during the call' },
    });
  }
}

function restoreEntry(account: Account, entry: LedgerEntry): void {
  switch (entry.kind) {
    case 'opt_out':
    case 'opt_in':
      return restoreBlock(account, entry);
    case 'create':
      return restoreCreate(account, entry);
    case 'delete':
      account.calls.delete(entry.sid ?? '');
      account.messages.delete(entry.sid ?? '');
      return;
    case 'status':
      return entry.channel === 'voice' ? restoreCallStatus(account, entry) : restoreMessageStatus(account, entry);
    default:
      return;
  }
}

function restoreBlock(account: Account, { kind, from, to }: LedgerEntry): void {
  if (from === undefined || to === undefined) return;
  if (kind === 'opt_out') account.blocks.add(blockKey(to, from));
  else account.blocks.delete(blockKey(to, from));
}

function restoreCreate(account: Account, { channel, accepted, sid, attemptId, rt, detail }: LedgerEntry): void {
  if (accepted !== true || sid === undefined) return;
  if (channel === 'voice') account.calls.set(sid, newCall(sid, CallOrderSchema.parse(detail['order']), attemptId, rt));
  if (channel === 'sms') {
    const order = MessageOrderSchema.parse(detail['order']);
    account.messages.set(sid, newMessage(sid, order, 'outbound-api', attemptId, rt));
  }
}

function restoreCallStatus(account: Account, { sid, status, rt, detail }: LedgerEntry): void {
  const call = account.calls.get(sid ?? '');
  if (call === undefined) return;
  applyCallStatus(call, status === 'initiated' ? status : CallStatusSchema.parse(status), rt);
  call.answeredBy = CallDetailSchema.parse(detail).answeredBy ?? call.answeredBy;
}

function restoreMessageStatus(account: Account, { sid, status, rt, detail }: LedgerEntry): void {
  const message = account.messages.get(sid ?? '');
  if (message === undefined) return;
  applyMessageStatus(message, MessageStatusSchema.parse(status), MessageDetailSchema.parse(detail).errorCode, rt);
}
