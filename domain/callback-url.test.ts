import { callbackUrl, readCallback } from './callback-url';

const ATTEMPT = '0f8fad5b-d9cb-569f-a165-70867728950e';
const TOKEN = 'Zm9sbG93dGhyb3VnaC10b2tl';

describe('callbackUrl', () => {
  it('is read back as it was written', () => {
    const url = new URL(callbackUrl('https://outreach.example.com', '/webhooks/twilio/voice/status', ATTEMPT, TOKEN));
    expect(url.origin).toBe('https://outreach.example.com');
    expect(url.pathname).toBe('/webhooks/twilio/voice/status');
    expect(readCallback(Object.fromEntries(url.searchParams))).toEqual({ attemptId: ATTEMPT, token: TOKEN });
  });

  it('keeps a path of the public URL and does not double its slash', () => {
    expect(callbackUrl('https://example.com/outreach/', '/x', ATTEMPT, TOKEN)).toBe(
      `https://example.com/outreach/x?a=${ATTEMPT}&t=${TOKEN}`,
    );
  });

  it('lets nothing in the values become another parameter', () => {
    const url = new URL(callbackUrl('https://example.com', '/x', 'a&t=1', 'b#c&d'));
    expect(url.searchParams.get('a')).toBe('a&t=1');
    expect(url.searchParams.get('t')).toBe('b#c&d');
    expect(url.hash).toBe('');
  });
});

describe('readCallback', () => {
  it.each([
    ['neither', {}],
    ['no token', { a: ATTEMPT }],
    ['no attempt', { t: TOKEN }],
    ['two attempts', { a: [ATTEMPT, ATTEMPT], t: TOKEN }],
    ['two tokens', { a: ATTEMPT, t: [TOKEN, TOKEN] }],
    ['an object for the attempt', { a: { b: ATTEMPT }, t: TOKEN }],
    ['an attempt that is no UUID', { a: `${ATTEMPT}'`, t: TOKEN }],
    ['a short token', { a: ATTEMPT, t: 'abc' }],
    ['a token with other characters', { a: ATTEMPT, t: `${TOKEN}+/` }],
  ])('is null for %s', (_case, query) => {
    expect(readCallback(query)).toBeNull();
  });
});
