import { segmentsOf, segmentWarning } from './sms-segments';

describe('a text is cut into segments (U-10)', () => {
  it.each([
    ['', 'gsm7', 1, 0],
    ['a'.repeat(160), 'gsm7', 1, 160],
    ['a'.repeat(161), 'gsm7', 2, 161],
    ['a'.repeat(306), 'gsm7', 2, 306],
    ['a'.repeat(307), 'gsm7', 3, 307],
    ['€'.repeat(80), 'gsm7', 1, 160],
    [`${'a'.repeat(159)}€`, 'gsm7', 2, 161],
    // The escape and its letter stay together, so the first segment ends one short.
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm7', 3, 306],
    ['Ñandú @ Straße Ω\n', 'ucs2', 1, 17],
    ['ñ@ß\n[]{}', 'gsm7', 1, 12],
    ['ж'.repeat(70), 'ucs2', 1, 70],
    ['ж'.repeat(71), 'ucs2', 2, 71],
    ['ж'.repeat(134), 'ucs2', 2, 134],
    ['ж'.repeat(135), 'ucs2', 3, 135],
    ['😀'.repeat(35), 'ucs2', 1, 70],
    // Half a character is none: thirty-three of them fill a segment of sixty-seven.
    ['😀'.repeat(67), 'ucs2', 3, 134],
  ] as const)('%#: as carriers do', (text, encoding, segments, units) => {
    expect(segmentsOf(text)).toMatchObject({ encoding, segments, units });
  });

  it('names the first letter that makes it UCS-2', () => {
    expect(segmentsOf('It’s – time').because).toBe('’');
    expect(segmentsOf("It's time").because).toBeNull();
  });

  it('is warned of above three, with the letter that it is due to', () => {
    expect(segmentWarning(segmentsOf('a'.repeat(459)))).toBeNull();
    expect(segmentWarning(segmentsOf('a'.repeat(460)))).toBe(
      'the text is 4 segments long, more than 3: each is paid for',
    );
    expect(segmentWarning(segmentsOf(`’${'a'.repeat(210)}`))).toBe(
      'the text is 4 segments long, more than 3: each is paid for; the character "’" is none of GSM\'s, so each holds 67 instead of 153',
    );
  });
});
