import { type BoundLaw, type Law, lawFor, type LegalRule } from './law';
import { aCalendarDay, aLegalRule } from './law-builders';
import { aLaw, weekly } from './planner-builders';
import { compileRule } from './hours-rule';

const IN_ALABAMA = { states: ['AL'], countries: ['US'], placeKnown: true };
const NOWHERE = { states: [], countries: [], placeKnown: true };

const named = (state: string | null, changes: Partial<LegalRule> = {}) =>
  aLegalRule({ id: `${state ?? changes.country ?? 'US'}`, state, ...changes });

const RULES = [
  named(null),
  named('AL'),
  named('FL', { perDay: 3 }),
  named('ON', { country: 'CA', channels: ['voice', 'email'], perDay: 2 }),
  named(null, { id: 'CA', country: 'CA' }),
];
const LAW = aLaw(RULES, [aCalendarDay()]);

const idsOf = ({ rules }: BoundLaw) => rules.map(({ id }) => id);

describe('the law that binds', () => {
  it.each([
    ['nobody is known of: the federal one', NOWHERE, ['US']],
    ['a state: its own and the federal one', IN_ALABAMA, ['US', 'AL']],
    ['two states: those of both', { ...IN_ALABAMA, states: ['AL', 'FL'] }, ['US', 'AL', 'FL']],
    ['another country', { ...NOWHERE, countries: ['CA'] }, ['US', 'CA']],
    ['a province', { states: ['ON'], countries: ['CA'], placeKnown: true }, ['US', 'ON', 'CA']],
    ['an unknown place: every one there is (C3)', { ...NOWHERE, placeKnown: false }, ['US', 'AL', 'FL', 'ON', 'CA']],
  ])('where %s', (_, where, ids) => {
    expect(idsOf(lawFor(LAW, where, 'voice'))).toEqual(ids);
  });

  it('is that of the channel, and the same for calls and texts (C2)', () => {
    expect(idsOf(lawFor(LAW, IN_ALABAMA, 'sms'))).toEqual(idsOf(lawFor(LAW, IN_ALABAMA, 'voice')));
    expect(idsOf(lawFor(LAW, { ...NOWHERE, placeKnown: false }, 'email'))).toEqual(['ON']);
  });

  it('names its caps, what they count and since when (C5)', () => {
    const where = { ...NOWHERE, states: ['FL', 'ON'] };
    expect(lawFor(LAW, where, 'voice').caps).toEqual([
      { place: 'FL', perDay: 3, kinds: ['phone'], from: '2000-01-01', to: null },
      { place: 'ON', perDay: 2, kinds: ['phone', 'email'], from: '2000-01-01', to: null },
    ]);
  });

  it('is compiled once for all places with the same rules', () => {
    const texas = lawFor(LAW, { ...NOWHERE, states: ['TX'] }, 'voice');
    expect(lawFor(LAW, { ...NOWHERE, states: ['TX'] }, 'voice')).toBe(texas);
    expect(lawFor(LAW, { ...NOWHERE, states: ['WY'] }, 'sms')).toBe(texas);
    expect(lawFor(LAW, IN_ALABAMA, 'voice')).not.toBe(texas);
    expect(lawFor(LAW, IN_ALABAMA, 'voice').key).not.toBe(texas.key);
    expect(lawFor(aLaw(RULES), { ...NOWHERE, states: ['TX'] }, 'voice')).not.toBe(texas);
  });

  it('has one key for one content, in whichever order and from whichever object it was asked', () => {
    const again = { ...LAW };
    const other = lawFor(again, { ...NOWHERE, states: ['FL'] }, 'voice');
    expect(lawFor(again, IN_ALABAMA, 'voice').key).toBe(lawFor(LAW, IN_ALABAMA, 'voice').key);
    expect(other.key).not.toBe(lawFor(LAW, IN_ALABAMA, 'voice').key);
    expect(other.key).toBe(lawFor(LAW, { ...NOWHERE, states: ['FL'] }, 'voice').key);
  });

  it('is evidence by version, without those that never count', () => {
    const law = aLaw([
      named('AL'),
      named('AL', { version: 2, effectiveFrom: '2027-09-01' }),
      named('AL', { version: 3, effectiveFrom: '2027-09-01' }),
    ]);
    expect(lawFor(law, IN_ALABAMA, 'voice').rules).toEqual([
      { id: 'AL', version: 1 },
      { id: 'AL', version: 3 },
    ]);
  });
});

/** What the law of Alabama allows on a day, by name of the rule that says so. */
function dayOf(law: Law, date: string, where = IN_ALABAMA) {
  return Object.fromEntries(lawFor(law, where, 'voice').hours.map((rule) => [rule.name, compileRule(rule).on(date)]));
}

const WHOLE_DAY = [[0, 1440]];

describe('the hours of the law', () => {
  it('count by weekday, and weekdays that are left out are closed (C4)', () => {
    const law = aLaw([
      named('AL', { hours: [weekly([1, 2], ['08:00', '12:00'], ['13:00', '20:00']), weekly([6], ['09:00', '10:00'])] }),
    ]);
    expect(dayOf(law, '2027-03-01')).toEqual({
      'legal AL': [
        [480, 720],
        [780, 1200],
      ],
    });
    expect(dayOf(law, '2027-03-06')).toEqual({ 'legal AL': [[540, 600]] });
    expect(dayOf(law, '2027-03-07')).toEqual({ 'legal AL': 'weekday' });
  });

  it('change on the first day of another version, and say nothing before there was one', () => {
    const law = aLaw([
      named('AL', { effectiveFrom: '2027-02-01' }),
      named('AL', { version: 2, effectiveFrom: '2027-03-02', hours: [weekly([1, 2], ['10:00', '11:00'])] }),
    ]);
    const slots = (date: string) => lawFor(law, IN_ALABAMA, 'voice').hours.map((rule) => compileRule(rule).on(date));
    expect(slots('2027-01-29')).toEqual([WHOLE_DAY, WHOLE_DAY]);
    expect(slots('2027-03-01')).toEqual([[[480, 1200]], WHOLE_DAY]);
    expect(slots('2027-03-02')).toEqual([WHOLE_DAY, [[600, 660]]]);
  });
});

it('a later version may leave out a channel', () => {
  const law = aLaw([named('AL'), named('AL', { version: 2, effectiveFrom: '2027-03-01', channels: ['voice'] })]);
  const texts = lawFor(law, IN_ALABAMA, 'sms').hours.map((rule) => compileRule(rule).on('2027-03-07'));
  expect(texts).toEqual([WHOLE_DAY]);
  expect(lawFor(law, IN_ALABAMA, 'voice').hours.map((rule) => compileRule(rule).on('2027-03-07'))).toEqual([
    WHOLE_DAY,
    'weekday',
  ]);
});

describe('a holiday', () => {
  const THANKSGIVING = '2027-11-25';
  const holiday = (changes: Parameters<typeof aCalendarDay>[0], rule: Partial<LegalRule> = {}, where = IN_ALABAMA) =>
    dayOf(aLaw([named('AL', rule)], [aCalendarDay(changes)]), THANKSGIVING, where)['Thanksgiving Day'];

  it.each([
    ['closes the day where the law closes holidays', {}, {}, IN_ALABAMA, 'holiday'],
    ['closes nothing where it does not', {}, { holidays: false }, IN_ALABAMA, WHOLE_DAY],
    ['closes nothing where no law closes any', {}, {}, NOWHERE, WHOLE_DAY],
    ['closes nothing while that law is not in force yet', {}, { effectiveFrom: '2028-01-01' }, IN_ALABAMA, WHOLE_DAY],
    ['of the company closes the day for everybody', { binds: 'everybody' as const }, {}, NOWHERE, 'holiday'],
    ["that is another state's is not there at all", { state: 'LA' }, {}, IN_ALABAMA, undefined],
    ['of the own state closes the day', { state: 'AL' }, {}, IN_ALABAMA, 'holiday'],
    [
      'of any state closes the day where nobody knows the place',
      { state: 'LA' },
      {},
      { ...NOWHERE, placeKnown: false },
      'holiday',
    ],
    ['that is not in force yet closes nothing', { effectiveFrom: '2027-11-26' }, {}, IN_ALABAMA, WHOLE_DAY],
  ])('%s', (_, day, rule, where, expected) => {
    expect(holiday(day, rule, where)).toEqual(expected);
  });

  it('leaves other days alone', () => {
    expect(dayOf(aLaw([named('AL')], [aCalendarDay()]), '2027-11-24')).toEqual({
      'legal AL': [[480, 1200]],
      'Thanksgiving Day': WHOLE_DAY,
    });
  });
});
