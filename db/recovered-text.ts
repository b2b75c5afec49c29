import type { Sql } from './client';
import { type HeardText, hearText } from './heard-text';
import { phoneOf } from './phone-address';

/** A text out of the provider's books, heard as its webhook would have been. True = it was news. */
export async function recoverText(
  sql: Sql,
  text: Pick<HeardText, 'sid' | 'from' | 'to' | 'text'>,
  addressKey: string,
): Promise<boolean> {
  // Short codes and names are nobody's.
  if (phoneOf(text.from, addressKey) === null) return false;
  const raw = { MessageSid: text.sid, From: text.from, To: text.to, Body: text.text };
  const { duplicate } = await hearText(sql, { ...text, source: 'recovery', raw }, addressKey);
  return !duplicate;
}
