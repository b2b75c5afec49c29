import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { verifyTwilio, type SignedRequest } from './twilio-signature';

/** As Twilio publishes it in the documentation and the tests of its SDKs; the numbers in it are Twilio's example. */
const PUBLISHED = {
  authTokens: ['12345'],
  publicUrl: 'https://mycompany.com',
  path: '/myapp.php?foo=1&bar=2',
  params: {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  },
  signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
} satisfies SignedRequest;
/** From the same tests (https://github.com/twilio/twilio-node, spec/validation.spec.js). */
const SIGNED_WITH_PORT_443 = 'kvajT1Ptam85bY51eRf/AJRuM3w=';
const SIGNED_OVER_HTTP_WITH_PORT_80 = '0ZXoZLH/DfblKGATFgpif+LLRf4=';
const SIGNED_OVER_HTTP_WITH_PORT_1234 = 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU=';
const WITH_APOSTROPHE = { path: `${PUBLISHED.path}&Body=It's+amazing`, signature: 'dsq4Ehbj6cs+KdTkpF5sSSplOWw=' };
const WITH_REPEATED = {
  params: { Sid: 'CA123', SidAccount: 'AC123', Digits: ['5678', '1234', '1234'] },
  signature: 'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
};

/** The published algorithm, written down once more, for requests that nobody has published. */
function sign(authToken: string, url: string, params: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(params)
    .sort()
    .map((name) => name + params[name]);
  return createHmac('sha1', authToken)
    .update(url + pairs.join(''), 'utf8')
    .digest('base64');
}

describe('a request that Twilio signed', () => {
  it('is known by the published vector', () => {
    expect(verifyTwilio(PUBLISHED)).toBe(true);
  });

  it.each([
    ['https with port 443', { signature: SIGNED_WITH_PORT_443 }],
    [
      'https with port 443, which is configured',
      { publicUrl: 'https://mycompany.com:443', signature: SIGNED_WITH_PORT_443 },
    ],
    ['https without the port that is configured', { publicUrl: 'https://mycompany.com:1234' }],
    ['http with port 80', { publicUrl: 'http://mycompany.com', signature: SIGNED_OVER_HTTP_WITH_PORT_80 }],
    ['http with port 1234', { publicUrl: 'http://mycompany.com:1234', signature: SIGNED_OVER_HTTP_WITH_PORT_1234 }],
    ['a path with an apostrophe', WITH_APOSTROPHE],
    ['a parameter that is there three times', WITH_REPEATED],
    ['a public URL with a slash behind it', { publicUrl: 'https://mycompany.com/' }],
  ])('is known, signed over %s', (_what, change) => {
    expect(verifyTwilio({ ...PUBLISHED, ...change })).toBe(true);
  });

  it('is known by either token while the token is being changed', () => {
    expect(verifyTwilio({ ...PUBLISHED, authTokens: ['the-new-one', '12345'] })).toBe(true);
    expect(verifyTwilio({ ...PUBLISHED, authTokens: ['12345', 'the-new-one'] })).toBe(true);
  });

  it('is known whatever is in it, as long as it is left as it came', () => {
    const forms = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(forms, fc.webQueryParameters(), (params, query) => {
        const path = `/webhooks/twilio/sms?a=1&${query}`;
        const signature = sign('token', `https://outreach.example.com${path}`, params);
        expect(
          verifyTwilio({ authTokens: ['token'], publicUrl: 'https://outreach.example.com', path, params, signature }),
        ).toBe(true);
      }),
    );
  });
});

describe('T1: a request is refused', () => {
  const { params } = PUBLISHED;
  const { Digits: _digits, ...withoutDigits } = params;

  it.each<[string, Partial<SignedRequest>]>([
    ['without a signature', { signature: undefined }],
    ['with an empty signature', { signature: '' }],
    ['with a longer signature', { signature: `${PUBLISHED.signature}=` }],
    ['with a shorter signature', { signature: PUBLISHED.signature.slice(0, -1) }],
    ['with the signature of another token', { authTokens: ['12346'] }],
    ['without any token', { authTokens: [] }],
    ['with one parameter more', { params: { ...params, OptOutType: 'STOP' } }],
    ['with one parameter less', { params: withoutDigits }],
    ['without parameters', { params: {} }],
    ['with a trimmed parameter', { params: { ...params, From: '14158675309' } }],
    ['with another case in a name', { params: { ...withoutDigits, digits: '1234' } }],
    ['with a repeated parameter', { params: { ...params, Digits: ['1234', '5678'] } }],
    ['at another path', { path: '/myapp.php/?foo=1&bar=2' }],
    ['with one query parameter more', { path: '/myapp.php?foo=1&bar=2&a=3' }],
    ['with its query in another order', { path: '/myapp.php?bar=2&foo=1' }],
    ['without its query', { path: '/myapp.php' }],
    ['over http instead of https', { publicUrl: 'http://mycompany.com' }],
    ['at another host', { publicUrl: 'https://mycompany.example.com' }],
    ['by a path that brings its own host', { path: 'https://mycompany.com/myapp.php?foo=1&bar=2' }],
    ['by a path that continues the host', { publicUrl: 'https://mycompany', path: '.com/myapp.php?foo=1&bar=2' }],
  ])('%s', (_what, change) => {
    expect(verifyTwilio({ ...PUBLISHED, ...change })).toBe(false);
  });

  it('signed with the empty key when no token is set', () => {
    const signature = sign('', 'https://mycompany.com/myapp.php?foo=1&bar=2', params);
    expect(verifyTwilio({ ...PUBLISHED, authTokens: [''], signature })).toBe(false);
  });

  it('with any one bit changed in a parameter', () => {
    for (const [name, value] of Object.entries(params)) {
      for (const changed of oneBitAway(value)) {
        expect(verifyTwilio({ ...PUBLISHED, params: { ...params, [name]: changed } })).toBe(false);
      }
    }
  });

  it('with any one bit changed in the signature', () => {
    for (const signature of oneBitAway(PUBLISHED.signature))
      expect(verifyTwilio({ ...PUBLISHED, signature })).toBe(false);
  });

  it('with any one bit changed in the path', () => {
    for (const path of oneBitAway(PUBLISHED.path)) expect(verifyTwilio({ ...PUBLISHED, path })).toBe(false);
  });
});

/** Every text that differs in one of the lower seven bits of one character. */
function oneBitAway(text: string): string[] {
  return [...text].flatMap((character, at) =>
    [1, 2, 4, 8, 16, 32, 64].map(
      (bit) => text.slice(0, at) + String.fromCharCode(character.charCodeAt(0) ^ bit) + text.slice(at + 1),
    ),
  );
}
