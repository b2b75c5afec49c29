/**
 * The Reply-To of a mail: it carries the attempt and its token, so that a reply finds its enrollment whoever it seems to
 * come from. Digits and small letters only, because mail systems may change the case on the way.
 */

export interface ReplyTarget {
  readonly attemptId: string;
  /** Only read here; whether it is the right one is for `isAttemptToken` to say. */
  readonly token: string;
}

/** "reply+", id, dot and token are 62 of the 64 characters that a local part may have. */
const ID_DIGITS = 26;
const TOKEN_DIGITS = 29;
const TOKEN_CHARACTERS = 24;
const ID_BITS = 128n;
const TOKEN_BITS = 144n;
const REPLY_ADDRESS = new RegExp(`^reply\\+([0-9a-v]{${ID_DIGITS}})\\.([0-9a-v]{${TOKEN_DIGITS}})@[^@\\s]+$`);
const BASE_32 = '0123456789abcdefghijklmnopqrstuv';
const BASE_64_URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** On the domain of the sender; `token` is base64url of 144 bits. */
export function replyAddress(from: string, attemptId: string, token: string): string {
  const id = digitsOf(BigInt(`0x${attemptId.replaceAll('-', '')}`), BASE_32, ID_DIGITS);
  const proof = digitsOf(numberOf(token, BASE_64_URL), BASE_32, TOKEN_DIGITS);
  return `reply+${id}.${proof}@${from.slice(from.lastIndexOf('@') + 1)}`;
}

/** Null for any other address. */
export function readReplyAddress(address: string): ReplyTarget | null {
  const [, id, proof] = REPLY_ADDRESS.exec(address.trim().toLowerCase()) ?? [];
  if (id === undefined || proof === undefined) return null;
  const [idNumber, tokenNumber] = [numberOf(id, BASE_32), numberOf(proof, BASE_32)];
  if (idNumber >> ID_BITS > 0n || tokenNumber >> TOKEN_BITS > 0n) return null;
  const hex = idNumber.toString(16).padStart(32, '0');
  return {
    attemptId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    token: digitsOf(tokenNumber, BASE_64_URL, TOKEN_CHARACTERS),
  };
}

function numberOf(text: string, alphabet: string): bigint {
  const base = BigInt(alphabet.length);
  return [...text].reduce((sum, digit) => sum * base + BigInt(alphabet.indexOf(digit)), 0n);
}

function digitsOf(value: bigint, alphabet: string, length: number): string {
  const base = BigInt(alphabet.length);
  const digits: string[] = [];
  for (let rest = value; digits.length < length; rest /= base) digits.unshift(alphabet.charAt(Number(rest % base)));
  return digits.join('');
}
