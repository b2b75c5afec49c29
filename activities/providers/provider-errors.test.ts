import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  judgeAnswer,
  judgeSilence,
  judgeSmtp,
  ProviderError,
  readRetryAfter,
  refuseBeforeSending,
} from './provider-errors';

describe('an answer of the telephone provider', () => {
  it.each([
    [20003, 'configuration', 'credentials'],
    [20429, 'retry', 'rate_limited'],
    [21211, 'address_invalid', 'address_invalid'],
    [21217, 'address_invalid', 'address_invalid'],
    [21408, 'configuration', 'region_not_allowed'],
    [21610, 'opted_out', 'opted_out'],
    [21611, 'retry', 'queue_full'],
    [22005, 'configuration', 'queue_full'],
    [30001, 'retry', 'queue_full'],
    [30002, 'configuration', 'account_inactive'],
    [30003, 'final', 'undelivered'],
    [30004, 'opted_out', 'opted_out'],
    [30005, 'address_invalid', 'address_invalid'],
    [30006, 'address_invalid', 'address_invalid'],
    [30007, 'configuration', 'content_refused'],
    [30008, 'final', 'undelivered'],
    [30034, 'configuration', 'sender_refused'],
    [30036, 'retry', 'expired'],
    [30450, 'configuration', 'blocked'],
    [11200, 'configuration', 'webhook_failed'],
    [11205, 'configuration', 'webhook_failed'],
    [12100, 'configuration', 'webhook_failed'],
  ])('with code %d means %s (%s)', (code, verdict, reason) => {
    expect(judgeAnswer({ status: 400, code, retryAfterMs: null })).toEqual({
      kind: 'not_sent',
      verdict,
      reason,
      code: String(code),
    });
  });

  it('with a code that is not known ends the attempt and no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 90_000, max: 99_999 }), (code) => {
        expect(judgeAnswer({ status: 400, code, retryAfterMs: null })).toMatchObject({
          kind: 'not_sent',
          verdict: 'final',
        });
      }),
    );
  });

  it('is never trusted with a 5xx, whatever its code says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 500, max: 599 }),
        fc.option(fc.constantFrom(21211, 21610, 20429, 20003)),
        (status, code) => {
          expect(judgeAnswer({ status, code, retryAfterMs: null }).kind).toBe('unknown');
        },
      ),
    );
  });

  it('of 429 was never processed, whatever its code says', () => {
    fc.assert(
      fc.property(fc.option(fc.integer()), fc.nat(), (code, retryAfterMs) => {
        expect(judgeAnswer({ status: 429, code, retryAfterMs })).toMatchObject({
          kind: 'not_sent',
          verdict: 'retry',
          retryAfterMs,
        });
      }),
    );
  });
});

describe('silence', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ETIMEDOUT', 'EPROTO', 'A_CODE_OF_TOMORROW'])(
    'before the first byte proves that nothing was sent: %s',
    (code) => {
      expect(judgeSilence(false, { code })).toEqual({
        kind: 'not_sent',
        verdict: 'retry',
        reason: 'unreachable',
        code,
      });
    },
  );

  it.each([
    ['ECONNRESET', 'connection_lost'],
    ['EPIPE', 'connection_lost'],
    ['ETIMEDOUT', 'timeout'],
    ['ERR_CANCELED', 'timeout'],
    // The same code that proves everything before the first byte proves nothing after it.
    ['ECONNREFUSED', 'connection_lost'],
  ])('after it proves nothing: %s', (code, reason) => {
    expect(judgeSilence(true, { code })).toEqual({ kind: 'unknown', reason, code });
  });

  it.each([null, undefined, 'boom', new Error('boom'), { code: 7 }, { code: 'call +12125550123' }, { code: 'lower' }])(
    'shows nothing that is not a code: %p',
    (error) => {
      expect(judgeSilence(true, error)).toEqual({ kind: 'unknown', reason: 'connection_lost' });
      expect(judgeSilence(false, error)).toEqual({ kind: 'not_sent', verdict: 'retry', reason: 'unreachable' });
    },
  );
});

describe('a mail server', () => {
  const failure = { contentLeft: false, command: 'RCPT TO', reply: null, error: null };

  it('that answers 4xx may be asked again, wherever it does', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.constantFrom(null, 'MAIL FROM', 'RCPT TO', 'DATA', 'CONN'),
        fc.integer({ min: 400, max: 499 }),
        (contentLeft, command, reply) => {
          expect(judgeSmtp({ contentLeft, command, reply: `${reply} later`, error: null })).toEqual({
            kind: 'not_sent',
            verdict: 'retry',
            reason: 'deferred',
            code: String(reply),
          });
        },
      ),
    );
  });

  it.each([
    ['CONN', '554 no', 'configuration', 'refused', '554'],
    [null, '554 no', 'configuration', 'refused', '554'],
    ['AUTH PLAIN', '535 no', 'configuration', 'credentials', '535'],
    ['MAIL FROM', '550 5.1.1 no', 'configuration', 'sender_refused', '550 5.1.1'],
    ['RCPT TO', '550 5.1.8 your sender', 'configuration', 'sender_refused', '550 5.1.8'],
    ['RCPT TO', '550-5.1.1 no\n550 5.1.1 such user', 'address_invalid', 'address_invalid', '550 5.1.1'],
    ['RCPT TO', '550 5.7.1 policy', 'final', 'blocked', '550 5.7.1'],
    ['DATA', '554 5.3.4 too big', 'final', 'content_refused', '554 5.3.4'],
  ])('that answers %s with "%s" means %s', (command, reply, verdict, reason, code) => {
    expect(judgeSmtp({ ...failure, command, reply })).toEqual({ kind: 'not_sent', verdict, reason, code });
  });

  it.each([
    ['EAUTH', 'configuration', 'credentials'],
    ['EENVELOPE', 'final', 'request_invalid'],
    ['ECONNECTION', 'retry', 'unreachable'],
    ['ETLS', 'retry', 'unreachable'],
  ])('that was not reached because of %s got nothing', (code, verdict, reason) => {
    expect(judgeSmtp({ ...failure, error: { code } })).toEqual({ kind: 'not_sent', verdict, reason, code });
  });

  it.each(['250 ok', '', 'no reply at all'])(
    'that says neither yes nor no after the content (%j) leaves it unknown',
    (reply) => {
      expect(judgeSmtp({ contentLeft: true, command: 'DATA', reply, error: { code: 'EMESSAGE' } })).toEqual({
        kind: 'unknown',
        reason: 'connection_lost',
        code: 'EMESSAGE',
      });
    },
  );
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    [' 12 ', 12_000],
    ['86400', 3_600_000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thu, 01 Jan 2024 00:01:00 GMT', 0],
    ['', null],
    ['soon', null],
    ['-5 seconds', null],
    [undefined, null],
    [['1', '2'], null],
  ])('%p asks for %p ms', (header, waitMs) => {
    expect(readRetryAfter(header, Date.UTC(2026, 0, 1))).toBe(waitMs);
  });
});

it('what we refuse ourselves has no code', () => {
  expect(refuseBeforeSending('final', 'header_refused')).toEqual({
    kind: 'not_sent',
    verdict: 'final',
    reason: 'header_refused',
  });
});

it('T13: nothing that a provider says in words comes through', () => {
  const secret = 'sEcReT to asha@example.org and +12125550123';
  const shown = [
    judgeSilence(true, Object.assign(new Error(secret), { code: secret })),
    judgeSmtp({ contentLeft: true, command: secret, reply: `550 ${secret}`, error: new Error(secret) }),
    judgeSmtp({ contentLeft: true, command: 'DATA', reply: secret, error: new Error(secret) }),
    new ProviderError('unreachable', 'ECONNREFUSED'),
  ];
  expect(inspect(shown, { depth: 10 })).not.toMatch(/sEcReT|asha|1212/);
});
