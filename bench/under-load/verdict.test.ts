import { isRight, NOTHING_WRONG, shown, sumOf, words, wrongsOfBalance, wrongsOfLedger } from './verdict';

const LEDGER = {
  ok: true,
  creates: 3,
  attempts: 3,
  unmatchedCreates: [],
  unmatchedAttempts: [],
  duplicates: [],
  windows: { checked: 3, outside: 0 },
  outside: [],
};
const equation = (name: string, left: number, right: number) => ({
  name,
  statement: '',
  left,
  right,
  ok: left === right,
  examples: left === right ? [] : ['one', 'two'],
});

describe('the verdict', () => {
  it('forgives nothing', () => {
    expect(isRight(NOTHING_WRONG)).toBe(true);
    for (const kind of ['lost', 'doubled', 'outside', 'overLimit'] as const)
      expect(isRight({ ...NOTHING_WRONG, [kind]: 1 })).toBe(false);
  });

  it('adds up kind by kind', () => {
    const lost = { ...NOTHING_WRONG, lost: 2 };
    expect(sumOf([lost, { ...lost, doubled: 1 }])).toEqual({ lost: 4, doubled: 1, outside: 0, overLimit: 0 });
    expect(sumOf([])).toEqual(NOTHING_WRONG);
  });
});

describe('what the auditor finds', () => {
  it('is nothing where all equations agree', () => {
    const { wrongs, examples } = wrongsOfBalance({ equations: [equation('audience', 5, 5)] });
    expect(wrongs).toEqual(NOTHING_WRONG);
    expect(examples).toEqual([]);
  });

  it.each([
    ['audience', 'lost'],
    ['inbox', 'lost'],
    ['windows', 'outside'],
    ['suppressions', 'outside'],
    ['creates', 'doubled'],
    ['open_calls', 'doubled'],
    ['caps', 'overLimit'],
    ['lines', 'overLimit'],
  ])('in %s is %s', (name, kind) => {
    expect(wrongsOfBalance({ equations: [equation(name, 5, 3)] })).toEqual({
      wrongs: { ...NOTHING_WRONG, [kind]: 2 },
      examples: [`${name}: one, two`],
    });
  });

  it('counts even where the two sides are equally long', () => {
    const broken = { ...equation('facts', 4, 4), ok: false };
    expect(wrongsOfBalance({ equations: [broken] }).wrongs.lost).toBe(1);
  });
});

describe("what the provider's ledger says", () => {
  it('is nothing where every create has its attempt', () => {
    expect(wrongsOfLedger(LEDGER)).toEqual({ wrongs: NOTHING_WRONG, examples: [] });
  });

  it('tells lost, doubled and outside apart', () => {
    const found = wrongsOfLedger({
      ...LEDGER,
      unmatchedCreates: ['a'],
      unmatchedAttempts: ['b'],
      duplicates: ['c', 'd', 'e', 'f'],
      outside: ['g'],
    });
    expect(found.wrongs).toEqual({ lost: 2, doubled: 4, outside: 1, overLimit: 0 });
    expect(found.examples).toEqual(['not recorded: a', 'never made: b', 'twice: c, d, e', 'outside: g']);
  });
});

describe('a report for people', () => {
  const report = {
    lines: [{ what: 'rows/s', demanded: '–', reached: '1,000' }],
    breaks: 'nowhere',
    figures: {},
    wrongs: NOTHING_WRONG,
    examples: [],
  };

  it('says what was demanded, what was reached and where it breaks', () => {
    expect(words(report).split('\n')).toEqual([
      '        demanded  reached',
      'rows/s  –         1,000',
      'breaks: nowhere',
      'RIGHT: lost 0, doubled 0, outside 0, overLimit 0',
    ]);
  });

  it('says what was wrong', () => {
    const wrong = { ...report, wrongs: { ...NOTHING_WRONG, lost: 3 }, examples: ['somebody'] };
    expect(words(wrong)).toContain('WRONG: lost 3, doubled 0, outside 0, overLimit 0\n  somebody');
  });
});

describe('a figure', () => {
  it.each([
    [null, '–'],
    [Number.NaN, '–'],
    [1_234.5, '1,235'],
    [12.345, '12.3'],
    [0, '0'],
  ])('%p is shown as %s', (value, text) => expect(shown(value)).toBe(text));
  it('may have a unit', () => expect(shown(3, 'ms')).toBe('3 ms'));
});
