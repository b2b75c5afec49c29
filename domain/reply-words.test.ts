import { newTextOf, wordsOf } from './reply-words';
import { cpuSecondsOf } from '../test/cpu';

describe('the words of a reply', () => {
  it.each([
    ['STOP!!!', 'stop'],
    ['  Arrêtez, s’il vous plaît. ', 'arretez sil vous plait'],
    ["Don't  call\n me", 'dont call me'],
    ['ＳＴＯＰ 🛑', 'stop'],
    ['S\u200bTOP', 'stop'],
    ['no más…', 'no mas'],
    ['👍', ''],
  ])('%j are "%s"', (text, words) => expect(wordsOf(text)).toBe(words));
});

describe('what is new in a reply', () => {
  it('is all of a text message', () => {
    expect(newTextOf(' Yes please\nTuesday ')).toBe('Yes please\nTuesday');
  });

  it('is nothing in a reaction to our own text', () => {
    expect(newTextOf('Liked “Reply STOP to opt out”')).toBe('');
    expect(newTextOf('Reacted 👍 to "Reply STOP\nto opt out"')).toBe('');
  });

  it('is what stands above a marked quote and below it', () => {
    const mail =
      'Sounds good\n\nOn Fri, Nov 20, 2026 at 9:00 AM Firm <firm@example.com>\nwrote:\n> Reply STOP to opt out\n>\nBen';
    expect(newTextOf(mail)).toBe('Sounds good\nBen');
  });

  it.each([
    'Sounds good\r\n\r\nOn Fri, Nov 20, 2026, Firm wrote:\r\nReply STOP to opt out',
    'Sounds good\nLe ven. 20 nov. 2026 à 09:00, Cabinet a écrit :\nSTOP',
    'Sounds good\n-----Original Message-----\nSTOP',
    'Sounds good\n________________________________\nSTOP',
    'Sounds good\nFrom: Firm <firm@example.com>\nSTOP',
    'Sounds good\nSent from my phone',
    'Sounds good\nOn Friday the firm wrote:',
  ])('is what stands above %j', (mail) => expect(newTextOf(mail)).toBe('Sounds good'));

  it('has an end', () => {
    const read = (mail: string) => expect(newTextOf(mail)).toHaveLength(10_000);
    expect(cpuSecondsOf(() => read('on '.repeat(400_000)))).toBeLessThan(10);
    expect(cpuSecondsOf(() => read('on a\n'.repeat(200_000)))).toBeLessThan(10);
  });
});
