import { inspect } from 'node:util';
import { seal, SealError, unseal } from './connection-seal';

const KEY = 'a-secret-key-of-at-least-32-characters';
const OTHER = 'another-secret-key-of-32-characters-more';
const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const ELSEWHERE = '0f8fad5b-d9cb-469f-a165-70867728950f';
const TEXT = '{"token":"nobody may see this"}';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SealError) return error.code;
    throw error;
  }
  return 'none';
}

describe('a seal', () => {
  it('hides the text, and only the same key opens it', () => {
    const sealed = seal(KEY, 'credentials', ID, TEXT);
    expect(sealed).not.toContain('nobody');
    expect(unseal(KEY, 'credentials', ID, sealed)).toBe(TEXT);
    expect(codeOf(() => unseal(OTHER, 'credentials', ID, sealed))).toBe('other_key');
  });

  it('is another one each time, under the same name of the key', () => {
    const [one, two] = [seal(KEY, 'credentials', ID, TEXT), seal(KEY, 'credentials', ID, TEXT)];
    expect(one).not.toBe(two);
    expect(one.split('.').slice(0, 2)).toEqual(two.split('.').slice(0, 2));
  });

  it('opens in its own place alone', () => {
    const sealed = seal(KEY, 'credentials', ID, TEXT);
    expect(codeOf(() => unseal(KEY, 'credentials', ELSEWHERE, sealed))).toBe('damaged');
    expect(codeOf(() => unseal(KEY, 'token', ID, sealed))).toBe('damaged');
  });

  it.each([
    ['a changed byte', (text: string) => `${text.slice(0, -3)}${text.at(-3) === 'A' ? 'B' : 'A'}${text.slice(-2)}`],
    ['a missing end', (text: string) => text.slice(0, -8)],
    ['nothing but the names', (text: string) => text.split('.').slice(0, 2).join('.')],
    ['another version', (text: string) => `v9${text.slice(2)}`],
  ])('with %s does not open, and says nothing of what was in it', (_, spoil) => {
    const spoilt = spoil(seal(KEY, 'credentials', ID, TEXT));
    const error = (() => {
      try {
        return unseal(KEY, 'credentials', ID, spoilt);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'damaged' });
    expect(inspect(error)).not.toContain('nobody');
  });
});
