import { newTextOf, wordsOf } from './reply-words';
import { revocationOf } from './revocation';

/** The buckets that the built-in rules know; the list is open (S0-28). */
export const BUILT_IN_BUCKETS = [
  'interested',
  'not_interested',
  'needs_follow_up',
  'question',
  'wrong_number',
  'callback_requested',
  'opted_out',
] as const;
export type BuiltInBucket = (typeof BUILT_IN_BUCKETS)[number];

export interface ReplyClassification {
  readonly bucket: string;
  /** By a phrase of the campaign, by a built-in rule, or for want of both. */
  readonly confidence: 'phrase' | 'rule' | 'fallback';
  /** What the person said of when to call; only with callback_requested. */
  readonly callbackText?: string;
}

/** A campaign's own phrases by bucket. */
export type ReplyPhrases = Readonly<Record<string, readonly string[]>>;

export interface ReplyClassifier {
  classify(text: string, phrases: ReplyPhrases): Promise<ReplyClassification>;
}

export const ruleBasedClassifier: ReplyClassifier = {
  classify: (text, phrases) => Promise.resolve(classifyReply(text, phrases)),
};

const MAX_CALLBACK_TEXT = 300;

const NOT_REFUSED = '(?<!\\b(?:dont|do not|never|didnt|did not|nobody|they|why) )';
const NOT_OURS = '(?<!\\b(?:i|ill|will|we|dont|not|never|they) )';
const WHEN =
  '(?:back|later|today|tonight|tomorrow|at|after|around|on|in|next|this|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?';

/** On the words of a reply; the first rule that fits decides. */
const RULES: readonly (readonly [bucket: BuiltInBucket, rule: RegExp])[] = [
  [
    'wrong_number',
    anyOf(
      '\\bwrong (?:number|person|guy|phone)\\b',
      '\\b(?:no ?one|nobody)(?: here)? (?:by|with) that name\\b',
      '\\b(?:not|isnt) (?:his|her|their) (?:number|phone)\\b',
      '\\b(?:numero equivocado|mauvais numero)\\b',
    ),
  ],
  [
    'callback_requested',
    anyOf(
      `${NOT_REFUSED}\\b(?:call|phone|ring) (?:me|us)\\b`,
      `^(?:\\w+ ){0,3}${NOT_OURS}\\b(?:call|phone|ring) ${WHEN}\\b`,
      '\\bgive (?:me|us) a (?:call|ring|buzz)\\b',
      `\\b(?:can|could|lets) (?:we |you )?(?:talk|speak) ${WHEN}\\b`,
      '\\b(?:callback|llameme|llamame|llamenme|appelez moi|rappelez moi)\\b',
    ),
  ],
  [
    'not_interested',
    anyOf(
      '^(?:no|nope|nah|non)$',
      '\\b(?:not (?:really |at all )?interested|no longer interested|no interest)\\b',
      '\\bno (?:thanks|thank you|thx|gracias|me interesa|estoy interesad[oa])\\b|\\b(?:non merci|pas interessee?)\\b',
      '\\b(?:not for me|changed my mind|im good thanks|im all set|(?:dont|do not) need (?:a |any )?(?:lawyer|attorney|help))\\b',
      '\\balready (?:have|hired|got|found|retained) (?:\\w+ )?(?:lawyer|attorney|representation)\\b',
    ),
  ],
  [
    'interested',
    anyOf(
      '\\binterested\\b|\\b(?:sign me up|count me in|sounds good|yes please|lets do (?:it|this)|me interesa|interesad[oa])\\b',
      '\\b(?:i want|i would like|id like|i am ready|im ready) to (?:proceed|start|sign|file|go ahead|move forward)\\b',
    ),
  ],
];

/** Tried after the campaign could have its say and a question was looked for. */
const LATE_RULES: typeof RULES = [
  ['interested', anyOf('^(?:yes|yeah|yep|yup|sure|ok|okay|absolutely|definitely|of course|si|claro|oui)\\b')],
  [
    'needs_follow_up',
    anyOf(
      '\\b(?:maybe|later|not (?:right )?now|busy|think about it|get back to you|need (?:more |some )?time|next (?:week|month))\\b',
    ),
  ],
];
const ASKS = anyOf(
  '^(?:who|whos|what|whats|when|where|why|how|which|can|could|is|are|do|does|did|will|would|should|quien|que|como|cuando|qui|quoi|comment)\\b',
);

/**
 * Puts a reply into a bucket. The phrases of the campaign come before the built-in rules, opted_out before everything;
 * what nothing fits needs follow-up.
 */
export function classifyReply(text: string, phrases: ReplyPhrases): ReplyClassification {
  const written = newTextOf(text);
  const { bucket, confidence } = bucketOf(text, written, phrases);
  if (bucket !== 'callback_requested') return { bucket, confidence };
  return { bucket, confidence, callbackText: written.slice(0, MAX_CALLBACK_TEXT) };
}

function bucketOf(text: string, written: string, phrases: ReplyPhrases): Omit<ReplyClassification, 'callbackText'> {
  if (revocationOf(text).verdict === 'revoke') return { bucket: 'opted_out', confidence: 'rule' };
  const words = wordsOf(written);
  const own = bucketOfPhrase(written, words, phrases);
  if (own !== null) return { bucket: own, confidence: 'phrase' };
  const rule = firstOf(RULES, words) ?? (asks(written, words) ? 'question' : firstOf(LATE_RULES, words));
  return rule === null ? { bucket: 'needs_follow_up', confidence: 'fallback' } : { bucket: rule, confidence: 'rule' };
}

/** The longest phrase in the reply decides, opted_out before all; equal ones by the name of the bucket. */
function bucketOfPhrase(written: string, words: string, phrases: ReplyPhrases): string | null {
  const found = Object.entries(phrases).flatMap(([bucket, own]) =>
    own.filter((phrase) => contains(written, words, phrase)).map((phrase) => ({ bucket, length: phrase.length })),
  );
  if (found.some(({ bucket }) => bucket === 'opted_out')) return 'opted_out';
  const [best] = found.sort((a, b) => b.length - a.length || (a.bucket < b.bucket ? -1 : 1));
  return best?.bucket ?? null;
}

/** Whole words, or the signs themselves where a phrase has none, such as an emoji. */
function contains(written: string, words: string, phrase: string): boolean {
  const own = wordsOf(phrase);
  if (own !== '') return ` ${words} `.includes(` ${own} `);
  return phrase.trim() !== '' && written.includes(phrase.trim());
}

function asks(written: string, words: string): boolean {
  return /[?¿？]/.test(written) || ASKS.test(words);
}

function firstOf(rules: typeof RULES, words: string): BuiltInBucket | null {
  return rules.find(([, rule]) => rule.test(words))?.[0] ?? null;
}

function anyOf(...sources: readonly string[]): RegExp {
  return new RegExp(sources.join('|'));
}
