import type { Sql } from './client';
import { enrollmentOfInbound } from './inbound';
import { type Arrival, type Received, receive } from './inbox';
import { phoneHashOf, phoneOf } from './phone-address';
import { receiveFromStranger } from './stranger';

/** Said or pressed by whoever picked up a call of ours that no attempt tells of. */
export interface HeardOptOut {
  readonly by: 'keypress' | 'speech';
  /** The number that was called, and ours, as the signed request names them. */
  readonly to: string;
  readonly from: string;
  readonly eventKey: string;
  readonly raw: unknown;
}

/** Ends all contact with whoever has the number, known or not; null where it is no number, and so nobody's. */
export async function hearOptOut(sql: Sql, heard: HeardOptOut, addressKey: string): Promise<Received | null> {
  const { by, to, from, eventKey, raw } = heard;
  const person = phoneOf(to, addressKey);
  if (person === null) return null;
  const whom = await enrollmentOfInbound(sql, { fromHash: person.hash, toHash: phoneHashOf(from, addressKey) });
  const arrival: Arrival = {
    source: 'twilio',
    eventKey,
    raw,
    actor: 'contact',
    fact: {
      body: { kind: 'opted_out', source: by, channels: ['voice', 'sms', 'email'] },
      ...(whom.enrollmentId === null ? {} : { enrollmentId: whom.enrollmentId }),
      ...(whom.contactId === null ? {} : { contactId: whom.contactId }),
    },
  };
  return whom.contactId === null ? receiveFromStranger(sql, arrival, person) : receive(sql, arrival);
}
