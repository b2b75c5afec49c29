import { fromIso, MINUTE_MS } from '../../domain/instant';
import { id, TUESDAY } from '../../test/audit/company';
import { afterChange, useHealthyCompany } from '../../test/audit/violations';
import type { Tx } from '../client';
import { compareLedger, type LedgerEntry } from './ledger';

function create(name: string, at: string, values: Partial<LedgerEntry> = {}): LedgerEntry {
  return { at: fromIso(at), channel: 'voice', kind: 'create', accepted: true, attemptId: id(name), ...values };
}

/** What the provider wrote down about the healthy company; it never heard of "lost". */
const LEDGER: readonly LedgerEntry[] = [
  create('first', '2026-06-02T14:01:01Z'),
  create('text', '2026-06-03T23:59:59.500Z', { channel: 'sms' }),
  create('mail', '2026-06-06T16:00:01Z', { channel: 'email' }),
  create('promised', '2026-06-07T23:30:01Z'),
  create('live', TUESDAY),
];

const IN_ORDER = {
  ok: true,
  creates: 5,
  attempts: 5,
  unmatchedCreates: [],
  unmatchedAttempts: [],
  duplicates: [],
  windows: { checked: 5, outside: 0 },
  outside: [],
};

describe('the ledger of the provider', () => {
  const company = useHealthyCompany();
  const compare = (entries: readonly LedgerEntry[], change: (tx: Tx) => Promise<unknown> = async () => undefined) =>
    afterChange(company(), change, (tx) => compareLedger(tx, entries));

  it('agrees with the attempts, one to one', async () => {
    expect(await compare(LEDGER)).toEqual(IN_ORDER);
  });

  it('may have accepted an attempt whose fate is unknown', async () => {
    const ledger = [...LEDGER, create('lost', '2026-06-03T17:00:01Z')];
    expect(await compare(ledger)).toEqual({ ...IN_ORDER, creates: 6, windows: { checked: 6, outside: 0 } });
  });

  it('may hold requests that were refused or reached nobody', async () => {
    const ledger = [
      ...LEDGER,
      create('refused', TUESDAY, { accepted: false }),
      create('first', '2026-06-02T02:00:00Z', { kind: 'look_up' }),
    ];
    expect(await compare(ledger)).toEqual(IN_ORDER);
  });

  it('names an attempt that the provider accepted twice', async () => {
    const ledger = [...LEDGER, create('first', '2026-06-02T14:05:00Z')];
    expect(await compare(ledger)).toMatchObject({ ok: false, creates: 6, duplicates: [id('first')] });
  });

  it('names somebody who was contacted though the database says that nothing was sent', async () => {
    expect(await compare([...LEDGER, create('refused', TUESDAY)])).toMatchObject({
      ok: false,
      unmatchedCreates: [id('refused')],
    });
  });

  it('names a contact of which there is no record', async () => {
    const ledger = [...LEDGER, create('nobody', TUESDAY), create('none', TUESDAY, { attemptId: null })];
    expect(await compare(ledger)).toMatchObject({ ok: false, creates: 7, unmatchedCreates: ['', id('nobody')] });
  });

  it('names an attempt that is still claimed and was accepted', async () => {
    const compared = await compare(LEDGER, (tx) => tx`update attempt set state = 'claimed' where id = ${id('live')}`);
    expect(compared).toMatchObject({ ok: false, attempts: 4, unmatchedCreates: [id('live')] });
  });

  it('names an accepted attempt that the provider never heard of', async () => {
    expect(await compare(LEDGER.slice(1))).toMatchObject({ ok: false, creates: 4, unmatchedAttempts: [id('first')] });
  });

  it('names an attempt that went out on another channel', async () => {
    const ledger = LEDGER.map((entry) => (entry.channel === 'sms' ? { ...entry, channel: 'email' as const } : entry));
    expect(await compare(ledger)).toMatchObject({
      ok: false,
      unmatchedCreates: [id('text')],
      unmatchedAttempts: [id('text')],
    });
  });

  it('names an attempt that was claimed in time and began too late', async () => {
    const ledger = LEDGER.map((entry) => (entry.channel === 'sms' ? { ...entry, at: entry.at + MINUTE_MS } : entry));
    expect(await compare(ledger)).toMatchObject({
      ok: false,
      outside: [id('text')],
      windows: { checked: 5, outside: 1 },
    });
  });
});
