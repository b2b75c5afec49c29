import { revocationOf } from '../domain/revocation';
import type { Sql } from './client';
import { enrollmentOfInbound } from './inbound';
import { type Arrival, type Received, receive } from './inbox';
import { phoneHashOf, phoneOf } from './phone-address';
import { receiveFromStranger } from './stranger';

/** A text of a person, told by its webhook or found in the provider's books. */
export interface HeardText {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** The provider has read it as a STOP, in a language that we may not know. */
  readonly isOptOut?: boolean;
  readonly source: 'twilio' | 'recovery';
  readonly raw: unknown;
}

/**
 * Hears it under the provider's name for it, so that whoever tells it once more changes nothing. STOP is obeyed here and
 * now: by the fold, in this transaction, whatever else is down.
 */
export async function hearText(sql: Sql, heard: HeardText, addressKey: string): Promise<Received> {
  const { sid, from, to, text, isOptOut = false, source, raw } = heard;
  const sender = phoneOf(from, addressKey);
  const fromHash = phoneHashOf(from, addressKey);
  const toHash = phoneHashOf(to, addressKey);
  const whom = await enrollmentOfInbound(sql, { fromHash, toHash });
  const verdict = isOptOut ? 'revoke' : revocationOf(text).verdict;
  const arrival: Arrival = {
    source,
    eventKey: `twilio:${sid}`,
    raw,
    actor: 'contact',
    fact: {
      body: { kind: 'reply', channel: 'sms', verdict, providerId: sid },
      text,
      fromHash,
      toHash,
      ...(whom.enrollmentId === null ? {} : { enrollmentId: whom.enrollmentId }),
      ...(whom.contactId === null ? {} : { contactId: whom.contactId }),
      ...(whom.attemptId === null ? {} : { attemptId: whom.attemptId }),
    },
  };
  const isStranger = whom.contactId === null && sender !== null;
  return isStranger ? receiveFromStranger(sql, arrival, sender) : receive(sql, arrival);
}
