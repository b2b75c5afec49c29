import { ForecastLines } from './forecast-lines';
import { ForecastMoney } from './forecast-money';
import { ForecastTally } from './forecast-tally';
import { DAY_MS, fromIso, HOUR_MS, MINUTE_MS } from './instant';
import type { SpendLimit } from './spend';

const NOON = fromIso('2027-03-13T17:00:00Z');

describe('lines', () => {
  it('are given while there are any, and given back', () => {
    const lines = new ForecastLines({ lines: 2, callsPerMinute: null }, true);
    expect([lines.take(0), lines.take(0), lines.take(0)]).toEqual([true, true, false]);
    lines.free();
    expect([lines.take(1), lines.live, lines.most, lines.areShort]).toEqual([true, 2, 2, true]);
  });

  it('are never short where there are enough', () => {
    const lines = new ForecastLines({ lines: 2, callsPerMinute: null }, true);
    lines.take(0);
    lines.take(0);
    expect([lines.areShort, lines.paceAt]).toEqual([false, Number.NEGATIVE_INFINITY]);
  });

  it('without bounds tell whether somebody would have waited', () => {
    const lines = new ForecastLines({ lines: 1, callsPerMinute: null }, false);
    expect([lines.take(0), lines.areShort, lines.take(0), lines.areShort, lines.most]).toEqual([
      true,
      false,
      true,
      true,
      2,
    ]);
  });

  it('are given evenly over the minute where calls are paced', () => {
    const lines = new ForecastLines({ lines: 100, callsPerMinute: 4 }, true);
    const given = Array.from({ length: 120 }, (_, second) => second * 1000).filter((at) => lines.take(at));
    expect(given).toEqual([0, 15, 30, 45, 60, 75, 90, 105].map((second) => second * 1000));
    expect(lines.areShort).toBe(true);
  });
});

describe('money', () => {
  const limit: SpendLimit = {
    scope: 'company',
    perDay: 100,
    total: 1_000,
    spentToday: 10,
    spent: 500,
    dayEndsAt: fromIso('2027-03-14T05:00:00Z'),
  };
  const rates = { callMinute: 1, segment: 1, mail: 1, callMinutes: 3 };

  it('is counted against every limit', () => {
    const money = new ForecastMoney({ ...rates, limits: [limit, { ...limit, scope: 'campaign' }] }, 'America/New_York');
    money.spend(7, NOON);
    expect(money.spending(NOON).limits).toMatchObject([
      { spentToday: 17, spent: 507 },
      { spentToday: 17, spent: 507 },
    ]);
  });

  it("begins a new day at the company's midnight, also on the day that has an hour less", () => {
    const late = { ...limit, scope: 'campaign', dayEndsAt: NOON + 3 * DAY_MS } as const;
    const money = new ForecastMoney({ ...rates, limits: [limit, late] }, 'America/New_York');
    expect(money.spending(limit.dayEndsAt).limits).toMatchObject([
      { spentToday: 0, spent: 500, dayEndsAt: limit.dayEndsAt + 23 * HOUR_MS },
      { spentToday: 10, dayEndsAt: late.dayEndsAt },
    ]);
  });

  it('without limits, or for nothing, changes nothing', () => {
    const spending = { ...rates, limits: [] };
    const money = new ForecastMoney(spending, 'America/New_York');
    money.spend(5, NOON);
    expect(money.spending(NOON)).toBe(spending);
    const limited = { ...rates, limits: [limit] };
    const strict = new ForecastMoney(limited, 'America/New_York');
    strict.spend(0, NOON);
    expect(strict.spending(NOON)).toBe(limited);
  });
});

describe('a tally', () => {
  it('counts by the hour, by channel and by answer', () => {
    const tally = new ForecastTally();
    const touch = { key: 'week.call.1', channel: 'voice', at: NOON, dueAt: NOON, answer: 'busy' } as const;
    tally.sent(touch, 30);
    tally.sent({ ...touch, at: NOON + HOUR_MS, dueAt: NOON + HOUR_MS - MINUTE_MS }, 30);
    tally.sent({ ...touch, channel: 'sms', answer: 'nothing', at: NOON + HOUR_MS, dueAt: NOON + HOUR_MS }, 5);
    tally.lines(NOON, 3);
    tally.lines(NOON, 2);
    tally.waited(NOON, 9);
    expect(tally).toMatchObject({
      touches: { voice: 2, sms: 1, email: 0 },
      answers: { 'voice.busy': 2, 'sms.nothing': 1 },
      cost: 65,
      firstTouchAt: NOON,
      lastTouchAt: NOON + HOUR_MS,
      delayed: 1,
      longestWaitMs: MINUTE_MS,
    });
    expect(tally.hours()).toEqual([
      { at: NOON, voice: 1, sms: 0, email: 0, cost: 30, lines: 3, waiting: 9 },
      { at: NOON + HOUR_MS, voice: 1, sms: 1, email: 0, cost: 35, lines: 0, waiting: 0 },
    ]);
  });

  it('puts its hours in order, whichever came first', () => {
    const tally = new ForecastTally();
    tally.lines(NOON, 1);
    tally.lines(NOON - HOUR_MS, 1);
    expect(tally.hours().map(({ at }) => at)).toEqual([NOON - HOUR_MS, NOON]);
  });
});
