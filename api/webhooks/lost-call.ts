import { hearOptOut } from '../../db/heard-opt-out';
import type { ApiDeps } from '../deps';
import type { Parameters } from './parameters';
import { optOutOf } from './voice';

/** Obeys an end of all contact on a call that belongs to no attempt, for the number that was called. False = there was none. */
export async function hearOptOutOfCall(
  { sql, config }: Pick<ApiDeps, 'sql' | 'config'>,
  raw: Parameters,
): Promise<boolean> {
  const by = optOutOf(raw);
  if (by === null) return false;
  const { To: to = '', From: from = '', CallSid: sid = '' } = raw;
  const heard = await hearOptOut(sql, { by, to, from, eventKey: `twilio:${sid}:opted_out`, raw }, config.addressKey);
  return heard !== null;
}
