import { growthPerHour, Lives } from './growth';

const MINUTE_MS = 60_000;
const line = (count: number, bytesAt: (n: number) => number) =>
  Array.from({ length: count }, (_, n) => ({ ms: n * MINUTE_MS, bytes: bytesAt(n) }));

describe('the growth of a process', () => {
  it('is the slope of what it held', () => expect(growthPerHour(line(30, (n) => 5_000 + n * 10))).toBeCloseTo(600));
  it('is none where it goes up and down', () => {
    expect(Math.abs(growthPerHour(line(301, (n) => 1_000 + (n % 2) * 100)) ?? Number.NaN)).toBeLessThan(1);
  });
  it('leaves out the warm-up', () => {
    expect(growthPerHour(line(30, (n) => (n < 10 ? n * 1_000 : 10_000)))).toBeCloseTo(0);
  });
  it('is unknown after a short life', () => {
    expect(growthPerHour(line(4, (n) => n))).toBeNull();
    expect(growthPerHour([])).toBeNull();
  });
  it('is unknown where no time has passed', () => {
    expect(growthPerHour(Array.from({ length: 20 }, () => ({ ms: 1, bytes: 1 })))).toBeNull();
  });
});

describe('the lives of a process', () => {
  it('are told apart, and the longest counts', () => {
    const lives = new Lives();
    lives.add({ ms: 0, bytes: 1 });
    lives.begin();
    lives.add({ ms: 1, bytes: 2 });
    lives.add({ ms: 2, bytes: 3 });
    lives.begin();
    expect(lives.longest).toEqual([
      { ms: 1, bytes: 2 },
      { ms: 2, bytes: 3 },
    ]);
  });
});
