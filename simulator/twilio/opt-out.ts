/**
 * Twilio's own handling of keywords on long codes: only a text that is exactly one of the words, whatever its case.
 * https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
 */
const KEYWORDS = {
  STOP: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  START: ['START', 'YES', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
} as const;

export type Keyword = keyof typeof KEYWORDS;

export function keywordOf(body: string): Keyword | null {
  const word = body.trim().toUpperCase();
  const kinds = ['STOP', 'START', 'HELP'] as const;
  return kinds.find((kind) => KEYWORDS[kind].some((keyword) => keyword === word)) ?? null;
}
