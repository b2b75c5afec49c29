import * as fc from 'fast-check';
import { parseCallbackTime } from './callback-time';
import { fromIso, toIso } from './instant';

const CHICAGO = 'America/Chicago';
/** Wednesday, 10:00 in Chicago. */
const NOW = fromIso('2026-11-18T16:00Z');

const local = (text: string, now = NOW, zone = CHICAGO): string | null => {
  const at = parseCallbackTime(text, now, zone);
  if (at === null) return null;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(at);
};

describe('a time to call back, said on a Wednesday at ten', () => {
  it.each([
    ['Call me Tuesday at three', '2026-11-24 15:00'],
    ['tomorrow at 10:30 am', '2026-11-19 10:30'],
    ['call me in two hours', '2026-11-18 12:00'],
    ['next Monday afternoon', '2026-11-23 14:00'],
    // days
    ['this Friday at noon', '2026-11-20 12:00'],
    ['Friday 4pm', '2026-11-20 16:00'],
    ['Can you call me on Fri at 2?', '2026-11-20 14:00'],
    ['thurs. at 9', '2026-11-19 09:00'],
    ['on sat at 11', '2026-11-21 11:00'],
    ['Monday morning', '2026-11-23 10:00'],
    ['next tuesday at 2', '2026-11-24 14:00'],
    ['next wed at 1', '2026-11-25 13:00'],
    ['this wednesday at 4', '2026-11-18 16:00'],
    ['the day after tomorrow at 5', '2026-11-20 17:00'],
    ['in 3 days at 9 am', '2026-11-21 09:00'],
    ['tmrw 3', '2026-11-19 15:00'],
    ['today at 15:45', '2026-11-18 15:45'],
    ['tonight', '2026-11-18 19:00'],
    ['tonight at 8', '2026-11-18 20:00'],
    ['this afternoon', '2026-11-18 14:00'],
    // without a day: the next time the clock shows it
    ['call me at 3', '2026-11-18 15:00'],
    ['at 9 please', '2026-11-19 09:00'],
    ['in the morning', '2026-11-19 10:00'],
    ['any time after 5', '2026-11-18 17:00'],
    // times
    ['tomorrow at 7', '2026-11-19 19:00'],
    ['tomorrow at 8', '2026-11-19 08:00'],
    ['tomorrow at 12', '2026-11-19 12:00'],
    ['tomorrow at 12 a.m.', '2026-11-19 00:00'],
    ['tomorrow at 12 P.M.', '2026-11-19 12:00'],
    ['tomorrow at 0:30', '2026-11-19 00:30'],
    ['tomorrow around 1030am', '2026-11-19 10:30'],
    ['tomorrow at 3 o’clock', '2026-11-19 15:00'],
    ['tomorrow at half past three', '2026-11-19 15:30'],
    ['tomorrow at quarter past 9', '2026-11-19 09:15'],
    ['tomorrow at quarter to one', '2026-11-19 12:45'],
    ['tomorrow at quarter to 5', '2026-11-19 16:45'],
    ['tomorrow at ten thirty', '2026-11-19 10:30'],
    ['tomorrow at four fifteen', '2026-11-19 16:15'],
    ['tomorrow at four forty-five', '2026-11-19 16:45'],
    ['10 am tomorrow', '2026-11-19 10:00'],
    ['tomorrow morning at 7', '2026-11-19 07:00'],
    ['tomorrow at 8 in the evening', '2026-11-19 20:00'],
    ['tomorrow afternoon at 12', '2026-11-19 12:00'],
    // elapsed
    ['in an hour', '2026-11-18 11:00'],
    ['in half an hour', '2026-11-18 10:30'],
    ['in a couple of hours', '2026-11-18 12:00'],
    ['in 45 mins', '2026-11-18 10:45'],
  ])('"%s" is %s', (text, expected) => expect(local(text)).toBe(expected));

  it.each([
    ['says no time', ['call me', 'soon', 'tomorrow', 'Tuesday', 'next week', '']],
    ['is past', ['today at 9', 'this morning at 8', 'this Monday at 3']],
    ['is far ahead', ['in 90 days at 3']],
    ['is a day that people count differently', ['Wednesday at 3', 'next Friday at 3']],
    [
      'leaves a choice',
      ['Tuesday or Thursday at 3', 'Monday Tuesday at 3', 'tomorrow at 3 or 4', 'between 2 and 4', '3-5 pm tomorrow'],
    ],
    ['has an end but no start', ['before 5', 'tomorrow by noon', 'until 3']],
    ['refuses', ['don’t call me at 3', 'not on Tuesday at 3', 'never at 3']],
    ['names a date', ['March 3 at 2pm', 'on the 15th at 3', '3/15 at 2', 'the first of June at noon']],
    ['names another clock', ['at 3pm EST', 'tomorrow at 4 pacific', 'at 3 your time']],
    ['is shown by no clock', ['tomorrow at 25', 'tomorrow at 3:75', 'tomorrow at 13 pm', 'tomorrow at 0 am']],
    [
      'contradicts itself',
      ['tomorrow morning at 3pm', 'tonight at 3', 'morning or evening', 'morning evening', 'in 2 hours tomorrow'],
    ],
    [
      'has a number that may be something else',
      ['I have 2 kids, call tomorrow', 'at 212 555 0123', 'in 2 hours in 3 hours', 'in 2 hours 5'],
    ],
  ])('is left to a person when it %s', (_why, texts) => {
    expect(texts.map((text) => [text, local(text)])).toEqual(texts.map((text) => [text, null]));
  });

  it('is read on the clock of the person', () => {
    expect(parseCallbackTime('at 3', NOW, 'Asia/Kolkata')).toBe(fromIso('2026-11-19T09:30Z'));
    expect(parseCallbackTime('tomorrow at 3', NOW, 'Pacific/Honolulu')).toBe(fromIso('2026-11-20T01:00Z'));
  });

  it('is kept over the change of the clocks, and moved to the first instant that exists', () => {
    const saturday = fromIso('2027-03-13T18:00Z');
    expect(toIso(parseCallbackTime('tomorrow at 10 am', saturday, CHICAGO) ?? 0)).toBe('2027-03-14T15:00:00.000Z');
    expect(toIso(parseCallbackTime('tomorrow at 2:30 am', saturday, CHICAGO) ?? 0)).toBe('2027-03-14T08:00:00.000Z');
  });

  it('is ahead or nothing, whatever is written', () => {
    const word = fc.constantFrom(
      'call',
      'at',
      'in',
      'next',
      'this',
      'monday',
      'today',
      'tomorrow',
      'night',
      '3',
      '12',
      '10:30',
      'pm',
      'hours',
      'days',
      'half',
      'a',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        expect(parseCallbackTime(words.join(' '), NOW, CHICAGO) ?? NOW + 1).toBeGreaterThan(NOW);
      }),
      { numRuns: 2000 },
    );
    expect(parseCallbackTime('at 3 '.repeat(100_000), NOW, CHICAGO)).toBeNull();
  });
});
