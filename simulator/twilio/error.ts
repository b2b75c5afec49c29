import type { Answer, FaultWords } from '../fault-answer';

/** Status and message of the errors that the stand-in gives; codes and meanings as in https://www.twilio.com/docs/api/errors. */
const ERRORS = {
  20001: [400, 'Invalid parameter'],
  20003: [401, 'Authenticate'],
  20009: [409, 'The resource can not be deleted while it is in progress'],
  20404: [404, 'The requested resource was not found'],
  20429: [429, 'Too Many Requests'],
  20500: [500, 'An internal server error has occurred'],
  21201: [400, "No 'To' number is specified"],
  21205: [400, 'Url is not a valid URL'],
  21211: [400, "Invalid 'To' Phone Number"],
  21212: [400, "Invalid 'From' Number (caller ID)"],
  21213: [400, "'From' phone number is required"],
  21220: [400, 'Call is not in-progress. Cannot redirect.'],
  21602: [400, 'Message body is required'],
  21603: [400, "A 'From' phone number is required"],
  21604: [400, "A 'To' phone number is required"],
  21609: [400, "The 'StatusCallback' URL is not a valid URL"],
  21610: [400, 'Attempt to send to unsubscribed recipient'],
  21617: [400, 'The concatenated message body exceeds the 1600 character limit'],
} as const satisfies Record<number, readonly [number, string]>;

export type TwilioErrorCode = keyof typeof ERRORS;

export function errorAnswer(code: TwilioErrorCode, headers: Readonly<Record<string, string>> = {}): Answer {
  const [status, message] = ERRORS[code];
  return { status, headers, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}

export const TWILIO_FAULT_WORDS: FaultWords = {
  tooManyRequests: (seconds) => errorAnswer(20429, { 'retry-after': String(seconds) }),
  failed: () => errorAnswer(20500),
  errorInside: () => errorAnswer(20500),
};
