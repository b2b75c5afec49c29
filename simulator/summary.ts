import type { LedgerChannel, LedgerEntry } from './ledger-entry';

const CREATES = new Set(['create', 'mail']);
const ENDED = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

export interface CreateCount {
  asked: number;
  accepted: number;
  refused: number;
}

export interface Concurrency {
  now: number;
  max: number;
}

export interface Summary {
  readonly entries: number;
  /** Creates of calls, texts and mails. */
  readonly creates: Record<'voice' | 'sms' | 'email', CreateCount>;
  /** Attempts that the outside world accepted more than once: each is a person contacted twice. */
  readonly duplicates: readonly { attemptId: string; channel: LedgerChannel; accepted: number }[];
  /** Accepted creates that name no attempt; answers to a person's own text are none. */
  readonly withoutAttempt: number;
  readonly liveCalls: Concurrency & { readonly byFrom: Record<string, Concurrency> };
  /** Last status of each accepted call and text. */
  readonly callStatuses: Record<string, number>;
  readonly smsStatuses: Record<string, number>;
  readonly kinds: Record<string, number>;
}

/** Everything is counted from the ledger alone, so it survives a restart and can be checked against any other count. */
export function summarise(entries: readonly LedgerEntry[]): Summary {
  const accepted = entries.filter((entry) => CREATES.has(entry.kind) && entry.accepted === true);
  return {
    entries: entries.length,
    creates: {
      voice: createsOf(entries, 'voice'),
      sms: createsOf(entries, 'sms'),
      email: createsOf(entries, 'email'),
    },
    duplicates: duplicatesOf(accepted),
    withoutAttempt: accepted.filter((entry) => entry.attemptId === undefined && entry.status !== 'reply').length,
    liveCalls: liveCallsOf(entries),
    callStatuses: lastStatusesOf(entries, 'voice'),
    smsStatuses: lastStatusesOf(entries, 'sms'),
    kinds: tally(entries.map((entry) => entry.kind)),
  };
}

function createsOf(entries: readonly LedgerEntry[], channel: LedgerChannel): CreateCount {
  const creates = entries.filter((entry) => entry.channel === channel && CREATES.has(entry.kind));
  const accepted = creates.filter((entry) => entry.accepted === true).length;
  return { asked: creates.length, accepted, refused: creates.length - accepted };
}

function duplicatesOf(accepted: readonly LedgerEntry[]): Summary['duplicates'] {
  const byAttempt = new Map<string, LedgerEntry[]>();
  for (const entry of accepted) {
    if (entry.attemptId !== undefined)
      byAttempt.set(entry.attemptId, [...(byAttempt.get(entry.attemptId) ?? []), entry]);
  }
  return [...byAttempt].flatMap(([attemptId, [first, ...others]]) =>
    first !== undefined && others.length > 0
      ? [{ attemptId, channel: first.channel, accepted: others.length + 1 }]
      : [],
  );
}

function liveCallsOf(entries: readonly LedgerEntry[]): Summary['liveCalls'] {
  const live = new Map<string, string>();
  const total: Concurrency = { now: 0, max: 0 };
  const byFrom: Record<string, Concurrency> = {};
  for (const entry of entries) {
    if (entry.channel !== 'voice' || entry.sid === undefined) continue;
    if (entry.kind === 'create' && entry.accepted === true) {
      live.set(entry.sid, entry.from ?? '');
      rise(total);
      rise((byFrom[entry.from ?? ''] ??= { now: 0, max: 0 }));
    }
    const from = live.get(entry.sid);
    if (entry.kind === 'status' && ENDED.has(entry.status ?? '') && from !== undefined) {
      live.delete(entry.sid);
      total.now -= 1;
      (byFrom[from] ??= { now: 1, max: 1 }).now -= 1;
    }
  }
  return { ...total, byFrom };
}

function rise(count: Concurrency): void {
  count.now += 1;
  count.max = Math.max(count.max, count.now);
}

function lastStatusesOf(entries: readonly LedgerEntry[], channel: LedgerChannel): Record<string, number> {
  const last = new Map<string, string>();
  for (const entry of entries) {
    if (entry.channel !== channel || entry.sid === undefined) continue;
    if (entry.kind === 'create' && entry.accepted === true) last.set(entry.sid, 'queued');
    if (entry.kind === 'status' && entry.status !== undefined) last.set(entry.sid, entry.status);
  }
  return tally([...last.values()]);
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
