import { cachedHours, compileHours, type Hours, type ZoneHours } from './business-hours';
import type { HoursRule } from './hours-rule';
import { DAY_MS, fromIso, HOUR_MS, MINUTE_MS, toIso } from './instant';
import { parseClock, type Weekday } from './local-time';

const WORKDAYS: readonly Weekday[] = [1, 2, 3, 4, 5];
const ALL_DAYS: readonly Weekday[] = [...WORKDAYS, 6, 7];

const rule = (name: string, open: string, close: string, changes: Partial<HoursRule> = {}): HoursRule => ({
  name,
  slots: [{ weekdays: WORKDAYS, open: parseClock(open), close: parseClock(close) }],
  ...changes,
});
const daily = (name: string, ...slots: [string, string][]): HoursRule => ({
  name,
  slots: slots.map(([open, close]) => ({ weekdays: ALL_DAYS, open: parseClock(open), close: parseClock(close) })),
});
const hoursIn = (zone: string, ...rules: HoursRule[]): Hours => compileHours([{ zone, rules }], 0);
const next = (hours: Hours, at: string): string[] | null => {
  const opening = hours.next(fromIso(at));
  return opening && [opening.opensAt, opening.closesAt].map((instant) => toIso(instant).replace(':00.000Z', 'Z'));
};

describe('the next opening', () => {
  const noonToEight = hoursIn('America/Chicago', rule('run', '12:00', '20:00'));

  it.each([
    ['before it opens', '2026-11-20T10:00Z', ['2026-11-20T18:00Z', '2026-11-21T02:00Z']],
    ['at its start, which is inside (R-13)', '2026-11-20T18:00Z', ['2026-11-20T18:00Z', '2026-11-21T02:00Z']],
    ['while it is open', '2026-11-20T23:00Z', ['2026-11-20T18:00Z', '2026-11-21T02:00Z']],
    ['at its end, which is outside (R-13)', '2026-11-21T02:00Z', ['2026-11-23T18:00Z', '2026-11-24T02:00Z']],
    ['on a Sunday', '2026-11-22T20:00Z', ['2026-11-23T18:00Z', '2026-11-24T02:00Z']],
  ])('is found %s', (_when, at, opening) => {
    expect(next(noonToEight, at)).toEqual(opening);
  });

  it('is the same by the clock on the wall before and after the change of the clocks', () => {
    const hours = hoursIn('America/New_York', daily('run', ['09:00', '17:00']));
    expect(next(hours, '2027-03-13T12:00Z')).toEqual(['2027-03-13T14:00Z', '2027-03-13T22:00Z']);
    expect(next(hours, '2027-03-14T12:00Z')).toEqual(['2027-03-14T13:00Z', '2027-03-14T21:00Z']);
  });

  it('needs every rule', () => {
    const hours = hoursIn('America/Chicago', rule('legal', '08:00', '14:00'), rule('run', '12:00', '20:00'));
    expect(next(hours, '2026-11-20T00:00Z')).toEqual(['2026-11-20T18:00Z', '2026-11-20T20:00Z']);
  });

  it('needs every zone', () => {
    const rules = [rule('legal', '08:00', '21:00')];
    const hours = compileHours(
      [
        { zone: 'America/New_York', rules },
        { zone: 'America/Los_Angeles', rules },
      ],
      0,
    );
    expect(next(hours, '2026-11-20T02:00Z')).toEqual(['2026-11-20T16:00Z', '2026-11-21T02:00Z']);
  });

  it('leaves closed days out', () => {
    const hours = hoursIn(
      'America/Chicago',
      rule('company', '12:00', '20:00', { except: ['2026-11-26', '2026-11-27'] }),
    );
    expect(next(hours, '2026-11-26T03:00Z')).toEqual(['2026-11-30T18:00Z', '2026-12-01T02:00Z']);
  });

  it('goes through midnight where one day adjoins the next', () => {
    const hours = hoursIn('America/Chicago', daily('run', ['22:00', '24:00'], ['00:00', '02:00']));
    expect(next(hours, '2026-11-20T05:00Z')).toEqual(['2026-11-20T04:00Z', '2026-11-20T08:00Z']);
  });

  it('goes through the end of an epoch week', () => {
    const hours = hoursIn('America/Chicago', daily('run', ['12:00', '20:00']));
    expect(fromIso('2026-11-19T00:00Z') % (7 * DAY_MS)).toBe(0);
    expect(next(hours, '2026-11-18T23:59Z')).toEqual(['2026-11-18T18:00Z', '2026-11-19T02:00Z']);
    expect(next(hours, '2026-11-19T00:00Z')).toEqual(['2026-11-18T18:00Z', '2026-11-19T02:00Z']);
  });

  it('may end or start just there', () => {
    expect(next(hoursIn('UTC', daily('run', ['18:00', '24:00'])), '2026-11-18T20:00Z')).toEqual([
      '2026-11-18T18:00Z',
      '2026-11-19T00:00Z',
    ]);
    expect(next(hoursIn('UTC', daily('run', ['00:00', '06:00'])), '2026-11-19T00:00Z')).toEqual([
      '2026-11-19T00:00Z',
      '2026-11-19T06:00Z',
    ]);
  });

  it('is null when the dates are over', () => {
    const hours = hoursIn('America/Chicago', rule('run', '12:00', '20:00', { to: '2026-11-20' }));
    expect(next(hours, '2026-11-21T01:59Z')).toEqual(['2026-11-20T18:00Z', '2026-11-21T02:00Z']);
    expect(next(hours, '2026-11-21T02:00Z')).toBeNull();
    expect(hours.isOpen(fromIso('2026-11-21T02:00Z'))).toBe(false);
  });

  it('is null when none comes within 400 days', () => {
    const hours = hoursIn('America/Chicago', rule('run', '12:00', '20:00', { from: '2028-06-01' }));
    expect(next(hours, '2026-11-20T00:00Z')).toBeNull();
    expect(next(hours, '2027-06-01T00:00Z')).toEqual(['2028-06-01T17:00Z', '2028-06-02T01:00Z']);
  });

  it('is null when no instant suits all zones', () => {
    const rules = [rule('run', '12:00', '14:00')];
    const hours = compileHours(
      [
        { zone: 'America/New_York', rules },
        { zone: 'Pacific/Honolulu', rules },
      ],
      0,
    );
    expect(next(hours, '2026-11-20T00:00Z')).toBeNull();
  });

  it('of hours that never close is cut 400 days to either side, again and again', () => {
    const hours = hoursIn('UTC', daily('run', ['00:00', '24:00']));
    for (const at of [fromIso('2026-11-20T12:00Z'), fromIso('2031-11-20T12:00Z')]) {
      const opening = hours.next(at);
      expect(opening?.opensAt).toBeLessThan(at - 400 * DAY_MS);
      expect(opening?.closesAt).toBeGreaterThan(at + 400 * DAY_MS);
      expect(hours.why(at)).toEqual([]);
    }
  });

  it('has no slot inside the hour that comes twice, for no reading of it is certain', () => {
    const hours = hoursIn('America/New_York', daily('run', ['01:15', '01:45']));
    expect(next(hours, '2026-11-01T05:20Z')).toEqual(['2026-11-02T06:15Z', '2026-11-02T06:45Z']);
    expect(hours.why(fromIso('2026-11-01T05:20Z'))).toMatchObject([{ kind: 'before_opening', opensMinute: 75 }]);
    expect(hours.why(fromIso('2026-11-01T06:50Z'))).toMatchObject([{ kind: 'after_closing' }]);
  });
});

describe('the closing margin', () => {
  const zones = [{ zone: 'America/Chicago', rules: [rule('legal', '08:00', '21:00'), rule('run', '12:00', '20:00')] }];

  it('is taken off the end of each opening', () => {
    const hours = compileHours(zones, 5 * MINUTE_MS);
    expect(next(hours, '2026-11-20T20:00Z')).toEqual(['2026-11-20T18:00Z', '2026-11-21T01:55Z']);
    expect(next(hours, '2026-11-21T01:55Z')).toEqual(['2026-11-23T18:00Z', '2026-11-24T01:55Z']);
  });

  it('names the rule that ends the opening, by the clock of the instant asked for', () => {
    expect(compileHours(zones, 5 * MINUTE_MS).why(fromIso('2026-11-21T01:57Z'))).toEqual([
      { zone: 'America/Chicago', rule: 'run', kind: 'after_closing', localDate: '2026-11-20', localMinute: 1197 },
    ]);
  });

  it('is not taken at midnight where one day adjoins the next', () => {
    const hours = compileHours(
      [{ zone: 'UTC', rules: [daily('run', ['20:00', '24:00'], ['00:00', '04:00'])] }],
      HOUR_MS,
    );
    expect(next(hours, '2026-11-20T23:30Z')).toEqual(['2026-11-20T20:00Z', '2026-11-21T03:00Z']);
  });

  it('makes an opening vanish that is then shorter than a minute', () => {
    const margin = (ms: number) => compileHours([{ zone: 'UTC', rules: [daily('run', ['09:00', '09:10'])] }], ms);
    expect(next(margin(9 * MINUTE_MS), '2026-11-20T00:00Z')).toEqual(['2026-11-20T09:00Z', '2026-11-20T09:01Z']);
    expect(margin(9 * MINUTE_MS + 1).next(fromIso('2026-11-20T00:00Z'))).toBeNull();
    expect(margin(9 * MINUTE_MS + 1).why(fromIso('2026-11-20T09:00Z'))).toMatchObject([{ kind: 'after_closing' }]);
  });
});

describe('why it is closed', () => {
  const hours = hoursIn('America/Chicago', {
    ...daily('run', ['12:00', '14:00'], ['16:00', '18:00']),
    from: '2026-11-18',
    to: '2026-12-31',
    except: ['2026-11-26'],
  });

  it.each([
    ['2026-11-20T17:59Z', { kind: 'before_opening', opensMinute: 720, localDate: '2026-11-20', localMinute: 719 }],
    ['2026-11-20T20:00Z', { kind: 'between_slots', opensMinute: 960, localDate: '2026-11-20', localMinute: 840 }],
    ['2026-11-21T00:00Z', { kind: 'after_closing', localDate: '2026-11-20', localMinute: 1080 }],
    ['2026-11-26T19:00Z', { kind: 'closed_day', localDate: '2026-11-26', localMinute: 780 }],
    ['2026-11-17T19:00Z', { kind: 'before_dates', localDate: '2026-11-17', localMinute: 780 }],
    ['2027-01-01T19:00Z', { kind: 'after_dates', localDate: '2027-01-01', localMinute: 780 }],
  ])('at %s', (at, reason) => {
    expect(hours.why(fromIso(at))).toEqual([{ zone: 'America/Chicago', rule: 'run', ...reason }]);
  });

  it('names each zone and rule that closes it, and only those', () => {
    const rules = [daily('legal', ['08:00', '21:00']), rule('run', '12:00', '20:00')];
    const both = compileHours(
      [
        { zone: 'America/New_York', rules },
        { zone: 'Pacific/Honolulu', rules },
      ],
      0,
    );
    // Saturday, noon in New York and seven in the morning in Honolulu
    expect(
      both.why(fromIso('2026-11-21T17:00Z')).map(({ zone, rule: name, kind }) => `${zone} ${name} ${kind}`),
    ).toEqual([
      'America/New_York run weekday',
      'Pacific/Honolulu legal before_opening',
      'Pacific/Honolulu run weekday',
    ]);
  });

  it('is nothing while it is open', () => {
    expect(hours.why(fromIso('2026-11-20T18:00Z'))).toEqual([]);
  });
});

describe('hours that permit nothing on purpose', () => {
  it.each<[string, ZoneHours[], number]>([
    ['zones', [], 0],
    ['rules', [{ zone: 'America/Chicago', rules: [] }], 0],
    ['marginMs', [{ zone: 'America/Chicago', rules: [rule('run', '12:00', '20:00')] }], -1],
    ['marginMs', [{ zone: 'America/Chicago', rules: [rule('run', '12:00', '20:00')] }], Number.NaN],
  ])('are refused for their %s', (field, zones, marginMs) => {
    expect(() => compileHours(zones, marginMs)).toThrow(expect.objectContaining({ code: 'bad_hours', field }));
  });

  it('are refused in a zone that is a fixed offset', () => {
    expect(() => hoursIn('EST', rule('run', '12:00', '20:00'))).toThrow(
      expect.objectContaining({ code: 'unknown_zone', value: 'EST' }),
    );
  });
});

describe('kept hours', () => {
  const build = () => hoursIn('UTC', rule('run', '12:00', '20:00'));

  it('are built once for a key', () => {
    expect(cachedHours('a', build)).toBe(cachedHours('a', build));
    expect(cachedHours('b', build)).not.toBe(cachedHours('a', build));
  });

  it('give way when four thousand others were used since', () => {
    const [kept, lost] = [cachedHours('kept', build), cachedHours('lost', build)];
    for (let ix = 0; ix < 3999; ix += 1) cachedHours(`other ${ix}`, () => lost);
    expect(cachedHours('kept', build)).not.toBe(kept);
    const recent = cachedHours('recent', build);
    for (let ix = 0; ix < 3998; ix += 1) cachedHours(`other ${ix}`, () => lost);
    expect(cachedHours('recent', build)).toBe(recent);
  });
});
