import { decide } from './decide';
import { DAY_MS, HOUR_MS } from './instant';
import { aMessagingRun, aPlannerInput, aRun, aText, CHICAGO, local, MONDAY_10, NO_SPENDING } from './planner-builders';
import { costOf, segmentsOf, type SpendLimit, type Spending, spendHit } from './spend';

const RATES: Spending = { ...NO_SPENDING, callMinute: 10_000, segment: 8_000, mail: 500 };
const MIDNIGHT = local(CHICAGO, '2027-03-02 00:00');

function aLimit(changes: Partial<SpendLimit> = {}): SpendLimit {
  return { scope: 'campaign', perDay: null, total: null, spentToday: 0, spent: 0, dayEndsAt: MIDNIGHT, ...changes };
}

describe('what a touch is taken to cost (U-14)', () => {
  const run = aMessagingRun(aText({ key: 'long', text: 'x'.repeat(161) }));
  const input = aPlannerInput({ spending: RATES, runs: [run] });

  it.each([
    ['a call, three minutes', { channel: 'voice' as const, run, stepKey: 'call' }, 30_000],
    ['a promised call as well', { channel: 'voice' as const, run: null, stepKey: 'callback' }, 30_000],
    ['a text, its segments', { channel: 'sms' as const, run, stepKey: 'long' }, 16_000],
    ['a text that is not in the plan any more, one', { channel: 'sms' as const, run, stepKey: 'gone' }, 8_000],
    ['a text of no run, one', { channel: 'sms' as const, run: null, stepKey: 'gone' }, 8_000],
    ['a mail', { channel: 'email' as const, run, stepKey: 'mail' }, 500],
  ])('%s', (_, touch, cost) => {
    expect(costOf(input, touch)).toBe(cost);
  });

  it.each([
    ['', 1],
    ['x'.repeat(160), 1],
    ['x'.repeat(161), 2],
    ['x'.repeat(306), 2],
    ['x'.repeat(307), 3],
    ['é'.repeat(70), 1],
    ['é'.repeat(71), 2],
    ['é'.repeat(135), 3],
  ])('segments of %j: %d', (text, segments) => {
    expect(segmentsOf(text)).toBe(segments);
  });
});

describe('a limit of money', () => {
  const hit = (...limits: SpendLimit[]) => spendHit(aPlannerInput({ spending: { ...RATES, limits } }), 100, MONDAY_10);

  it.each([
    ['none', [], null],
    ['that is not reached', [aLimit({ perDay: 1000, total: 1000, spent: 900, spentToday: 900 })], null],
    [
      'of the day ends with the day',
      [aLimit({ perDay: 1000, spentToday: 901 })],
      { scope: 'campaign', period: 'day', limit: 1000, freeAt: MIDNIGHT },
    ],
    [
      'of everything is asked about a day later',
      [aLimit({ total: 1000, spent: 901 })],
      { scope: 'campaign', period: 'total', limit: 1000, freeAt: MONDAY_10 + DAY_MS },
    ],
    [
      'that lasts longest counts',
      [aLimit({ perDay: 0 }), aLimit({ scope: 'company', total: 0 })],
      { scope: 'company', period: 'total', limit: 0, freeAt: MONDAY_10 + DAY_MS },
    ],
  ])('%s', (_, limits, expected) => {
    expect(hit(...limits)).toEqual(expected);
  });

  it('of a day is none of the next day', () => {
    const input = aPlannerInput({ spending: { ...RATES, limits: [aLimit({ perDay: 0 })] } });
    expect(spendHit(input, 100, MIDNIGHT - 1)).not.toBeNull();
    expect(spendHit(input, 100, MIDNIGHT)).toBeNull();
  });

  it('does not concern what costs nothing', () => {
    const input = aPlannerInput({ spending: { ...NO_SPENDING, limits: [aLimit({ total: 0 })] } });
    expect(spendHit(input, 0, MONDAY_10)).toBeNull();
  });

  it('has the touch wait for the next opening after it, with the reason (U-14)', () => {
    const limits = [aLimit({ perDay: 50_000, spentToday: 30_000 })];
    const decision = decide(aPlannerInput({ spending: { ...RATES, limits } }));
    expect(decision).toMatchObject({ kind: 'wait', askAt: local(CHICAGO, '2027-03-02 09:00') });
    expect(decision.reasons).toContainEqual({
      code: 'spend_limit',
      scope: 'campaign',
      period: 'day',
      limit: 50_000,
      freeAt: MIDNIGHT,
    });
  });

  it('lets go in front of what is cheaper', () => {
    const limits = [aLimit({ total: 10_000 })];
    const runs = [aRun(), aMessagingRun(aText())];
    const decision = decide(aPlannerInput({ spending: { ...RATES, limits }, runs }));
    expect(decision).toMatchObject({ kind: 'touch', touch: { key: 'texts.text.1' } });
  });

  it('never has anybody wait for more than a day and an opening', () => {
    const limits = [aLimit({ total: 0 })];
    const now = MONDAY_10 + HOUR_MS;
    expect(decide(aPlannerInput({ now, spending: { ...RATES, limits } }))).toMatchObject({
      kind: 'wait',
      askAt: now + DAY_MS,
    });
  });
});
