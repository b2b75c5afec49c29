import type { Call, Message } from './account';
import { API_VERSION, callDurationSeconds, rfc2822 } from './resource';
import { segmentsOf } from './message-order';

/** The parameters of Twilio's requests to us; `fixtures/` keeps what the real ones carry, and where that was published. */
export type Parameters = Readonly<Record<string, string>>;

/** SIP code of each way in which a call can end. */
export const SIP_CODES = {
  completed: '200',
  busy: '486',
  'no-answer': '487',
  canceled: '487',
  failed: '404',
} as const;
export type CallEnd = keyof typeof SIP_CODES;

/** What every request about a call carries. */
export function callParameters(call: Call, accountSid: string, callStatus: string): Parameters {
  const { from, to } = call.order;
  return {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    CallSid: call.sid,
    CallStatus: callStatus,
    Called: to,
    ...placeOf('Called'),
    Caller: from,
    ...placeOf('Caller'),
    Direction: 'outbound-api',
    From: from,
    ...placeOf('From'),
    To: to,
    ...placeOf('To'),
  };
}

/** A call progress event. */
export function callProgressParameters(
  call: Call,
  accountSid: string,
  callStatus: string,
  sequence: number,
): Parameters {
  const isLive = callStatus === 'ringing' || callStatus === 'in-progress';
  return {
    ...callParameters(call, accountSid, callStatus),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(sequence),
    Timestamp: rfc2822(call.updatedRt),
    ...(isLive ? { StirStatus: 'A' } : {}),
    ...(isEnd(callStatus) ? endParameters(call, callStatus) : {}),
    // With asynchronous detection the status callbacks stay without it.
    ...(call.answeredBy === null || call.order.asyncAmd ? {} : { AnsweredBy: call.answeredBy }),
  };
}

/** The answer of asynchronous machine detection. */
export function machineParameters(call: Call, accountSid: string, answeredBy: string, durationMs: number): Parameters {
  return {
    AccountSid: accountSid,
    AnsweredBy: answeredBy,
    CallSid: call.sid,
    MachineDetectionDuration: String(durationMs),
  };
}

/** A request for TwiML; synchronous detection tells its result here. */
export function answerParameters(call: Call, accountSid: string): Parameters {
  const answeredBy = call.order.asyncAmd || call.answeredBy === null ? {} : { AnsweredBy: call.answeredBy };
  return { ...callParameters(call, accountSid, 'in-progress'), ...answeredBy };
}

export function speechParameters(words: string): Parameters {
  return { Confidence: '0.92', SpeechResult: words };
}

export function digitsParameters(digits: string): Parameters {
  return { Digits: digits, FinishedOnKey: '', msg: 'Gather End' };
}

/** A change of a text's status. There is no time in it: the real one has none either. */
export function messageStatusParameters(message: Message, accountSid: string): Parameters {
  const isLast = message.status === 'delivered' || message.status === 'undelivered';
  return {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    From: message.order.from,
    MessageSid: message.sid,
    MessageStatus: message.status,
    SmsSid: message.sid,
    SmsStatus: message.status,
    To: message.order.to,
    ...(message.errorCode === null ? {} : { ErrorCode: message.errorCode }),
    ...(isLast ? { RawDlrDoneDate: doneDate(message.updatedRt) } : {}),
  };
}

/** A text from a person. Advanced Opt-Out names the kind of a keyword. */
export function inboundParameters(message: Message, accountSid: string, keyword: string | null): Parameters {
  const { from, to, body } = message.order;
  return {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    Body: body,
    From: from,
    ...placeOf('From'),
    MessageSid: message.sid,
    NumMedia: '0',
    NumSegments: String(segmentsOf(body)),
    SmsMessageSid: message.sid,
    SmsSid: message.sid,
    SmsStatus: 'received',
    To: to,
    ...placeOf('To'),
    ...(keyword === null ? {} : { OptOutType: keyword }),
  };
}

/** Numbers kept for fiction belong to no town. */
function placeOf(party: 'Called' | 'Caller' | 'From' | 'To'): Parameters {
  return { [`${party}City`]: '', [`${party}Country`]: 'US', [`${party}State`]: '', [`${party}Zip`]: '' };
}

function isEnd(callStatus: string): callStatus is CallEnd {
  return callStatus in SIP_CODES;
}

function endParameters(call: Call, end: CallEnd): Parameters {
  const seconds = callDurationSeconds(call);
  return { CallDuration: String(seconds), Duration: String(Math.ceil(seconds / 60)), SipResponseCode: SIP_CODES[end] };
}

/** YYMMDDhhmm. */
function doneDate(rt: number): string {
  return new Date(rt).toISOString().replace(/\D/g, '').slice(2, 12);
}
