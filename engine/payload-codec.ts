import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

/**
 * What Temporal keeps for us, encrypted on its way there: AES-256-GCM, a random IV each time, the key's name beside it.
 * The form is the one of Temporal's own samples, a payload within a payload.
 */

export type { Payload };

export interface PayloadKey {
  /** Stands in clear beside what was encrypted under it. */
  readonly id: string;
  /** 32 bytes in hex. */
  readonly hex: string;
}

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const CIPHER_NAME = 'AES/GCM';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const { Payload: PayloadMessage } = temporal.api.common.v1;

/** Thrown without the payload and without a hint of it; the name of a key is no secret. */
export class PayloadCodecError extends Error {
  override readonly name = 'PayloadCodecError';
  constructor(
    readonly code: 'unknown_key' | 'damaged',
    keyId: string,
  ) {
    super(
      code === 'unknown_key'
        ? `a payload was encrypted under the key "${keyId}", which is not in PAYLOAD_KEYS`
        : `a payload that says it was encrypted under the key "${keyId}" can not be decrypted`,
    );
  }
}

/** Encrypts under the first key and reads under any; without keys it leaves what comes as it is. What was never encrypted stays readable. */
export function createPayloadCodec(keys: readonly PayloadKey[]): PayloadCodec {
  const known = new Map(keys.map(({ id, hex }) => [id, keyOf(hex)]));
  const [current] = keys;
  return {
    encode: async (payloads) =>
      current === undefined ? payloads : payloads.map((payload) => encrypt(payload, current.id, keyOf(current.hex))),
    decode: async (payloads) => payloads.map((payload) => (isEncrypted(payload) ? decrypt(payload, known) : payload)),
  };
}

export function isEncrypted({ metadata }: Payload): boolean {
  return text(metadata?.['encoding']) === ENCODING;
}

function encrypt(payload: Payload, keyId: string, key: Buffer): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(keyId, 'utf8'));
  const plain = PayloadMessage.encode(payload).finish();
  const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return {
    metadata: { encoding: bytes(ENCODING), 'encryption-cipher': bytes(CIPHER_NAME), 'encryption-key-id': bytes(keyId) },
    data,
  };
}

function decrypt({ metadata, data }: Payload, keys: ReadonlyMap<string, Buffer>): Payload {
  const keyId = text(metadata?.['encryption-key-id']);
  const key = keys.get(keyId);
  if (key === undefined) throw new PayloadCodecError('unknown_key', keyId);
  const sealed = Buffer.from(data ?? []);
  try {
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(keyId, 'utf8'));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return PayloadMessage.decode(plain);
  } catch {
    throw new PayloadCodecError('damaged', keyId);
  }
}

function keyOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function bytes(value: string): Uint8Array {
  return Buffer.from(value, 'utf8');
}

function text(value: Uint8Array | null | undefined): string {
  return Buffer.from(value ?? []).toString('utf8');
}
