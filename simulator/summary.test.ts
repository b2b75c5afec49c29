import type { LedgerEntry, NewLedgerEntry } from './ledger-entry';
import { summarise } from './summary';

const OURS = '+12125550100';

function ledgerOf(...entries: Partial<NewLedgerEntry>[]): LedgerEntry[] {
  return entries.map((entry, ix) => ({
    n: ix + 1,
    at: ix,
    rt: ix,
    channel: 'voice',
    kind: 'create',
    detail: {},
    ...entry,
  }));
}

function created(sid: string, attemptId: string | undefined = sid, from = OURS): Partial<NewLedgerEntry> {
  return { kind: 'create', sid, attemptId, from, accepted: true };
}

function status(sid: string, name: string): Partial<NewLedgerEntry> {
  return { kind: 'status', sid, status: name };
}

describe('the summary', () => {
  it('of nothing is nothing', () => {
    expect(summarise([])).toMatchObject({
      entries: 0,
      duplicates: [],
      withoutAttempt: 0,
      liveCalls: { now: 0, max: 0, byFrom: {} },
    });
  });

  it('counts what was asked, accepted and refused on each channel', () => {
    const entries = ledgerOf(
      created('CA1'),
      { accepted: false },
      { channel: 'sms', sid: 'SM1', attemptId: 'two', accepted: true },
      { channel: 'email', kind: 'mail', attemptId: 'three', accepted: true },
      { channel: 'email', kind: 'mail', accepted: false },
      { channel: 'crm', kind: 'crm_note', accepted: true },
    );
    expect(summarise(entries)).toMatchObject({
      creates: {
        voice: { asked: 2, accepted: 1, refused: 1 },
        sms: { asked: 1, accepted: 1, refused: 0 },
        email: { asked: 2, accepted: 1, refused: 1 },
      },
      withoutAttempt: 0,
      kinds: { create: 3, mail: 2, crm_note: 1 },
    });
  });

  it('names every attempt that was accepted twice, on any channel', () => {
    const entries = ledgerOf(
      created('CA1', 'one'),
      created('CA2', 'one'),
      { ...created('CA3', 'two'), accepted: false },
      created('CA4', 'two'),
      { channel: 'email', kind: 'mail', attemptId: 'three', accepted: true },
      { channel: 'email', kind: 'mail', attemptId: 'three', accepted: true },
      { channel: 'email', kind: 'mail', attemptId: 'three', accepted: true },
    );
    expect(summarise(entries).duplicates).toEqual([
      { attemptId: 'one', channel: 'voice', accepted: 2 },
      { attemptId: 'three', channel: 'email', accepted: 3 },
    ]);
  });

  it('counts what belongs to no attempt, but not the answers to a person', () => {
    const entries = ledgerOf(
      { ...created('CA1'), attemptId: undefined },
      { channel: 'sms', status: 'reply', accepted: true },
    );
    expect(summarise(entries).withoutAttempt).toBe(1);
  });

  it('knows how many calls are live, and were live at most, in all and from each number', () => {
    const other = '+12125550101';
    const entries = ledgerOf(
      created('CA1'),
      created('CA2'),
      status('CA2', 'ringing'),
      created('CA3', 'three', other),
      status('CA1', 'completed'),
      status('CA1', 'completed'),
      created('CA4'),
      status('CA2', 'no-answer'),
    );
    expect(summarise(entries).liveCalls).toEqual({
      now: 2,
      max: 3,
      byFrom: { [OURS]: { now: 1, max: 2 }, [other]: { now: 1, max: 1 } },
    });
    expect(summarise(entries).callStatuses).toEqual({ completed: 1, 'no-answer': 1, queued: 2 });
  });
});
