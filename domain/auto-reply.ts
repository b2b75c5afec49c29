const PRECEDENCE = /^(?:bulk|junk|list|auto_reply)$/;
const AUTOMATIC: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['auto-submitted', (value: string) => !/^no\b/.test(value)],
  ['x-autoreply', (value: string) => value !== 'no'],
  ['x-autorespond', () => true],
  ['precedence', (value: string) => PRECEDENCE.test(value)],
  ['list-id', () => true],
  ['return-path', (value: string) => value === '<>'],
  ['content-type', (value: string) => value.startsWith('multipart/report')],
]);

/** Whether a mail comes from a program by its headers (RFC 3834 and older habits): an out-of-office note, bounce or list. */
export function isAutoReply(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).some(([name, value]) =>
    AUTOMATIC.get(name.toLowerCase())?.(value.trim().toLowerCase()),
  );
}
