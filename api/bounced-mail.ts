import { keepArrival } from '../db/arrival';
import { type SentMail, sentMail } from '../db/inbound';
import { type Arrival, receive, type Received } from '../db/inbox';
import type { Bounce } from '../domain/bounce';
import { DomainError } from '../domain/errors';
import { mailAddress } from '../imports/address';
import type { ApiDeps } from './deps';
import { attemptOfReplyAddress } from './webhooks/reply-address';

/** A mail of ours that came back. What names no mail that we sent is kept and changes nothing, and so is news of a delay. */
export async function takeBounce(deps: ApiDeps, arrival: Omit<Arrival, 'fact'>, bounce: Bounce): Promise<Received> {
  const { kind, status } = bounce;
  const sent = kind === 'delayed' ? null : await returnedMail(deps, bounce);
  if (kind === 'delayed' || sent === null) return keepArrival(deps.sql, arrival);
  const body = { kind: 'message_progress', status: 'undelivered', errorCode: status, bounce: kind } as const;
  return receive(deps.sql, {
    ...arrival,
    fact: { attemptId: sent.attemptId, enrollmentId: sent.enrollmentId, body },
  });
}

/** Proved by the token that only the mail itself carried, else by its unguessable id and the address that it was sent to. */
export async function returnedMail(
  deps: ApiDeps,
  { replyAddresses, attemptIds, recipient }: Bounce,
): Promise<SentMail | null> {
  for (const address of replyAddresses) {
    const attemptId = attemptOfReplyAddress(deps.config.secretKey, address);
    const sent = attemptId === null ? null : await sentMail(deps.sql, attemptId);
    if (sent !== null) return sent;
  }
  const toHash = hashOf(deps, recipient);
  for (const attemptId of attemptIds) {
    const sent = await sentMail(deps.sql, attemptId);
    if (sent !== null && sent.toHash === toHash) return sent;
  }
  return null;
}

function hashOf({ config }: ApiDeps, recipient: string | null): string | null {
  try {
    return recipient === null ? null : mailAddress(recipient, config.addressKey).hash;
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
