/** What the provider wrote down, call by call. Pure: the auditor is not asked. */

export interface LedgerEntry {
  readonly n: number;
  /** Real time. */
  readonly rt: number;
  readonly kind: string;
  readonly sid?: string;
  readonly to?: string;
  readonly accepted?: boolean;
  readonly attemptId?: string;
  readonly status?: string;
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

interface Accepted extends LedgerEntry {
  readonly sid: string;
}

/** Calls that the provider took, in its order. */
export function acceptedCalls(entries: readonly LedgerEntry[]): Accepted[] {
  return entries.flatMap((entry) =>
    entry.kind === 'create' && entry.accepted === true && entry.sid !== undefined ? [{ ...entry, sid: entry.sid }] : [],
  );
}

/** Most calls that were live at the same moment, for each group; a call without a group counts for none. */
export function peaks(
  entries: readonly LedgerEntry[],
  groupOf: (call: LedgerEntry) => string | undefined,
): Map<string, number> {
  const live = new Map<string, string>();
  const counts = new Map<string, { now: number; most: number }>();
  for (const entry of [...entries].sort((a, b) => a.n - b.n)) {
    const { sid = '', kind, status = '' } = entry;
    const group = groupOf(entry);
    if (kind === 'create' && entry.accepted === true && group !== undefined) {
      const count = counts.get(group) ?? { now: 0, most: 0 };
      const now = count.now + 1;
      counts.set(group, { now, most: Math.max(count.most, now) });
      live.set(sid, group);
    }
    const ended = live.get(sid);
    const count = ended === undefined ? undefined : counts.get(ended);
    if (kind === 'status' && ENDED.has(status) && count !== undefined) {
      count.now -= 1;
      live.delete(sid);
    }
  }
  return new Map([...counts].map(([group, { most }]) => [group, most]));
}

/** Groups that had more live calls than they may, and by how many. */
export function overLimit(
  most: ReadonlyMap<string, number>,
  limits: ReadonlyMap<string, number>,
): { group: string; by: number }[] {
  return [...most].flatMap(([group, reached]) => {
    const by = reached - (limits.get(group) ?? Number.POSITIVE_INFINITY);
    return by > 0 ? [{ group, by }] : [];
  });
}

/** Who was called more often than once, where nobody may be. */
export function calledTwice(entries: readonly LedgerEntry[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { to } of acceptedCalls(entries)) {
    if (to === undefined) continue;
    if (seen.has(to)) twice.add(to);
    seen.add(to);
  }
  return [...twice];
}

/** Real time of the first call of each group. */
export function firstCalls(
  entries: readonly LedgerEntry[],
  groupOf: (call: LedgerEntry) => string | undefined,
): Map<string, number> {
  const first = new Map<string, number>();
  for (const call of acceptedCalls(entries)) {
    const group = groupOf(call);
    if (group !== undefined) first.set(group, Math.min(first.get(group) ?? Number.POSITIVE_INFINITY, call.rt));
  }
  return first;
}
