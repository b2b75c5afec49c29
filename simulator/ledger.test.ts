import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBusinessClock } from './business-clock';
import { createLedger } from './ledger';
import type { NewLedgerEntry } from './ledger-entry';

const CREATE: NewLedgerEntry = {
  channel: 'voice',
  kind: 'create',
  to: '+12125550123',
  accepted: true,
  attemptId: 'one',
  detail: {},
};
const clock = createBusinessClock(() => Promise.resolve(1_000_000));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the ledger', () => {
  it('numbers its entries and stamps them with business and real time', async () => {
    const ledger = createLedger(clock, null);
    const before = Date.now();
    await ledger.record(CREATE);
    await Promise.all([ledger.record(CREATE), ledger.record({ ...CREATE, channel: 'sms' })]);
    expect(ledger.entries().map(({ n, at, channel }) => [n, at, channel])).toEqual([
      [1, 1_000_000, 'voice'],
      [2, 1_000_000, 'voice'],
      [3, 1_000_000, 'sms'],
    ]);
    expect(ledger.entries().every(({ rt }) => rt >= before && rt <= Date.now())).toBe(true);
  });

  it('is read by number, channel, kind, attempt and number called', async () => {
    const ledger = createLedger(clock, null);
    await ledger.record(CREATE);
    await ledger.record({ ...CREATE, channel: 'sms', attemptId: 'two' });
    await ledger.record({ ...CREATE, kind: 'status', to: '+12125550124' });
    expect(ledger.entries({ after: 1 })).toHaveLength(2);
    expect(ledger.entries({ channel: 'sms' })).toHaveLength(1);
    expect(ledger.entries({ kind: 'status' })).toHaveLength(1);
    expect(ledger.entries({ attemptId: 'one' })).toHaveLength(2);
    expect(ledger.entries({ to: '+12125550124' })).toHaveLength(1);
  });

  it('tells of an entry that is there, or as soon as it comes', async () => {
    const ledger = createLedger(clock, null);
    await ledger.record(CREATE);
    expect(await ledger.until(({ kind }) => kind === 'create')).toMatchObject({ n: 1 });
    const coming = ledger.until(({ kind }) => kind === 'status');
    await ledger.record({ ...CREATE, channel: 'sms' });
    await ledger.record({ ...CREATE, kind: 'status' });
    expect(await coming).toMatchObject({ n: 3 });
    await expect(ledger.until(() => false, AbortSignal.timeout(5))).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('in a file goes on after a restart', async () => {
    const path = join(folder, 'made', 'ledger.jsonl');
    await createLedger(clock, path).record(CREATE);
    const again = createLedger(clock, path);
    await again.record({ ...CREATE, attemptId: 'two' });
    expect(createLedger(clock, path).entries()).toMatchObject([
      { n: 1, attemptId: 'one' },
      { n: 2, attemptId: 'two' },
    ]);
    again.clear();
    expect(again.entries()).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('cuts off the last line if a dying process left it unfinished', async () => {
    const path = join(folder, 'torn.jsonl');
    await createLedger(clock, path).record(CREATE);
    appendFileSync(path, '{"n":2,"at":1,"detail":{"text":"ñ');
    const ledger = createLedger(clock, path);
    expect(ledger.entries()).toHaveLength(1);
    await ledger.record(CREATE);
    expect(
      createLedger(clock, path)
        .entries()
        .map(({ n }) => n),
    ).toEqual([1, 2]);
  });

  it('refuses a file that is damaged elsewhere, and says where', () => {
    const path = join(folder, 'damaged.jsonl');
    writeFileSync(path, '{"n":1}\n');
    expect(() => createLedger(clock, path)).toThrow(`${path}:1 is not a ledger entry`);
  });
});
