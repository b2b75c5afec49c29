import {
  compareMarks,
  formatMark,
  lastMark,
  LOCK_REASONS,
  lockSentence,
  type Mark,
  type OwnMark,
  parseMark,
  type SeenMark,
} from './recovery';

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

const compare = (ours: OwnMark, theirs: SeenMark) => compareMarks({ before: ours, after: ours }, theirs);

describe('two databases that belong together', () => {
  it.each([
    ['both at the same mark', own(), seen({})],
    ['a crash between the two writes', own(), seen({ number: 99 })],
    ['the first start', own({ number: 0, incarnation: 1, namespaceId: null }), seen(null)],
    ['a crash in the first start', own({ number: 1, incarnation: 1, namespaceId: null }), seen(null)],
    ['an installation from before there were marks', own({ number: 0 }), seen(null)],
    ['workflows that were moved to another namespace with their mark', own(), seen({}, 'second')],
  ])('are left alone: %s', (_, ours, theirs) => expect(compare(ours, theirs)).toBeNull());

  it.each([
    ['others moved both marks while this one waited for Temporal', own(), own({ number: 102 }), seen({ number: 100 })],
    ['others moved both marks before Temporal answered', own(), own({ number: 102 }), seen({ number: 101 })],
    ['another made the first mark meanwhile', own({ number: 0 }), own({ number: 2 }), seen(null)],
    [
      'a recovery was finished meanwhile',
      own(),
      own({ incarnation: 3, number: 7 }),
      seen({ incarnation: 3, number: 7 }),
    ],
    ['a recovery was begun meanwhile', own(), own({ incarnation: 3, number: 7 }), seen({})],
  ])('are left alone: %s', (_, before, after, theirs) => expect(compareMarks({ before, after }, theirs)).toBeNull());
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
  ])('are told apart: %s', (reason, ours, theirs) => expect(compare(ours, theirs)).toBe(reason));

  it('are explained in words', () => {
    for (const reason of LOCK_REASONS)
      expect(lockSentence(reason)).toMatch(/^(PostgreSQL|Temporal|another|the) .*[^.]$/);
  });
});

describe('the last mark', () => {
  const mark = (number: number, changes: Partial<Mark> = {}) => ({
    installationId: ID,
    incarnation: 2,
    number,
    ...changes,
  });

  it.each([
    ['nothing', [], null],
    ['the newest', [mark(7), mark(6)], mark(7)],
    ['the furthest, for an older one came in late', [mark(6), mark(8), mark(7)], mark(8)],
    ['the furthest of the newest incarnation', [mark(3, { incarnation: 3 }), mark(8)], mark(3, { incarnation: 3 })],
    ['that of whoever wrote last', [mark(1, { installationId: OTHER }), mark(8)], mark(1, { installationId: OTHER })],
  ])('is %s', (_, newestFirst, last) => expect(lastMark(newestFirst)).toEqual(last));
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
