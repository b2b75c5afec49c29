/** North American numbers 555-0100 to 555-0199 are kept for fiction: a demo can never look as if it called someone. */
const FICTIONAL = /^\+1\d{3}55501\d{2}$/;
const E164 = /^\+[1-9]\d{6,14}$/;

export function isE164(number: string): boolean {
  return E164.test(number);
}

export function isFictional(number: string): boolean {
  return FICTIONAL.test(number);
}

const MAIL_DOMAINS = ['example.com', 'example.org'];

/** example.com, example.org and names below them, which no one can own (RFC 2606). */
export function isFictionalMail(address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return MAIL_DOMAINS.some((name) => domain === name || domain.endsWith(`.${name}`));
}
