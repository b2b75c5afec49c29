import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Credentials at rest: AES-256-GCM under a key made from SECRET_KEY, a random IV each time, and the place where it is kept
 * as associated data, so that what is copied elsewhere opens nowhere. The name of the key goes with it: under another
 * SECRET_KEY it is known to be closed, not taken for damaged.
 */

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

type Purpose = 'credentials' | 'token';

/** Thrown without the text and without a hint of it. */
export class SealError extends Error {
  override readonly name = 'SealError';
  constructor(readonly code: 'other_key' | 'damaged') {
    super(code === 'other_key' ? 'it was encrypted under another SECRET_KEY' : 'what is kept can not be decrypted');
  }
}

export function seal(secretKey: string, purpose: Purpose, connectionId: string, text: string): string {
  const { key, id } = keyOf(secretKey);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(placeOf(purpose, connectionId));
  const bytes = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${id}.${bytes.toString('base64url')}`;
}

export function unseal(secretKey: string, purpose: Purpose, connectionId: string, sealed: string): string {
  const { key, id } = keyOf(secretKey);
  const [version, sealedUnder, data = ''] = sealed.split('.');
  if (version !== VERSION) throw new SealError('damaged');
  if (sealedUnder !== id) throw new SealError('other_key');
  const bytes = Buffer.from(data, 'base64url');
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(placeOf(purpose, connectionId));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    throw new SealError('damaged');
  }
}

/** The key's own name says nothing of it: a hash of what is made beside it. */
function keyOf(secretKey: string): { key: Buffer; id: string } {
  const derive = (info: string) => Buffer.from(hkdfSync('sha256', secretKey, '', info, KEY_BYTES));
  const id = createHash('sha256').update(derive('connection key name')).digest('hex').slice(0, 12);
  return { key: derive('connection credentials'), id };
}

function placeOf(purpose: Purpose, connectionId: string): Buffer {
  return Buffer.from(`${purpose}:${connectionId}`, 'utf8');
}
