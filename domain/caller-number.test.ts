import { areaCodeOf, type CallerAsk, callerFor, usableNumbers } from './caller-number';

const MANHATTAN = '+12125550190';
const BROOKLYN = '+17185550190';
const MIAMI = '+13055550190';
const CHICAGO = '+13125550190';
const TOLL_FREE = '+18005550190';
const ALL = [MANHATTAN, MIAMI, CHICAGO];

const ask = (
  more: Partial<CallerAsk> & {
    numbers?: readonly string[];
    resting?: readonly string[];
    unregistered?: readonly string[];
  } = {},
) => {
  const { numbers = ALL, resting = [], unregistered = [], ...rest } = more;
  return callerFor({
    pool: { numbers, resting, unregistered },
    callerNumbers: [],
    localPresence: false,
    channel: 'voice',
    to: '+12125550123',
    heardFrom: [],
    seed: 0,
    ...rest,
  });
};

describe('the number that a person hears from (U-12)', () => {
  it('is one of the pool, the same for the same person', () => {
    expect([0, 1, 2, 3].map((seed) => ask({ seed })?.number)).toEqual([MANHATTAN, MIAMI, CHICAGO, MANHATTAN]);
    expect(ask({ seed: 1 })).toEqual(ask({ seed: 1 }));
  });

  it('is one of those that the campaign names', () => {
    expect(new Set([0, 1, 2, 3].map((seed) => ask({ seed, callerNumbers: [MIAMI, CHICAGO] })?.number))).toEqual(
      new Set([MIAMI, CHICAGO]),
    );
  });

  it('stays the one that the person has heard from, the last first, as long as it may be used', () => {
    expect(ask({ heardFrom: [CHICAGO, MIAMI] })).toEqual({ number: CHICAGO, reason: 'heard_from' });
    expect(ask({ heardFrom: [CHICAGO, MIAMI], localPresence: true })?.number).toBe(CHICAGO);
    expect(ask({ heardFrom: [CHICAGO, MIAMI], resting: [CHICAGO] })?.number).toBe(MIAMI);
    expect(ask({ heardFrom: [CHICAGO], callerNumbers: [MIAMI] })).toEqual({ number: MIAMI, reason: 'pool' });
  });

  it.each<[string, string, readonly string[], string]>([
    ['the same area code', '+12125550123', [BROOKLYN, MANHATTAN, CHICAGO], MANHATTAN],
    ['else the same state', '+15185550123', [CHICAGO, BROOKLYN, MIAMI], BROOKLYN],
    ['else the same zone', '+16175550123', [CHICAGO, TOLL_FREE, MIAMI], MIAMI],
  ])('is the nearest, where presence is local: %s', (_, to, numbers, number) => {
    expect(ask({ to, numbers, localPresence: true })).toEqual({ number, reason: 'nearest' });
  });

  it.each<[string, string, readonly string[]]>([
    ['whose number says nothing of a place', '+18005550123', ALL],
    ['who is abroad', '+442079460018', ALL],
    ['to whom none is nearer', '+13105550123', [CHICAGO, TOLL_FREE, '+442079460001']],
  ])('is any of the pool for somebody %s', (_, to, numbers) => {
    expect(ask({ to, numbers, localPresence: true })).toEqual({ number: numbers[0], reason: 'pool' });
  });

  it('is none that rests, and texts come from none whose registration is not through', () => {
    expect(ask({ resting: [MANHATTAN, MIAMI] })?.number).toBe(CHICAGO);
    expect(ask({ unregistered: [MANHATTAN, MIAMI], channel: 'sms' })?.number).toBe(CHICAGO);
    expect(ask({ unregistered: [MANHATTAN], channel: 'voice' })?.number).toBe(MANHATTAN);
    expect(ask({ unregistered: ALL, channel: 'sms' })).toBeNull();
    expect(ask({ numbers: [], localPresence: true })).toBeNull();
  });

  it('has an area code if it is a North American one', () => {
    expect([MANHATTAN, '+442079460018'].map(areaCodeOf)).toEqual(['212', null]);
    expect(usableNumbers({ numbers: ALL, resting: [], unregistered: [] }, [], 'sms')).toEqual(ALL);
  });
});
