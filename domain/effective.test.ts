import { type EffectiveVersion, isWithin, stretchesInForce } from './effective';

function version(number: number, changes: Partial<EffectiveVersion> = {}): EffectiveVersion {
  return { id: 'a', version: number, effectiveFrom: '2027-01-01', effectiveTo: null, retired: false, ...changes };
}

/** "2 from 2027-01-01 to …" */
function briefly(...versions: EffectiveVersion[]): string[] {
  return stretchesInForce(versions).map(
    ({ version: each, from, to }) => `${each.version} from ${from} to ${to ?? '…'}`,
  );
}

describe('the version in force', () => {
  it.each<[string, EffectiveVersion[], string[]]>([
    ['is the only one, from its first day on', [version(1)], ['1 from 2027-01-01 to …']],
    ['ends with its last day', [version(1, { effectiveTo: '2027-06-30' })], ['1 from 2027-01-01 to 2027-06-30']],
    [
      'gives way to a later one on the first day of that',
      [version(1), version(2, { effectiveFrom: '2027-09-01' })],
      ['1 from 2027-01-01 to 2027-08-31', '2 from 2027-09-01 to …'],
    ],
    [
      'gives way for good, though the later one ends',
      [version(1), version(2, { effectiveFrom: '2027-09-01', effectiveTo: '2027-09-30' })],
      ['1 from 2027-01-01 to 2027-08-31', '2 from 2027-09-01 to 2027-09-30'],
    ],
    ['is never one that a later one covers whole', [version(1), version(2)], ['2 from 2027-01-01 to …']],
    [
      'gives way to the earliest of those that follow',
      [version(1), version(2, { effectiveFrom: '2027-09-01' }), version(3, { effectiveFrom: '2027-03-01' })],
      ['1 from 2027-01-01 to 2027-02-28', '3 from 2027-03-01 to …'],
    ],
    [
      'is none from the day of its retirement on',
      [version(1), version(2, { effectiveFrom: '2027-09-01', retired: true })],
      ['1 from 2027-01-01 to 2027-08-31'],
    ],
    [
      'may come back',
      [version(1, { retired: true }), version(2, { effectiveFrom: '2027-09-01' })],
      ['2 from 2027-09-01 to …'],
    ],
    [
      'is no concern of others',
      [version(1), version(2, { id: 'b' })],
      ['1 from 2027-01-01 to …', '2 from 2027-01-01 to …'],
    ],
  ])('%s', (_, versions, expected) => {
    expect(briefly(...versions)).toEqual(expected);
    expect(briefly(...versions.toReversed()).sort()).toEqual([...expected].sort());
  });
});

describe('a stretch of days', () => {
  it.each([
    [{ from: '2027-03-01', to: '2027-03-02' }, '2027-02-28', false],
    [{ from: '2027-03-01', to: '2027-03-02' }, '2027-03-01', true],
    [{ from: '2027-03-01', to: '2027-03-02' }, '2027-03-02', true],
    [{ from: '2027-03-01', to: '2027-03-02' }, '2027-03-03', false],
    [{ from: '2027-03-01', to: null }, '2099-01-01', true],
  ])('%j: %s is inside: %s', (stretch, date, expected) => {
    expect(isWithin(stretch, date)).toBe(expected);
  });
});
