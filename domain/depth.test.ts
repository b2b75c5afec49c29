import { isWithinDepth } from './depth';

describe('the depth of a document', () => {
  it.each([
    ['end', 0],
    [null, 0],
    [[], 1],
    [{}, 1],
    [{ a: ['end'], b: 1 }, 2],
    [[{ a: [] }, 1], 3],
  ])('%j has %i levels', (value, depth) => {
    expect(isWithinDepth(value, depth)).toBe(true);
    expect(isWithinDepth(value, depth - 1)).toBe(depth === 0);
  });

  it('ends the search where it is exceeded, however deep the document is', () => {
    let deep: unknown = 'end';
    for (let n = 0; n < 1_000_000; n += 1) deep = [deep];
    expect(isWithinDepth(deep, 64)).toBe(false);
  });
});
