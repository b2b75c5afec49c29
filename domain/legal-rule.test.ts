import type { CalendarDay, LegalRule } from './law';
import {
  CalendarDayContentSchema,
  LegalRuleContentSchema,
  LegalRulePlaceSchema,
  loosenedDayFields,
  loosenedRuleFields,
} from './legal-rule';
import { aCalendarDay, aLegalRule } from './law-builders';
import { weekly } from './planner-builders';

const NARROW = [weekly([1, 2, 3], ['09:00', '12:00'])];

describe('a further version of a rule', () => {
  it.each<[string, Partial<LegalRule>, string[]]>([
    ['the same', {}, []],
    ['narrower hours', { hours: NARROW }, []],
    [
      'the same hours in two slots',
      { hours: [weekly([1, 2, 3, 4, 5, 6], ['08:00', '12:00'], ['12:00', '20:00'])] },
      [],
    ],
    ['a minute more', { hours: [weekly([1], ['08:00', '20:01'])] }, ['hours']],
    ['a day more', { hours: [weekly([7], ['12:00', '13:00'])] }, ['hours']],
    ['a channel more', { channels: ['voice', 'sms', 'email'] }, []],
    ['a channel less', { channels: ['voice'] }, ['channels']],
    ['no holidays', { holidays: false }, ['holidays']],
    ['a smaller cap', { perDay: 2 }, []],
    ['a larger cap', { perDay: 4 }, ['perDay']],
    ['no cap', { perDay: null }, ['perDay']],
    ['an end', { effectiveTo: '2027-12-31' }, ['effectiveTo']],
    ['none any more', { retired: true }, ['retired']],
  ])('%s loosens %j', (_, changes, fields) => {
    const before = aLegalRule({ perDay: 3 });
    expect(loosenedRuleFields(before, { ...before, ...changes })).toEqual(fields);
  });

  it.each<[string, Partial<LegalRule>, Partial<LegalRule>, string[]]>([
    ['a cap where there was none', { perDay: null }, { perDay: 9 }, []],
    ['a later end', { effectiveTo: '2027-06-30' }, { effectiveTo: '2027-12-31' }, []],
    ['an earlier end', { effectiveTo: '2027-06-30' }, { effectiveTo: '2027-06-29' }, ['effectiveTo']],
    ['holidays where there were none', { holidays: false }, { holidays: true }, []],
    ['back again, with an end', { retired: true }, { retired: false, effectiveTo: '2027-12-31' }, []],
  ])('%s: %j → %j loosens %j', (_, before, after, fields) => {
    expect(loosenedRuleFields(aLegalRule(before), aLegalRule({ ...before, ...after }))).toEqual(fields);
  });
});

describe('a further version of a day', () => {
  it.each<[string, Partial<CalendarDay>, Partial<CalendarDay>, string[]]>([
    ['another name', {}, { name: 'Turkey Day' }, []],
    ['another day', {}, { rule: { kind: 'easter', plusDays: 0 } }, ['rule']],
    ['kept on one day more', {}, { observed: 'weekend_to_weekday' }, []],
    ['kept on one day less', { observed: 'weekend_to_weekday' }, { observed: 'same_day' }, ['observed']],
    ['for everybody', {}, { binds: 'everybody' }, []],
    ['for the law alone', { binds: 'everybody' }, { binds: 'law' }, ['binds']],
    ['in one state alone', {}, { state: 'AL' }, ['state']],
    ['in the same state', { state: 'AL' }, { state: 'AL' }, []],
    ['in all states', { state: 'AL' }, { state: null }, []],
    ['none any more', {}, { retired: true }, ['retired']],
  ])('%s loosens', (_, before, after, fields) => {
    expect(loosenedDayFields(aCalendarDay(before), aCalendarDay({ ...before, ...after }))).toEqual(fields);
  });
});

describe('what is written of a rule', () => {
  const RULE = { channels: ['voice'], hours: NARROW, holidays: false, perDay: null };
  const DAY = {
    name: 'Day',
    rule: { kind: 'yearly', month: 1, day: 1 },
    observed: 'same_day',
    binds: 'law',
    state: null,
  };

  it('may be a rule of a state, of a country, and a day', () => {
    expect(LegalRulePlaceSchema.parse({})).toEqual({ country: 'US', state: null });
    expect(LegalRulePlaceSchema.parse({ country: 'CA', state: 'ON' })).toEqual({ country: 'CA', state: 'ON' });
    expect(LegalRuleContentSchema.parse(RULE)).toEqual(RULE);
    expect(CalendarDayContentSchema.parse(DAY)).toEqual(DAY);
  });

  it.each([
    [LegalRulePlaceSchema, { country: 'us' }, 'country'],
    [LegalRulePlaceSchema, { state: 'Florida' }, 'state'],
    [LegalRulePlaceSchema, { country: 'US', state: 'ON' }, 'state'],
    [LegalRuleContentSchema, { ...RULE, channels: [] }, 'channels'],
    [LegalRuleContentSchema, { ...RULE, channels: ['sms', 'sms'] }, 'channels'],
    [LegalRuleContentSchema, { ...RULE, hours: [weekly([1], ['07:59', '20:00'])] }, 'hours.0.slots.0.open'],
    [LegalRuleContentSchema, { ...RULE, hours: [weekly([1], ['08:00', '21:01'])] }, 'hours.0.slots.0.close'],
    [LegalRuleContentSchema, { ...RULE, hours: [...NARROW, weekly([3], ['10:00', '11:00'])] }, 'hours'],
    [LegalRuleContentSchema, { ...RULE, perDay: 0 }, 'perDay'],
    [CalendarDayContentSchema, { ...DAY, state: 'XX' }, 'state'],
  ])('%# is refused by its field', (schema, value, field) => {
    expect(schema.safeParse(value).error?.issues.map(({ path }) => path.join('.'))).toContain(field);
  });
});
