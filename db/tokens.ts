import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AddressKind } from '../domain/channel';

/** Everything that crypto makes: ids that a try gets by its name, tokens for URLs, hashes that hide what they stand for. */

const ATTEMPT_NAMESPACE = 'b3c5a9a2-6f0e-4d52-9c0f-5d0a4b7e1f36';
const REQUEST_NAMESPACE = '5f0b1a52-4c7e-4a38-8f5d-0f6f3a7d9c21';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UUID_BYTES = 16;
/** 144 bits, and a multiple of three: base64url then has no spare bits in which two spellings could differ. */
const ATTEMPT_MAC_BYTES = 18;
/** 136 bits; with the sixteen of the id again a multiple of three. */
const LINK_MAC_BYTES = 17;
/** So many more than a code has digits, that each is as likely as any other. */
const CODE_MAC_BYTES = 6;
const CODE_DIGITS = 6;
const KEY_PREFIX_BYTES = 6;
const KEY_SECRET_BYTES = 32;
const SESSION_TOKEN_BYTES = 32;
const API_KEY = /^ft_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

interface NewApiKey {
  /** What its owner keeps; nobody can make it again from the row. */
  readonly key: string;
  readonly prefix: string;
  readonly secret: string;
}

/** The same try of the same touch has the same id wherever and however often it is computed (UUID version 5). */
export function attemptIdOf(enrollmentId: string, touchKey: string, tryNumber: number): string {
  return nameUuid(ATTEMPT_NAMESPACE, `${enrollmentId.toLowerCase()}/${touchKey}/${tryNumber}`);
}

/** Stands beside the attempt's id in its callback URLs: who sends it was told the URL by us. */
export function attemptToken(secretKey: string, attemptId: string): string {
  return mac(secretKey, `attempt:${attemptId.toLowerCase()}`, ATTEMPT_MAC_BYTES).toString('base64url');
}

export function isAttemptToken(secretKey: string, attemptId: string, token: string): boolean {
  return equalInConstantTime(attemptToken(secretKey, attemptId), token);
}

/** The same for what the team sends to itself: no webhook of an attempt is to take the one for the other. */
export function ownMessageToken(secretKey: string, id: string): string {
  return mac(secretKey, `own-message:${id.toLowerCase()}`, ATTEMPT_MAC_BYTES).toString('base64url');
}

export function isOwnMessageToken(secretKey: string, id: string, token: string): boolean {
  return equalInConstantTime(ownMessageToken(secretKey, id), token);
}

/** Six digits for the nth sending to an own address. Made anew wherever it is needed, so that it is kept nowhere. */
export function ownAddressCode(secretKey: string, id: string, nth: number): string {
  const bits = mac(secretKey, `own-address:${id.toLowerCase()}:${nth}`, CODE_MAC_BYTES).readUIntBE(0, CODE_MAC_BYTES);
  return String(bits % 10 ** CODE_DIGITS).padStart(CODE_DIGITS, '0');
}

export function isOwnAddressCode(secretKey: string, id: string, nth: number, code: string): boolean {
  return equalInConstantTime(ownAddressCode(secretKey, id, nth), code);
}

/** For the link to the form: opaque, and the enrollment comes out of it again. */
export function formToken(secretKey: string, enrollmentId: string): string {
  return linkToken(secretKey, 'form', enrollmentId);
}

export function enrollmentOfFormToken(secretKey: string, token: string): string | null {
  return enrollmentOf(secretKey, 'form', token);
}

/** Another one than that of the form, so that neither link does what the other is for. */
export function unsubscribeToken(secretKey: string, enrollmentId: string): string {
  return linkToken(secretKey, 'unsubscribe', enrollmentId);
}

export function enrollmentOfUnsubscribeToken(secretKey: string, token: string): string | null {
  return enrollmentOf(secretKey, 'unsubscribe', token);
}

/** Of one address at which a CRM tells us something; with the next generation the former ones are good for nothing. */
export function crmWebhookSecret(
  secretKey: string,
  { of, connectionId }: { readonly of: 'records' | 'statuses'; readonly connectionId: string },
  generation: string,
): string {
  return linkToken(secretKey, `crm-${of}-${generation}`, connectionId);
}

/** What the secret says it is of, to be proved; null = it says nothing. */
export function connectionNamedBy(secret: string): string | null {
  const bytes = Buffer.from(secret, 'base64url');
  return bytes.length === UUID_BYTES + LINK_MAC_BYTES ? uuidOfBytes(bytes.subarray(0, UUID_BYTES)) : null;
}

/** Keyed, because phone numbers are so few that a plain hash could be turned back. The value must be normalised. */
export function addressHash(addressKey: string, kind: AddressKind, normalisedValue: string): string {
  return createHmac('sha256', addressKey).update(`${kind}:${normalisedValue}`, 'utf8').digest('hex');
}

export function newApiKey(): NewApiKey {
  const prefix = randomBytes(KEY_PREFIX_BYTES).toString('hex');
  const secret = randomBytes(KEY_SECRET_BYTES).toString('base64url');
  return { key: `ft_${prefix}_${secret}`, prefix, secret };
}

/**
 * The key that a request makes, the same for every repetition of it: so the answer can be given again and the secret
 * need not be kept.
 */
export function apiKeyOfRequest(secretKey: string, requestKey: string): NewApiKey {
  const part = (name: string, bytes: number) => mac(secretKey, `api-key-${name}:${requestKey}`, bytes);
  const prefix = part('prefix', KEY_PREFIX_BYTES).toString('hex');
  const secret = part('secret', KEY_SECRET_BYTES).toString('base64url');
  return { key: `ft_${prefix}_${secret}`, prefix, secret };
}

/** What a request makes has the same id however often it is carried out (UUID version 5). */
export function idOfRequest(requestKey: string): string {
  return nameUuid(REQUEST_NAMESPACE, requestKey);
}

/** 256 bits for the cookie of a session. */
export function newSessionToken(): string {
  return randomBytes(SESSION_TOKEN_BYTES).toString('base64url');
}

/**
 * Under what the sign-ins from an address are counted: not the address itself, and one of a million names at most,
 * however many addresses come.
 */
export function signInSubject(secretKey: string, address: string): string {
  return `sign-in:${mac(secretKey, `sign-in:${networkOf(address)}`, 3)
    .toString('hex')
    .slice(1)}`;
}

/** Whoever has one IPv6 address has all of its /64. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = ''] = address.split('::');
  return head.split(':').slice(0, 4).join(':');
}

export function readApiKey(key: string): { readonly prefix: string; readonly secret: string } | null {
  const [, prefix, secret] = API_KEY.exec(key) ?? [];
  return prefix === undefined || secret === undefined ? null : { prefix, secret };
}

/** For secrets of 128 random bits or more, which need neither salt nor a slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

export function isSecret(secret: string, hash: string): boolean {
  return equalInConstantTime(hashSecret(secret), hash);
}

type LinkPurpose = 'form' | 'unsubscribe' | `crm-${string}`;

function linkToken(secretKey: string, purpose: LinkPurpose, of: string): string {
  const id = bytesOfUuid(of);
  return Buffer.concat([id, linkMac(secretKey, purpose, id)]).toString('base64url');
}

function enrollmentOf(secretKey: string, purpose: LinkPurpose, token: string): string | null {
  const bytes = Buffer.from(token, 'base64url');
  // Decoding skips what isn't base64url: only the one spelling that we gave out counts.
  if (bytes.length !== UUID_BYTES + LINK_MAC_BYTES || bytes.toString('base64url') !== token) return null;
  const id = bytes.subarray(0, UUID_BYTES);
  const isOurs = timingSafeEqual(linkMac(secretKey, purpose, id), bytes.subarray(UUID_BYTES));
  return isOurs ? uuidOfBytes(id) : null;
}

function linkMac(secretKey: string, purpose: LinkPurpose, id: Buffer): Buffer {
  return mac(secretKey, `${purpose}:${id.toString('hex')}`, LINK_MAC_BYTES);
}

function mac(secretKey: string, message: string, bytes: number): Buffer {
  return createHmac('sha256', secretKey).update(message, 'utf8').digest().subarray(0, bytes);
}

function nameUuid(namespace: string, name: string): string {
  const digest = createHash('sha1').update(bytesOfUuid(namespace)).update(name, 'utf8').digest();
  const bytes = digest.subarray(0, UUID_BYTES);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidOfBytes(bytes);
}

export function equalInConstantTime(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function bytesOfUuid(uuid: string): Buffer {
  if (!UUID.test(uuid)) throw new Error('an id that should be a UUID is not one');
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidOfBytes(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
