import { DomainError } from './errors';

const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
/** Dot-atoms of RFC 5322; quoted local parts, comments and address literals are refused. */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/**
 * The address in lower case, to write to and to hash: hosts that tell local parts apart by case are not met in practice,
 * and a suppression must hold however the address was typed. The errors name the rule and never the address.
 */
export function normaliseEmail(text: string): string {
  // Looked at before trimming: a line break is how a second header gets into a mail.
  if ([...text].some(isControl)) throw badAddress('contains a line break or another control character');
  const address = text.trim().toLowerCase();
  if (address.length > MAX_LENGTH) throw badAddress(`is longer than ${MAX_LENGTH} characters`);
  const at = address.lastIndexOf('@');
  if (at < 0) throw badAddress('has no @');
  const local = address.slice(0, at);
  if (local.length > MAX_LOCAL_LENGTH || !LOCAL.test(local)) throw badAddress('is not plain text before the @');
  if (!DOMAIN.test(address.slice(at + 1))) throw badAddress('has no domain like example.com after the @');
  return address;
}

function isControl(character: string): boolean {
  return character < ' ' || character === '\u007f';
}

function badAddress(rule: string): DomainError {
  return new DomainError('bad_email_address', `the address ${rule}`, { field: 'email' });
}
