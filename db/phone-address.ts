import { DomainError } from '../domain/errors';
import { normalisePhone } from '../domain/phone';
import type { DraftAddress } from './contact-import';
import { addressHash } from './tokens';

/** A number as the provider writes it; null for short codes and names, which nobody can be found by. */
export function phoneOf(text: string, addressKey: string): DraftAddress | null {
  try {
    const { e164 } = normalisePhone(text);
    return { kind: 'phone', value: e164, hash: addressHash(addressKey, 'phone', e164) };
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** The hash of a number of ours, or of whatever stands in its place. */
export function phoneHashOf(text: string, addressKey: string): string {
  return phoneOf(text, addressKey)?.hash ?? addressHash(addressKey, 'phone', text);
}
