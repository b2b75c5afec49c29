import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';

/**
 * What a call is told to do next. Only the SDK writes XML here: a name that looks like an element is spoken, not obeyed (T7).
 */

interface Listening {
  readonly text: string;
  /** Where speech and keys are posted to; also when nothing comes. */
  readonly gatherUrl: string;
  /** BCP 47 or its first part. */
  readonly language?: string;
}

const LISTEN_SECONDS = 5;
const TRANSFER_RING_SECONDS = 25;
const SILENCE_BEFORE_MESSAGE_SECONDS = 1;
const E164 = /^\+[1-9]\d{6,14}$/;
/** Languages that the provider both speaks and understands; the others are spoken as English. */
const TAGS = {
  de: 'de-DE',
  en: 'en-US',
  es: 'es-US',
  fr: 'fr-CA',
  it: 'it-IT',
  ko: 'ko-KR',
  pt: 'pt-BR',
  vi: 'vi-VN',
} as const;
type Tag = (typeof TAGS)[keyof typeof TAGS];

interface Phrases {
  readonly tag: Tag;
  readonly optOut: (digit: string) => string;
  readonly goodbye: string;
}
const ENGLISH: Phrases = {
  tag: TAGS.en,
  optOut: (digit) => `If you do not want to hear from us again, press ${digit}.`,
  goodbye: 'Goodbye.',
};
const SPANISH: Phrases = {
  tag: TAGS.es,
  optOut: (digit) => `Si no desea recibir más llamadas nuestras, marque ${digit}.`,
  goodbye: 'Adiós.',
};

/** Greets, says how to get out, and listens for words or a key. */
export function greetingTwiml({
  optOutDigit = '9',
  ...greeting
}: Listening & { readonly optOutDigit?: string }): string {
  const { optOut, tag } = phrasesIn(greeting.language);
  return listen(greeting, (gather) => say(gather, tag, optOut(optOutDigit)));
}

/** Answers what was said, and listens on or ends the call. */
export function answerTwiml({ next, ...answer }: Listening & { readonly next: 'gather' | 'hangup' }): string {
  return next === 'gather' ? listen(answer) : hangupTwiml(answer.text, answer.language);
}

/** Null leaves no message. */
export function voicemailTwiml({
  text,
  language,
}: {
  readonly text: string | null;
  readonly language?: string;
}): string {
  const response = new VoiceResponse();
  if (text !== null) {
    response.pause({ length: SILENCE_BEFORE_MESSAGE_SECONDS });
    say(response, tagOf(language), text);
  }
  response.hangup();
  return response.toString();
}

interface TransferCall {
  readonly number: string;
  /** Said before it rings. */
  readonly text: string;
  /** Asked how the call goes on when that conversation is over, or when nobody picked up. */
  readonly resultUrl: string;
  readonly language?: string;
}

/** Rings the number and joins the two; the person hears it ring. */
export function transferTwiml({ number, text, resultUrl, language }: TransferCall): string {
  if (!E164.test(number)) throw new Error('the number to transfer to must be in E.164, like +12125550123');
  const response = new VoiceResponse();
  say(response, tagOf(language), text);
  response
    .dial({ answerOnBridge: true, timeout: TRANSFER_RING_SECONDS, action: resultUrl, method: 'POST' })
    .number(number);
  return response.toString();
}

export function hangupTwiml(text?: string, language?: string): string {
  const response = new VoiceResponse();
  if (text !== undefined) say(response, tagOf(language), text);
  response.hangup();
  return response.toString();
}

type Speaker = Pick<VoiceResponse, 'say'>;

function listen({ text, gatherUrl, language }: Listening, more?: (gather: Speaker) => void): string {
  const tag = tagOf(language);
  const response = new VoiceResponse();
  const gather = response.gather({
    input: ['speech', 'dtmf'],
    action: gatherUrl,
    method: 'POST',
    timeout: LISTEN_SECONDS,
    speechTimeout: 'auto',
    numDigits: 1,
    actionOnEmptyResult: true,
    language: tag,
  });
  say(gather, tag, text);
  more?.(gather);
  // Only reached when the action can't be had.
  const { goodbye, tag: goodbyeTag } = phrasesIn(language);
  say(response, goodbyeTag, goodbye);
  response.hangup();
  return response.toString();
}

function say(speaker: Speaker, language: Tag, text: string): void {
  const words = speakable(text);
  if (words !== '') speaker.say({ language }, words);
}

/** Without what XML can't hold: control characters, halves of characters, and the two that are none. */
function speakable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '')
    .trim();
}

function tagOf(language = 'en'): Tag {
  const code = codeOf(language);
  return Object.entries(TAGS).find(([known]) => known === code)?.[1] ?? TAGS.en;
}

function phrasesIn(language = 'en'): Phrases {
  return codeOf(language) === 'es' ? SPANISH : ENGLISH;
}

function codeOf(language: string): string {
  return language.slice(0, 2).toLowerCase();
}
