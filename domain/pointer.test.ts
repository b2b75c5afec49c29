import { pathOf, pointerOf } from './pointer';

describe('a pointer', () => {
  it.each<[string, PropertyKey[]]>([
    ['#', []],
    ['#/plan/runs/0/key', ['plan', 'runs', 0, 'key']],
    ['#/phrases/a~1b~0c', ['phrases', 'a/b~c']],
  ])('%s leads to %j and back', (pointer, path) => {
    expect(pointerOf(path)).toBe(pointer);
    expect(pathOf(pointer)).toEqual(path);
  });
});
