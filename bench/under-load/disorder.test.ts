import { disordered, seededRandom } from './disorder';

const ITEMS = Array.from({ length: 1_000 }, (_, n) => n);
const FIFTH = { duplicated: 0.2, shuffled: 0.2, within: 50 };

describe('disorder', () => {
  const told = disordered(ITEMS, FIFTH, seededRandom(1));

  it('loses nothing', () => expect(new Set(told).size).toBe(ITEMS.length));

  it('tells about a fifth twice', () => {
    expect(told.length).toBeGreaterThan(1_150);
    expect(told.length).toBeLessThan(1_250);
  });

  it('moves about a fifth, and not for long', () => {
    const firstAt = new Map([...told.entries()].reverse().map(([at, item]) => [item, at]));
    const overtaken = ITEMS.slice(0, -1).filter((n) => (firstAt.get(n) ?? 0) > (firstAt.get(n + 1) ?? 0));
    expect(overtaken.length).toBeGreaterThan(100);
    expect(overtaken.length).toBeLessThan(250);
    expect(told.slice(0, 200).every((item) => item < 251)).toBe(true);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(disordered(ITEMS, FIFTH, seededRandom(1))).toEqual(told);
    expect(disordered(ITEMS, FIFTH, seededRandom(2))).not.toEqual(told);
  });

  it('is none where none was asked for', () => {
    expect(disordered(ITEMS, { duplicated: 0, shuffled: 0, within: 50 }, seededRandom(1))).toEqual(ITEMS);
  });
});
