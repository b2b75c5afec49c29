import { DomainError } from '../domain/errors';
import { normalisePhone } from '../domain/phone';
import { revocationOf } from '../domain/revocation';
import type { Sql } from './client';
import { enrollmentOfInbound } from './inbound';
import { type Arrival, receive } from './inbox';
import { receiveFromStranger } from './stranger';
import { addressHash } from './tokens';

/** A text of a person out of the provider's books. */
export interface RecoveredText {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** Hears it as its webhook would have been heard, under the same name: what was heard before changes nothing. True = it was news. */
export async function hearText(sql: Sql, { sid, from, to, text }: RecoveredText, addressKey: string): Promise<boolean> {
  const value = e164Of(from);
  // Short codes and names are nobody's.
  if (value === null) return false;
  const [fromHash, toHash] = [addressHash(addressKey, 'phone', value), addressHash(addressKey, 'phone', to)];
  const whom = await enrollmentOfInbound(sql, { fromHash, toHash });
  const arrival: Arrival = {
    source: 'recovery',
    eventKey: `twilio:${sid}`,
    raw: { MessageSid: sid, From: from, To: to, Body: text },
    actor: 'contact',
    fact: {
      body: { kind: 'reply', channel: 'sms', verdict: revocationOf(text).verdict, providerId: sid },
      text,
      fromHash,
      toHash,
      ...(whom.enrollmentId === null ? {} : { enrollmentId: whom.enrollmentId }),
      ...(whom.contactId === null ? {} : { contactId: whom.contactId }),
      ...(whom.attemptId === null ? {} : { attemptId: whom.attemptId }),
    },
  };
  const received =
    whom.contactId === null
      ? await receiveFromStranger(sql, arrival, { kind: 'phone', value, hash: fromHash })
      : await receive(sql, arrival);
  return !received.duplicate;
}

function e164Of(text: string): string | null {
  try {
    return normalisePhone(text).e164;
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
