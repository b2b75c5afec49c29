import type { Call, Message } from './account';
import { segmentsOf } from './message-order';

export const API_VERSION = '2010-04-01';

/** `Thu, 24 Aug 2023 05:01:45 +0000`, whole seconds as Twilio gives them. */
export function rfc2822(rt: number): string {
  return new Date(rt).toUTCString().replace('GMT', '+0000');
}

export function callDurationSeconds(call: Call): number {
  if (call.answeredRt === null || call.endedRt === null) return 0;
  return Math.max(1, Math.round((call.endedRt - call.answeredRt) / 1000));
}

export function accountUri(accountSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}`;
}

/** A call as the API shows it, with the fields of https://www.twilio.com/docs/voice/api/call-resource. */
export function callResource(call: Call, accountSid: string): Record<string, unknown> {
  const uri = `${accountUri(accountSid)}/Calls/${call.sid}`;
  return {
    account_sid: accountSid,
    answered_by: call.answeredBy,
    api_version: API_VERSION,
    caller_name: null,
    date_created: rfc2822(call.createdRt),
    date_updated: rfc2822(call.updatedRt),
    direction: 'outbound-api',
    duration: call.endedRt === null ? null : String(callDurationSeconds(call)),
    end_time: dateOrNull(call.endedRt),
    forwarded_from: null,
    from: call.order.from,
    from_formatted: formatted(call.order.from),
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    sid: call.sid,
    start_time: dateOrNull(call.startedRt),
    status: call.status,
    subresource_uris: { notifications: `${uri}/Notifications.json`, recordings: `${uri}/Recordings.json` },
    to: call.order.to,
    to_formatted: formatted(call.order.to),
    trunk_sid: null,
    uri: `${uri}.json`,
  };
}

/** A message as the API shows it, with the fields of https://www.twilio.com/docs/messaging/api/message-resource. */
export function messageResource(message: Message, accountSid: string): Record<string, unknown> {
  const uri = `${accountUri(accountSid)}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: message.order.body,
    date_created: rfc2822(message.createdRt),
    date_sent: dateOrNull(message.sentRt),
    date_updated: rfc2822(message.updatedRt),
    direction: message.direction,
    error_code: message.errorCode === null ? null : Number(message.errorCode),
    error_message: null,
    from: message.order.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(segmentsOf(message.order.body)),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.order.to,
    uri: `${uri}.json`,
  };
}

function dateOrNull(rt: number | null): string | null {
  return rt === null ? null : rfc2822(rt);
}

/** +12125550123 as (212) 555-0123. */
function formatted(number: string): string {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
}
