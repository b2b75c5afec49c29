import { minuteOf, slotListSchema } from './slots';

const problemsOf = (...slots: [open: unknown, close: unknown][]) =>
  slotListSchema
    .safeParse(slots.map(([open, close]) => ({ open, close })))
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the slots of a day', () => {
  it.each<[string, [string, string][]]>([
    ['may touch both bounds (R-13, S1-56)', [['08:00', '21:00']]],
    [
      'may be several (S1-57)',
      [
        ['09:00', '12:00'],
        ['13:00', '17:00'],
      ],
    ],
    [
      'may adjoin',
      [
        ['09:00', '12:00'],
        ['12:00', '17:00'],
      ],
    ],
    [
      'may stand in any order',
      [
        ['13:00', '17:00'],
        ['09:00', '12:00'],
      ],
    ],
  ])('%s', (_, slots) => {
    expect(problemsOf(...slots)).toBeUndefined();
  });

  it.each<[string, [unknown, unknown][], string[]]>([
    ['opens too early', [['07:59', '12:00']], ['0.open: the slot opens at 07:59; slots must lie within 08:00–21:00']],
    ['closes too late', [['12:00', '21:01']], ['0.close: the slot closes at 21:01; slots must lie within 08:00–21:00']],
    ['ends before it starts', [['12:00', '09:00']], ['0.close: the slot closes at 09:00, not after it opens at 12:00']],
    ['is empty', [['12:00', '12:00']], ['0.close: the slot closes at 12:00, not after it opens at 12:00']],
    [
      'overlaps another (K-9)',
      [
        ['09:00', '12:00'],
        ['11:59', '13:00'],
      ],
      ['1: the slot 11:59–13:00 overlaps 09:00–12:00'],
    ],
    [
      'lies in another',
      [
        ['09:00', '17:00'],
        ['10:00', '11:00'],
      ],
      ['1: the slot 10:00–11:00 overlaps 09:00–17:00'],
    ],
    ['is no clock time', [['9:00', '12:00']], ['0.open: must be a time like 09:00']],
    ['is past midnight', [['09:00', '24:00']], ['0.close: must be a time like 09:00']],
  ])('are refused when one %s', (_, slots, problems) => {
    expect(problemsOf(...slots)).toEqual(problems);
  });

  it('are at least one and at most ten', () => {
    expect(problemsOf()).toHaveLength(1);
    expect(
      problemsOf(...Array.from({ length: 11 }, (_, ix): [string, string] => [`${10 + ix}:00`, `${10 + ix}:30`])),
    ).toHaveLength(1);
  });

  it('have no other field', () => {
    const { error } = slotListSchema.safeParse([{ open: '09:00', close: '12:00', zone: 'UTC' }]);
    expect(error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['zone'], path: [0] }]);
  });
});

it.each([
  ['00:00', 0],
  ['08:05', 485],
  ['21:00', 1260],
])('%s is minute %i of the day', (clock, minute) => {
  expect(minuteOf(clock)).toBe(minute);
});
