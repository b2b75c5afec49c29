import { compareMarks, formatMark, LOCK_REASONS, lockSentence, type Mark, type OwnMark, parseMark } from './recovery';

const ID = '7f8d1c1e-4f3b-4c1e-9a55-0d8b7a6c5e4f';
const OTHER = '00000000-4f3b-4c1e-9a55-0d8b7a6c5e4f';
const own = (changes: Partial<OwnMark> = {}): OwnMark => ({
  installationId: ID,
  incarnation: 2,
  number: 100,
  namespaceId: 'first',
  ...changes,
});
const seen = (changes: Partial<Mark> | null, namespaceId = 'first') => ({
  namespaceId,
  mark: changes === null ? null : { installationId: ID, incarnation: 2, number: 100, ...changes },
});

describe('two databases that belong together', () => {
  it.each([
    ['both at the same mark', own(), seen({})],
    ['a crash between the two writes', own(), seen({ number: 99 })],
    ['the first start', own({ number: 0, incarnation: 1, namespaceId: null }), seen(null)],
    ['a crash in the first start', own({ number: 1, incarnation: 1, namespaceId: null }), seen(null)],
    ['an installation from before there were marks', own({ number: 0 }), seen(null)],
    ['workflows that were moved to another namespace with their mark', own(), seen({}, 'second')],
  ])('are left alone: %s', (_, ours, theirs) => expect(compareMarks(ours, theirs)).toBeNull());
});

describe('two databases of which one was restored or lost', () => {
  it.each([
    ['postgres_older', own(), seen({ number: 101 })],
    ['postgres_older', own(), seen({ incarnation: 3, number: 90 })],
    ['postgres_lost', own({ installationId: OTHER, number: 0, namespaceId: null }), seen({})],
    ['temporal_older', own(), seen({ number: 98 })],
    ['temporal_older', own(), seen({ incarnation: 1, number: 200 })],
    ['temporal_lost', own(), seen(null)],
    ['temporal_lost', own({ number: 0 }), seen(null, 'second')],
    ['another_installation', own({ installationId: OTHER }), seen({})],
  ])('are told apart: %s', (reason, ours, theirs) => expect(compareMarks(ours, theirs)).toBe(reason));

  it('are explained in words', () => {
    for (const reason of LOCK_REASONS)
      expect(lockSentence(reason)).toMatch(/^(PostgreSQL|Temporal|another|the) .*[^.]$/);
  });
});

describe('a mark as a word', () => {
  it('is read again', () => {
    const mark = { installationId: ID, incarnation: 3, number: 4711 };
    expect(formatMark(mark)).toBe(`mark 4711 of ${ID}, incarnation 3`);
    expect(parseMark(formatMark(mark))).toEqual(mark);
  });

  it.each(['planChanged', '', `mark x of ${ID}, incarnation 1`])('is not found in "%s"', (text) =>
    expect(parseMark(text)).toBeNull(),
  );
});
