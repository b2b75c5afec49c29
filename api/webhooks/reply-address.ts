import { isAttemptToken } from '../../db/tokens';
import { readReplyAddress } from '../../domain/reply-address';

/** The attempt that a mail answers, by the address that it was sent to; null unless the address is one that we made. */
export function attemptOfReplyAddress(secretKey: string, address: string): string | null {
  const target = readReplyAddress(address);
  if (target === null || !isAttemptToken(secretKey, target.attemptId, target.token)) return null;
  return target.attemptId;
}
