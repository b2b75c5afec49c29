import * as fc from 'fast-check';
import { fromIso, HOUR_MS, type Instant, MINUTE_MS } from './instant';
import {
  addDays,
  DAY_MINUTES,
  formatClock,
  isLocalDate,
  isZone,
  localDateOf,
  localToInstant,
  minuteOfDayOf,
  offsetOf,
  parseClock,
  plainLocalToInstant,
  weekdayOf,
} from './local-time';

const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/Phoenix',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'Pacific/Honolulu',
  'Pacific/Chatham',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Europe/Dublin',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kolkata',
  'UTC',
];

describe('a clock time', () => {
  it.each([
    ['00:00', 0],
    ['09:30', 570],
    ['23:59', 1439],
    ['24:00', DAY_MINUTES],
  ])('%s is minute %i of the day, both ways', (text, minute) => {
    expect(parseClock(text)).toBe(minute);
    expect(formatClock(minute)).toBe(text);
  });

  it.each(['', '9:30', '24:01', '09:60', '25:00', '09:30:00', ' 09:30'])('"%s" is refused', (text) => {
    expect(() => parseClock(text)).toThrow(expect.objectContaining({ code: 'bad_clock', value: text }));
  });

  it.each([-1, 1441, 9.5, Number.NaN])('minute %d is refused', (minute) => {
    expect(() => formatClock(minute)).toThrow(expect.objectContaining({ code: 'bad_clock' }));
  });
});

it('a zone is so many minutes east of Greenwich', () => {
  const summer = fromIso('2027-07-01T12:00:00Z');
  expect(['America/New_York', 'Asia/Kolkata', 'UTC'].map((zone) => offsetOf(zone, summer))).toEqual([-240, 330, 0]);
});

describe('a calendar day', () => {
  it('must exist', () => {
    expect(['2028-02-29', '2027-02-29', '2027-2-1', '2027-02-01T00:00'].map(isLocalDate)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('has an ISO weekday', () => {
    expect(['2026-11-16', '2026-11-21', '2026-11-22'].map(weekdayOf)).toEqual([1, 6, 7]);
  });

  it('counts on over months and leap days', () => {
    expect([addDays('2028-02-28', 1), addDays('2027-12-31', 1), addDays('2027-03-01', -1)]).toEqual([
      '2028-02-29',
      '2028-01-01',
      '2027-02-28',
    ]);
  });

  it('is refused when it does not exist', () => {
    expect(() => weekdayOf('2027-02-30')).toThrow(expect.objectContaining({ code: 'bad_date', value: '2027-02-30' }));
  });
});

describe('a zone', () => {
  it.each(['America/New_York', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince', 'US/Eastern', 'UTC'])(
    '%s is known',
    (name) => expect(isZone(name)).toBe(true),
  );

  it.each([
    '',
    'EST',
    'EST5EDT',
    'GMT+5',
    '+05:00',
    'UTC-5',
    'Etc/GMT+5',
    'America/Gotham',
    'america/new_york',
    'Local',
  ])('"%s" is none', (name) => expect(isZone(name)).toBe(false));

  it('that is unknown is refused by name', () => {
    expect(() => localDateOf('America/Gotham', 0)).toThrow(
      expect.objectContaining({ code: 'unknown_zone', value: 'America/Gotham' }),
    );
  });
});

describe('the change of the clocks', () => {
  it.each([
    // zone, local time, opens, closes, promised
    ['America/New_York', '2027-03-14 02:30', '2027-03-14T07:00Z', '2027-03-14T07:00Z', '2027-03-14T07:00Z'],
    ['America/New_York', '2026-11-01 01:30', '2026-11-01T06:30Z', '2026-11-01T05:30Z', '2026-11-01T05:30Z'],
    ['America/New_York', '2027-11-07 01:00', '2027-11-07T06:00Z', '2027-11-07T05:00Z', '2027-11-07T05:00Z'],
    ['America/New_York', '2026-11-01 02:00', '2026-11-01T07:00Z', '2026-11-01T07:00Z', '2026-11-01T07:00Z'],
    ['America/Chicago', '2026-03-08 02:00', '2026-03-08T08:00Z', '2026-03-08T08:00Z', '2026-03-08T08:00Z'],
    ['America/Chicago', '2026-11-01 01:59', '2026-11-01T07:59Z', '2026-11-01T06:59Z', '2026-11-01T06:59Z'],
    ['America/Phoenix', '2027-03-14 02:30', '2027-03-14T09:30Z', '2027-03-14T09:30Z', '2027-03-14T09:30Z'],
    ['Pacific/Honolulu', '2026-11-01 01:30', '2026-11-01T11:30Z', '2026-11-01T11:30Z', '2026-11-01T11:30Z'],
    ['America/St_Johns', '2027-03-14 02:15', '2027-03-14T05:30Z', '2027-03-14T05:30Z', '2027-03-14T05:30Z'],
    ['America/St_Johns', '2026-11-01 01:15', '2026-11-01T04:45Z', '2026-11-01T03:45Z', '2026-11-01T03:45Z'],
    ['Australia/Lord_Howe', '2026-10-04 02:15', '2026-10-03T15:30Z', '2026-10-03T15:30Z', '2026-10-03T15:30Z'],
    ['Australia/Lord_Howe', '2027-04-04 01:45', '2027-04-03T15:15Z', '2027-04-03T14:45Z', '2027-04-03T14:45Z'],
    ['Europe/Dublin', '2027-03-28 01:30', '2027-03-28T01:00Z', '2027-03-28T01:00Z', '2027-03-28T01:00Z'],
    ['Europe/Dublin', '2026-10-25 01:30', '2026-10-25T01:30Z', '2026-10-25T00:30Z', '2026-10-25T00:30Z'],
    ['Asia/Kolkata', '2027-03-14 09:00', '2027-03-14T03:30Z', '2027-03-14T03:30Z', '2027-03-14T03:30Z'],
    // the first hour of the day does not exist
    ['America/Havana', '2027-03-14 00:00', '2027-03-14T05:00Z', '2027-03-14T05:00Z', '2027-03-14T05:00Z'],
    ['America/Havana', '2026-11-01 00:00', '2026-11-01T05:00Z', '2026-11-01T04:00Z', '2026-11-01T04:00Z'],
    ['Asia/Beirut', '2027-03-28 00:30', '2027-03-27T22:00Z', '2027-03-27T22:00Z', '2027-03-27T22:00Z'],
    ['Asia/Beirut', '2027-03-27 24:00', '2027-03-27T22:00Z', '2027-03-27T22:00Z', '2027-03-27T22:00Z'],
    // the last hour of the day comes twice
    ['Asia/Beirut', '2026-10-24 23:30', '2026-10-24T21:30Z', '2026-10-24T20:30Z', '2026-10-24T20:30Z'],
    ['Asia/Beirut', '2026-10-24 24:00', '2026-10-24T22:00Z', '2026-10-24T22:00Z', '2026-10-24T22:00Z'],
  ])('%s %s', (zone, local, opens, closes, promised) => {
    const [date = '', clock = ''] = local.split(' ');
    const minute = parseClock(clock);
    expect([
      localToInstant(zone, date, minute, 'open'),
      localToInstant(zone, date, minute, 'close'),
      plainLocalToInstant(zone, date, minute),
    ]).toEqual([opens, closes, promised].map(fromIso));
  });

  it('Phoenix reads 00:01, not 24:01, just after midnight', () => {
    const instant = fromIso('2027-03-14T07:01:59Z');
    expect([localDateOf('America/Phoenix', instant), minuteOfDayOf('America/Phoenix', instant)]).toEqual([
      '2027-03-14',
      1,
    ]);
  });
});

describe('every minute around every change of 2026 and 2027 agrees with the clock on the wall', () => {
  it.each(ZONES)('%s', (zone) => {
    const wallClock = wallClockOf(zone);
    const wrong: string[] = [];
    for (const change of changesOf(zone, fromIso('2026-01-01T00:00Z'), fromIso('2028-01-01T00:00Z'))) {
      const shownAt = new Map<string, Instant[]>();
      for (let at = change - 30 * HOUR_MS; at <= change + 30 * HOUR_MS; at += MINUTE_MS) {
        const text = wallClock(at);
        shownAt.set(text, [...(shownAt.get(text) ?? []), at]);
      }
      const offset = offsetMs(zone, change - HOUR_MS);
      for (let at = change - 4 * HOUR_MS; at <= change + 4 * HOUR_MS; at += MINUTE_MS) {
        const [date = '', clock = ''] = asUtc(at + offset).split(' ');
        // A skipped time is never shown; the first instant that exists after it is the change itself.
        const shown = shownAt.get(`${date} ${clock}`) ?? [change];
        const minute = parseClock(clock);
        const [first, last] = [Math.min(...shown), Math.max(...shown)];
        if (localToInstant(zone, date, minute, 'open') !== last) wrong.push(`${date} ${clock} opens`);
        if (localToInstant(zone, date, minute, 'close') !== first) wrong.push(`${date} ${clock} closes`);
        if (plainLocalToInstant(zone, date, minute) !== first) wrong.push(`${date} ${clock} promised`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('so is it proved on both changes of each zone that has them', () => {
    const from = fromIso('2026-01-01T00:00Z');
    const to = fromIso('2028-01-01T00:00Z');
    const counts = ZONES.map((zone) => `${zone} ${changesOf(zone, from, to).length}`);
    expect(counts.filter((count) => count.endsWith(' 4'))).toHaveLength(12);
    expect(counts.filter((count) => count.endsWith(' 0'))).toHaveLength(4);
  });
});

describe('any instant in any zone', () => {
  it('is read right however many days were asked for before', () => {
    const wallClock = wallClockOf('America/Chicago');
    const wrong: string[] = [];
    for (let at = fromIso('2020-01-01T09:00Z'); at < fromIso('2033-01-01T00:00Z'); at += 24 * HOUR_MS) {
      const read = `${localDateOf('America/Chicago', at)} ${formatClock(minuteOfDayOf('America/Chicago', at))}`;
      if (read !== wallClock(at)) wrong.push(read);
    }
    expect(wrong).toEqual([]);
  });

  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const instant = fc.integer({ min: fromIso('2020-01-01T00:00Z'), max: fromIso('2045-01-01T00:00Z') });

  it('has the date and minute that the clock on the wall shows', () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        expect(`${localDateOf(name, at)} ${formatClock(minuteOfDayOf(name, at))}`).toBe(wallClockOf(name)(at));
      }),
      { numRuns: 500 },
    );
  });

  it('lies within the first and last reading of its own wall-clock time', () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const minuteStart = Math.floor(at / MINUTE_MS) * MINUTE_MS;
        const [date, minute] = [localDateOf(name, minuteStart), minuteOfDayOf(name, minuteStart)];
        expect([localToInstant(name, date, minute, 'close'), localToInstant(name, date, minute, 'open')]).toContain(
          minuteStart,
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** What the zone's clocks show, "YYYY-MM-DD HH:MM", from the runtime's formatter instead of luxon's offsets. */
function wallClockOf(timeZone: string): (at: Instant) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  });
  return (at) => format.format(at);
}

function asUtc(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function offsetMs(zone: string, at: Instant): number {
  return fromIso(`${wallClockOf(zone)(at).replace(' ', 'T')}Z`) - at;
}

function changesOf(zone: string, from: Instant, to: Instant): Instant[] {
  const wallClock = wallClockOf(zone);
  const offset = (at: Instant) => Date.parse(`${wallClock(at).replace(' ', 'T')}Z`) - at;
  const changes: Instant[] = [];
  for (let at = from; at < to; at += 6 * HOUR_MS) {
    if (offset(at) === offset(at + 6 * HOUR_MS)) continue;
    let change = at + MINUTE_MS;
    while (offset(change) === offset(at)) change += MINUTE_MS;
    changes.push(change);
  }
  return changes;
}
