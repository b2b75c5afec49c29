/** What a text costs to send: carriers cut it into segments, and one letter outside GSM 03.38 halves what each of them holds. */

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** These take an escape before them. */
const EXTENDED = '\f^{}\\[~]|€';

/** By how many letters, of a text that is one segment and of one that is several: each of these names its place. */
const HOLDS = { gsm7: { alone: 160, each: 153 }, ucs2: { alone: 70, each: 67 } } as const;

export type SmsEncoding = keyof typeof HOLDS;

export interface SmsSegments {
  readonly encoding: SmsEncoding;
  readonly segments: number;
  /** Units of the encoding: seven bits of GSM, or sixteen. */
  readonly units: number;
  /** The first letter that GSM does not have, and that made the text UCS-2; null = there is none. */
  readonly because: string | null;
}

/** More than this is warned of, never refused: it is paid for by the segment, and some phones show the parts one by one. */
const MANY_SEGMENTS = 3;

export function segmentsOf(text: string): SmsSegments {
  const letters = [...text];
  const because = letters.find((letter) => gsmUnits(letter) === 0) ?? null;
  const encoding = because === null ? 'gsm7' : 'ucs2';
  const sizes = letters.map((letter) => (because === null ? gsmUnits(letter) : letter.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { alone, each } = HOLDS[encoding];
  return { encoding, segments: units <= alone ? 1 : packed(sizes, each), units, because };
}

/** Null = nothing to say. */
export function segmentWarning({ segments, encoding, because }: SmsSegments): string | null {
  if (segments <= MANY_SEGMENTS) return null;
  const reason =
    encoding === 'ucs2' ? `; the character "${because}" is none of GSM's, so each holds 67 instead of 153` : '';
  return `the text is ${segments} segments long, more than ${MANY_SEGMENTS}: each is paid for${reason}`;
}

/** Zero = GSM does not have it. */
function gsmUnits(letter: string): 0 | 1 | 2 {
  if (BASIC.includes(letter)) return 1;
  return EXTENDED.includes(letter) ? 2 : 0;
}

/** No letter is cut in two, so a segment may end one short. */
function packed(sizes: readonly number[], each: number): number {
  let segments = 1;
  let left = each;
  for (const size of sizes) {
    if (size > left) {
      segments += 1;
      left = each;
    }
    left -= size;
  }
  return segments;
}
