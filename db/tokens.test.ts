import fc from 'fast-check';
import {
  addressHash,
  apiKeyOfRequest,
  attemptIdOf,
  attemptToken,
  enrollmentOfFormToken,
  enrollmentOfUnsubscribeToken,
  formToken,
  hashSecret,
  idOfRequest,
  isAttemptToken,
  isSecret,
  newApiKey,
  newSessionToken,
  readApiKey,
  signInSubject,
  unsubscribeToken,
} from './tokens';

const ENROLLMENT = '7d9f0c1e-2b3a-4c5d-8e6f-0123456789ab';
const KEY = 'secret-key';

describe('the id of an attempt', () => {
  it('is the UUID version 5 of the enrollment, the touch and the try, as any other implementation computes it', () => {
    expect(attemptIdOf(ENROLLMENT, 'calls.call.3', 1)).toBe('cb3011c8-b591-5505-97e7-cafa13a063a4');
  });

  it('does not depend on the case in which the enrollment is written', () => {
    expect(attemptIdOf(ENROLLMENT.toUpperCase(), 'calls.call.3', 1)).toBe(attemptIdOf(ENROLLMENT, 'calls.call.3', 1));
  });

  it('differs by enrollment, touch and try', () => {
    const ids = [
      attemptIdOf(ENROLLMENT, 'calls.call.3', 1),
      attemptIdOf(ENROLLMENT, 'calls.call.3', 2),
      attemptIdOf(ENROLLMENT, 'calls.call.31', 1),
      attemptIdOf('8d9f0c1e-2b3a-4c5d-8e6f-0123456789ab', 'calls.call.3', 1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the token of an attempt', () => {
  it('is 144 bits of the HMAC-SHA256 over its id', () => {
    expect(attemptToken(KEY, ENROLLMENT)).toBe('DR2Ix2Yw9lnYiqhZtMrLOMOI');
  });

  it('is refused for another attempt, under another key, cut short and lengthened', () => {
    const token = attemptToken(KEY, ENROLLMENT);
    expect(isAttemptToken(KEY, ENROLLMENT, token)).toBe(true);
    expect(isAttemptToken(KEY, '8d9f0c1e-2b3a-4c5d-8e6f-0123456789ab', token)).toBe(false);
    expect(isAttemptToken('another-key', ENROLLMENT, token)).toBe(false);
    expect(isAttemptToken(KEY, ENROLLMENT, token.slice(0, -1))).toBe(false);
    expect(isAttemptToken(KEY, ENROLLMENT, `${token}A`)).toBe(false);
    expect(isAttemptToken(KEY, ENROLLMENT, '')).toBe(false);
  });

  it('is refused with any one character changed', () => {
    const token = attemptToken(KEY, ENROLLMENT);
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
        fc.pre(token[at] !== other);
        expect(isAttemptToken(KEY, ENROLLMENT, token.slice(0, at) + other + token.slice(at + 1))).toBe(false);
      }),
    );
  });
});

describe('the tokens in links', () => {
  it('carry the enrollment and 136 bits of HMAC', () => {
    expect(formToken(KEY, ENROLLMENT)).toBe('fZ8MHis6TF2ObwEjRWeJq8FtMqp9ISdE9yOpfIB11S-a');
  });

  it('give the enrollment back', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(enrollmentOfFormToken(KEY, formToken(KEY, id))).toBe(id);
        expect(enrollmentOfUnsubscribeToken(KEY, unsubscribeToken(KEY, id))).toBe(id);
      }),
    );
  });

  it('are of no use for each other', () => {
    expect(enrollmentOfUnsubscribeToken(KEY, formToken(KEY, ENROLLMENT))).toBeNull();
    expect(enrollmentOfFormToken(KEY, unsubscribeToken(KEY, ENROLLMENT))).toBeNull();
  });

  it('are refused under another key', () => {
    expect(enrollmentOfFormToken('another-key', formToken(KEY, ENROLLMENT))).toBeNull();
  });

  it('T5: are refused with any one bit changed', () => {
    const token = formToken(KEY, ENROLLMENT);
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(enrollmentOfFormToken(KEY, changed.toString('base64url'))).toBeNull();
    }
  });

  it.each([
    '',
    'x',
    `${formToken(KEY, ENROLLMENT)}=`,
    ` ${formToken(KEY, ENROLLMENT)}`,
    `${formToken(KEY, ENROLLMENT)}AAAA`,
  ])('have one spelling: %j is none', (token) => {
    expect(enrollmentOfFormToken(KEY, token)).toBeNull();
  });

  it('are not made for what is no id', () => {
    expect(() => formToken(KEY, 'Ben in Berlin')).toThrow(/^an id that should be a UUID is not one$/);
  });
});

describe('the hash of an address', () => {
  it('is the HMAC-SHA256 of kind and value', () => {
    expect(addressHash('address-key', 'phone', '+12125550123')).toBe(
      'd19a39fbcca7f8387a78b96325c15f0f8347f69fe16ecb3ca01753b416bb3bbe',
    );
  });

  it('differs by key and by kind', () => {
    const hash = addressHash('address-key', 'phone', '+12125550123');
    expect(addressHash('another-key', 'phone', '+12125550123')).not.toBe(hash);
    expect(addressHash('address-key', 'email', '+12125550123')).not.toBe(hash);
  });
});

describe('an API key', () => {
  it('falls into the prefix that finds its row and the secret that proves it', () => {
    const { key, prefix, secret } = newApiKey();
    expect(readApiKey(key)).toEqual({ prefix, secret });
    expect(isSecret(secret, hashSecret(secret))).toBe(true);
    expect(isSecret(newApiKey().secret, hashSecret(secret))).toBe(false);
    expect(isSecret(secret, '')).toBe(false);
  });

  it('has 256 random bits', () => {
    const secrets = Array.from({ length: 50 }, () => newApiKey().secret);
    expect(new Set(secrets).size).toBe(50);
    expect(Buffer.from(newApiKey().secret, 'base64url')).toHaveLength(32);
  });

  it.each([
    '',
    'ft_',
    'ft_0123456789ab',
    'ft_0123456789ab_short',
    `xx_0123456789ab_${'a'.repeat(43)}`,
    `ft_0123456789AB_${'a'.repeat(43)}`,
  ])('is not %j', (key) => {
    expect(readApiKey(key)).toBeNull();
  });
});

describe('what a request makes', () => {
  it('has the same id at every repetition, and another one for another request', () => {
    expect(idOfRequest('key-1:import')).toBe(idOfRequest('key-1:import'));
    expect(idOfRequest('key-1:import')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(idOfRequest('key-2:import')).not.toBe(idOfRequest('key-1:import'));
  });

  it('is an API key that nobody can make without our secret', () => {
    const made = apiKeyOfRequest(KEY, 'key-1:make');
    expect(made).toEqual(apiKeyOfRequest(KEY, 'key-1:make'));
    expect(readApiKey(made.key)).toEqual({ prefix: made.prefix, secret: made.secret });
    const others = [apiKeyOfRequest('another-key', 'key-1:make'), apiKeyOfRequest(KEY, 'key-1:make-2'), newApiKey()];
    expect(new Set([made, ...others].map(({ secret }) => secret)).size).toBe(4);
    expect(new Set([made, ...others].map(({ prefix }) => prefix)).size).toBe(4);
    expect(made.secret).not.toContain(made.prefix);
  });
});

describe('the token of a session', () => {
  it('has 256 random bits', () => {
    const tokens = Array.from({ length: 50 }, newSessionToken);
    expect(new Set(tokens).size).toBe(50);
    expect(Buffer.from(tokens[0] ?? '', 'base64url')).toHaveLength(32);
  });
});

describe('the subject of sign-ins', () => {
  const subject = (address: string) => signInSubject(KEY, address);

  it('is that of an IPv4 address, or of the network of an IPv6 address', () => {
    expect(subject('203.0.113.1')).not.toBe(subject('203.0.113.2'));
    expect(subject('2001:db8:1:2::1')).toBe(subject('2001:db8:1:2:a:b:c:d'));
    expect(subject('2001:db8:1:2::1')).not.toBe(subject('2001:db8:1:3::1'));
    expect(subject('2001:db8::1')).toBe(subject('2001:db8::2'));
    expect(subject('::ffff:203.0.113.1')).not.toBe(subject('::ffff:203.0.113.2'));
  });

  it('shows no address, and is one of a million', () => {
    for (const address of ['203.0.113.1', '::1', '']) expect(subject(address)).toMatch(/^sign-in:[0-9a-f]{5}$/);
  });
});
