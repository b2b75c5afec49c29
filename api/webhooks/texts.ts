import { randomUUID } from 'node:crypto';
import { keepArrival } from '../../db/arrival';
import type { DraftAddress } from '../../db/contact-import';
import { type AttemptRoute, enrollmentOfInbound } from '../../db/inbound';
import { type Arrival, type NewFact, receive } from '../../db/inbox';
import { receiveFromStranger } from '../../db/stranger';
import { addressHash } from '../../db/tokens';
import { DomainError } from '../../domain/errors';
import { messageStatusOf } from '../../domain/provider-words';
import { revocationOf } from '../../domain/revocation';
import { announce } from '../../engine/announce';
import { phoneAddress } from '../address';
import type { ApiDeps } from '../deps';
import type { Parameters } from './parameters';

/** A change of a text's status. Its callbacks carry no time: rank alone orders them. */
export async function tellDelivery(deps: ApiDeps, route: AttemptRoute, parameters: Parameters): Promise<void> {
  const word = parameters['MessageStatus'] ?? parameters['SmsStatus'] ?? '';
  const status = messageStatusOf(word);
  const { MessageSid: sid, ErrorCode: errorCode } = parameters;
  const arrival = {
    source: 'twilio',
    eventKey: `twilio:${sid ?? route.attemptId}:${word}`,
    raw: parameters,
    actor: 'provider',
  };
  // A word that is new to us changes nothing, but it was said.
  if (status === null) return void (await keepArrival(deps.sql, arrival));
  const received = await receive(deps.sql, {
    ...arrival,
    fact: {
      attemptId: route.attemptId,
      enrollmentId: route.enrollmentId,
      body: {
        kind: 'message_progress',
        status,
        ...(sid === undefined ? {} : { sid }),
        ...(errorCode === undefined || errorCode === '' ? {} : { errorCode: errorCode.slice(0, 60) }),
      },
    },
  });
  void announce(deps, received);
}

/** A text of a person. STOP is obeyed here and now: by the fold, in this transaction, whatever else is down. */
export async function takeText(deps: ApiDeps, parameters: Parameters): Promise<void> {
  const { From: from = '', To: to = '', Body: text = '', MessageSid: sid = randomUUID() } = parameters;
  const { addressKey } = deps.config;
  const sender = readPhone(from, addressKey);
  const toHash = readPhone(to, addressKey)?.hash ?? addressHash(addressKey, 'phone', to);
  const fromHash = sender?.hash ?? addressHash(addressKey, 'phone', from);
  const whom = await enrollmentOfInbound(deps.sql, { fromHash, toHash });
  const fact: NewFact = {
    body: { kind: 'reply', channel: 'sms', verdict: verdictOf(parameters, text), providerId: sid },
    text,
    fromHash,
    toHash,
    ...(whom.enrollmentId === null ? {} : { enrollmentId: whom.enrollmentId }),
    ...(whom.contactId === null ? {} : { contactId: whom.contactId }),
    ...(whom.attemptId === null ? {} : { attemptId: whom.attemptId }),
  };
  const arrival: Arrival = { source: 'twilio', eventKey: `twilio:${sid}`, raw: parameters, actor: 'contact', fact };
  const isStranger = whom.contactId === null && sender !== null;
  const received = isStranger ? await receiveFromStranger(deps.sql, arrival, sender) : await receive(deps.sql, arrival);
  void announce(deps, received);
}

/** The provider's own opt-out list says STOP as well, in languages that we may not know. */
function verdictOf(parameters: Parameters, text: string): 'revoke' | 'unclear' | 'none' {
  return parameters['OptOutType'] === 'STOP' ? 'revoke' : revocationOf(text).verdict;
}

/** Null for short codes and names, which nobody can be found by. */
function readPhone(text: string, addressKey: string): DraftAddress | null {
  try {
    return phoneAddress(text, addressKey);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
