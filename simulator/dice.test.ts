import { createDice, pickWeighted } from './dice';

const rolls = (...keys: string[]): number[] => {
  const dice = createDice(...keys);
  return Array.from({ length: 1000 }, () => dice.roll());
};

describe('dice', () => {
  it('roll the same for the same keys and something else for others', () => {
    expect(rolls('seed', '+12125550123')).toEqual(rolls('seed', '+12125550123'));
    expect(rolls('seed', '+12125550123')).not.toEqual(rolls('seed', '+12125550124'));
    expect(rolls('ab', 'c')).not.toEqual(rolls('a', 'bc'));
  });

  it('are spread over 0 to 1', () => {
    const all = rolls('seed');
    expect(all.every((roll) => roll >= 0 && roll < 1)).toBe(true);
    const mean = all.reduce((sum, roll) => sum + roll, 0) / all.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });

  it('reach both ends of a range and nothing beyond', () => {
    const dice = createDice('range');
    const seen = new Set(Array.from({ length: 200 }, () => dice.between([3, 5])));
    expect(seen).toEqual(new Set([3, 4, 5]));
  });

  it('shuffle without losing anything', () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const mixed = createDice('shuffle').shuffle(items);
    expect(mixed).not.toEqual(items);
    expect(new Set(mixed)).toEqual(new Set(items));
  });
});

describe('a weighted pick', () => {
  it('follows the weights', () => {
    const dice = createDice('weights');
    const counts = { often: 0, seldom: 0, never: 0 };
    for (let n = 0; n < 1000; n += 1) {
      const name = pickWeighted(dice, [
        ['often', 9],
        ['never', 0],
        ['seldom', 1],
      ]);
      if (name !== null) counts[name] += 1;
    }
    expect(counts.never).toBe(0);
    expect(counts.often).toBeGreaterThan(800);
    expect(counts.seldom).toBeGreaterThan(50);
  });

  it('is nobody when there is nothing to pick from', () => {
    expect(pickWeighted(createDice('none'), [['never', 0]])).toBeNull();
    expect(pickWeighted(createDice('none'), [])).toBeNull();
  });
});
