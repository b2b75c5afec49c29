import { normaliseEmail } from './email';

describe('an e-mail address', () => {
  it('is written to and compared in lower case', () => {
    expect(normaliseEmail('  Asha.Rao+intake@Mail.EXAMPLE.com ')).toBe('asha.rao+intake@mail.example.com');
  });

  it.each(["o'neil_{7}=x@example.org", 'ben@xn--bcher-kva.example', 'a@b.xn--p1ai', `${'a'.repeat(64)}@example.com`])(
    '%s is one',
    (address) => expect(normaliseEmail(address)).toBe(address),
  );

  it.each([
    ['ben@example.com\r\nBcc: carla@example.com', 'line break'],
    ['ben@example.com\n', 'line break'],
    ['ben\u0000@example.com', 'control character'],
    ['ben\u007f@example.com', 'control character'],
    ['ben.example.com', 'no @'],
    ['', 'no @'],
    ['"ben"@example.com', 'before the @'],
    ['"ben@home"@example.com', 'before the @'],
    ['@example.com', 'before the @'],
    ['.ben@example.com', 'before the @'],
    ['ben..b@example.com', 'before the @'],
    ['Ben <ben@example.com', 'before the @'],
    ['bén@example.com', 'before the @'],
    [`${'a'.repeat(65)}@example.com`, 'before the @'],
    ['ben@example', 'domain'],
    ['ben@', 'domain'],
    ['ben@-example.com', 'domain'],
    ['ben@example..com', 'domain'],
    ['ben@[192.0.2.1]', 'domain'],
    ['ben@192.0.2.1', 'domain'],
    ['ben@example.com, carla@example.com', 'before the @'],
    ['ben@exämple.com', 'domain'],
    [`ben@${'a.'.repeat(130)}com`, 'longer than 254'],
  ])('%j is refused, with the rule and without the address', (text, rule) => {
    expect(() => normaliseEmail(text)).toThrow(
      expect.objectContaining({
        code: 'bad_email_address',
        field: 'email',
        value: undefined,
        message: expect.stringContaining(rule),
      }),
    );
    expect(() => normaliseEmail(text)).not.toThrow(/ben/);
  });
});
