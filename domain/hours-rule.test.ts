import { compileRule, type HoursRule } from './hours-rule';
import type { Weekday } from './local-time';

const weekdays = [1, 2, 3, 4, 5] as const;
const rule = (changes: Partial<HoursRule> = {}): HoursRule => ({
  name: 'run',
  slots: [{ weekdays, open: 720, close: 1200 }],
  ...changes,
});

describe('a rule about hours', () => {
  it('allows its slots on its weekdays', () => {
    const compiled = compileRule(rule());
    expect(compiled.name).toBe('run');
    expect(compiled.on('2026-11-20')).toEqual([[720, 1200]]);
    expect(compiled.on('2026-11-21')).toBe('weekday');
  });

  it('S1-57: allows several slots a day, joined where they adjoin', () => {
    const slots = [
      { weekdays, open: 900, close: 1000 },
      { weekdays, open: 480, close: 600 },
      { weekdays: [5] as const, open: 600, close: 660 },
    ];
    const compiled = compileRule(rule({ slots }));
    expect(compiled.on('2026-11-19')).toEqual([
      [480, 600],
      [900, 1000],
    ]);
    expect(compiled.on('2026-11-20')).toEqual([
      [480, 660],
      [900, 1000],
    ]);
  });

  it('counts its first and last date in', () => {
    const compiled = compileRule(rule({ from: '2026-11-17', to: '2026-11-19' }));
    expect(['2026-11-16', '2026-11-17', '2026-11-19', '2026-11-20'].map((date) => compiled.on(date))).toEqual([
      'before_dates',
      [[720, 1200]],
      [[720, 1200]],
      'after_dates',
    ]);
  });

  it('is closed on its closed days', () => {
    expect(compileRule(rule({ except: ['2026-11-26'] })).on('2026-11-26')).toBe('closed_day');
  });

  it('allows everything on days on which it is not in force', () => {
    const compiled = compileRule(rule({ inForce: { from: '2026-11-17', to: '2026-11-19' } }));
    expect(['2026-11-16', '2026-11-17', '2026-11-19', '2026-11-20'].map((date) => compiled.on(date))).toEqual([
      [[0, 1440]],
      [[720, 1200]],
      [[720, 1200]],
      [[0, 1440]],
    ]);
    expect(compileRule(rule({ inForce: { from: '2026-11-17', to: null } })).on('2099-11-23')).toEqual([[720, 1200]]);
  });

  it('is closed on the day that it is named after', () => {
    const compiled = compileRule(rule({ holiday: (date) => date === '2026-11-26' }));
    expect(['2026-11-25', '2026-11-26'].map((date) => compiled.on(date))).toEqual([[[720, 1200]], 'holiday']);
  });

  it('may allow a whole day', () => {
    expect(compileRule(rule({ slots: [{ weekdays, open: 0, close: 1440 }] })).on('2026-11-20')).toEqual([[0, 1440]]);
  });

  it.each([
    ['slots', { slots: [{ weekdays, open: 1200, close: 480 }] }],
    ['slots', { slots: [{ weekdays, open: 480, close: 480 }] }],
    ['slots', { slots: [{ weekdays, open: 480, close: 1441 }] }],
    ['slots', { slots: [{ weekdays, open: -1, close: 480 }] }],
    ['slots', { slots: [{ weekdays, open: 480.5, close: 600 }] }],
    // As data from elsewhere may have it, whatever its type says.
    ['weekdays', { slots: [{ weekdays: [0 as Weekday], open: 480, close: 600 }] }],
    ['dates', { from: '2027-02-30' }],
    ['dates', { to: 'soon' }],
    ['dates', { inForce: { from: '2027-02-30', to: null } }],
    ['dates', { except: ['2026-11-26', '26.11.2026'] }],
  ])('is refused for its %s: %j', (field, changes) => {
    expect(() => compileRule(rule(changes))).toThrow(
      expect.objectContaining({ code: 'bad_hours', field, value: 'run' }),
    );
  });
});
