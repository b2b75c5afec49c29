import { randomUUID } from 'node:crypto';
import { keepArrival } from '../../db/arrival';
import { hearText } from '../../db/heard-text';
import type { AttemptRoute } from '../../db/inbound';
import { receive } from '../../db/inbox';
import { messageStatusOf } from '../../domain/provider-words';
import { announce } from '../../engine/announce';
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

/** A text of a person. */
export async function takeText(deps: ApiDeps, raw: Parameters): Promise<void> {
  const { From: from = '', To: to = '', Body: text = '', MessageSid: sid = randomUUID(), OptOutType: optOut } = raw;
  const heard = { sid, from, to, text, isOptOut: optOut === 'STOP', source: 'twilio', raw } as const;
  void announce(deps, await hearText(deps.sql, heard, deps.config.addressKey));
}
