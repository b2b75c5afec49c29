/**
 * Two databases that have to belong together. Both hold the mark of the installation, a number that only moves forward:
 * first in Postgres, then in Temporal. Whichever of the two is behind was restored from a copy, or lost.
 */

export interface Mark {
  readonly installationId: string;
  /** Raised by each recovery, so that a copy from before it is known for what it is. */
  readonly incarnation: number;
  readonly number: number;
}

export const LOCK_REASONS = [
  'postgres_older',
  'postgres_lost',
  'temporal_older',
  'temporal_lost',
  'another_installation',
  'unknown_attempt',
] as const;
export type LockReason = (typeof LOCK_REASONS)[number];

/** What Postgres says; `namespaceId` is the one that it last saw, null = it never saw any. */
export interface OwnMark extends Mark {
  readonly namespaceId: string | null;
}

/** What Temporal says; null = it holds no mark. */
export interface SeenMark {
  readonly namespaceId: string;
  readonly mark: Mark | null;
}

/** A crash between the two writes leaves Temporal this much behind. */
const BETWEEN_THE_WRITES = 1;

/**
 * What Postgres said before Temporal was asked, and what it said after. While one process waits for Temporal others may have
 * moved both marks, and a lock held meanwhile can be lost with its connection; so Temporal is behind only where it is
 * behind what stood here before, and ahead only where it is ahead of what stood here after.
 */
export interface OwnMarks {
  readonly before: OwnMark;
  readonly after: OwnMark;
}

/** Null = they belong together. */
export function compareMarks({ before, after }: OwnMarks, { namespaceId, mark }: SeenMark): LockReason | null {
  if (mark === null) {
    const isAnother = before.namespaceId !== null && before.namespaceId !== namespaceId;
    return isAnother || before.number > BETWEEN_THE_WRITES ? 'temporal_lost' : null;
  }
  if (mark.installationId !== after.installationId)
    return after.number === 0 ? 'postgres_lost' : 'another_installation';
  if (isAhead(mark, after)) return 'postgres_older';
  return isAhead(before, { ...mark, number: mark.number + BETWEEN_THE_WRITES }) ? 'temporal_older' : null;
}

function isAhead(one: Mark, other: Mark): boolean {
  return one.incarnation === other.incarnation ? one.number > other.number : one.incarnation > other.incarnation;
}

/**
 * Which of the last marks counts: that of whoever wrote last, and of its own the furthest, for one that was sent before
 * another may arrive after it. Null = there is none.
 */
export function lastMark(newestFirst: readonly Mark[]): Mark | null {
  const [newest] = newestFirst;
  if (newest === undefined) return null;
  return newestFirst
    .filter(({ installationId }) => installationId === newest.installationId)
    .reduce((furthest, mark) => (isAhead(mark, furthest) ? mark : furthest));
}

const SENTENCES: Readonly<Record<LockReason, string>> = {
  postgres_older: 'PostgreSQL is older than Temporal: it was restored from a copy, and does not know what came after',
  postgres_lost: 'PostgreSQL is new, and Temporal knows another before it: a database was lost',
  temporal_older: 'Temporal is older than PostgreSQL: it was restored from a copy',
  temporal_lost: 'Temporal has forgotten this installation: its database was lost, or another namespace is used',
  another_installation: 'another installation uses the same namespace and queues of Temporal',
  unknown_attempt: 'the provider tells of an attempt that this database does not know: it was restored from a copy',
};

/** For people, as a sentence without its full stop. */
export function lockSentence(reason: LockReason): string {
  return SENTENCES[reason];
}

/** The mark as a word, so that whoever looks at Temporal's history can read it. */
export function formatMark({ installationId, incarnation, number }: Mark): string {
  return `mark ${number} of ${installationId}, incarnation ${incarnation}`;
}

const MARK = /^mark (\d+) of ([0-9a-f-]{36}), incarnation (\d+)$/;

/** Null = it is none of ours. */
export function parseMark(text: string): Mark | null {
  const [, number, installationId, incarnation] = MARK.exec(text) ?? [];
  if (installationId === undefined) return null;
  return { installationId, incarnation: Number(incarnation), number: Number(number) };
}
