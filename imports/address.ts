import type { DraftAddress } from '../db/contact-import';
import { addressHash } from '../db/tokens';
import { normaliseEmail } from '../domain/email';
import { normalisePhone } from '../domain/phone';

/** Addresses as people write them, with the hash that everything about them hangs on. A DomainError says what is wrong. */

export function phoneAddress(text: string, addressKey: string, country?: string): DraftAddress {
  const { e164 } = normalisePhone(text, country);
  return { kind: 'phone', value: e164, hash: addressHash(addressKey, 'phone', e164) };
}

export function mailAddress(text: string, addressKey: string): DraftAddress {
  const value = normaliseEmail(text);
  return { kind: 'email', value, hash: addressHash(addressKey, 'email', value) };
}
