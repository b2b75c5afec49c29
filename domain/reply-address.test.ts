import fc from 'fast-check';
import { readReplyAddress, replyAddress } from './reply-address';

const ATTEMPT = '0f8fad5b-d9cb-569f-a165-70867728950e';
const TOKEN = 'abcdefghijklmnopqrst-_09';

describe('the Reply-To of a mail (T4, R-21)', () => {
  it('lies on the domain of the sender and fits into a local part', () => {
    const address = replyAddress('intake@mail.example.com', ATTEMPT, TOKEN);
    expect(address).toMatch(/^reply\+[0-9a-v]{26}\.[0-9a-v]{29}@mail\.example\.com$/);
    expect(address.indexOf('@')).toBeLessThanOrEqual(64);
  });

  it('gives back attempt and token, also when the case was changed on the way', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uint8Array({ minLength: 18, maxLength: 18 }), (attemptId, bytes) => {
        const token = Buffer.from(bytes).toString('base64url');
        const address = replyAddress('intake@example.com', attemptId, token);
        expect(readReplyAddress(address)).toEqual({ attemptId, token });
        expect(readReplyAddress(` ${address.toUpperCase()} `)).toEqual({ attemptId, token });
      }),
    );
  });

  it('is told apart from every other address', () => {
    const address = replyAddress('intake@example.com', ATTEMPT, TOKEN);
    expect(readReplyAddress('intake@example.com')).toBeNull();
    expect(readReplyAddress(address.replace('reply+', 'other+'))).toBeNull();
    expect(readReplyAddress(address.replace('.', ''))).toBeNull();
    expect(readReplyAddress(`${address}@example.org`)).toBeNull();
  });

  it('refuses digits that stand for more bits than an id or a token has', () => {
    const tooLarge = (digits: number) => 'v'.repeat(digits);
    expect(readReplyAddress(`reply+${tooLarge(26)}.${'0'.repeat(29)}@example.com`)).toBeNull();
    expect(readReplyAddress(`reply+${'0'.repeat(26)}.${tooLarge(29)}@example.com`)).toBeNull();
  });
});
