import { intersectionOf, unionOf } from './spans';

describe('spans', () => {
  it('join where they overlap or adjoin, in whatever order they come', () => {
    expect(
      unionOf([
        [8, 9],
        [1, 3],
        [2, 4],
        [4, 5],
        [1, 2],
      ]),
    ).toEqual([
      [1, 5],
      [8, 9],
    ]);
  });

  it('join to nothing when there are none', () => {
    expect(unionOf([])).toEqual([]);
  });

  it('meet where both lists cover, ends outside', () => {
    expect(
      intersectionOf(
        [
          [0, 5],
          [6, 9],
        ],
        [
          [2, 7],
          [9, 12],
        ],
      ),
    ).toEqual([
      [2, 5],
      [6, 7],
    ]);
  });
});
