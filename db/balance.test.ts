import { afterChange, brokenIn, useHealthyCompany } from '../test/audit/violations';
import { createTestDatabase } from '../test/database';
import { balance } from './balance';

const nothing = async () => undefined;

describe('a company in which everything is in order', () => {
  const company = useHealthyCompany();

  it.each([false, true])('balances (settled: %s)', async (settled) => {
    const audited = await balance(company().sql, { settled });
    expect(brokenIn(audited)).toEqual({});
    expect(audited.ok).toBe(true);
    expect(audited.windows).toEqual({ checked: 7, outside: 0 });
  });

  it('counts both sides of every equation', async () => {
    const { equations } = await afterChange(company(), nothing, (tx) => balance(tx));
    expect(Object.fromEntries(equations.map(({ name, left, right }) => [name, [left, right]]))).toEqual({
      audience: [6, 6],
      states: [5, 5],
      inbox: [2, 2],
      facts: [2, 2],
      windows: [7, 7],
      creates: [7, 7],
      suppressions: [7, 7],
      executions: [6, 6],
      caps: [6, 6],
      legal_caps: [0, 0],
      consents: [0, 0],
      solicitations: [0, 0],
      reassigned: [5, 5],
      countries: [5, 5],
      spending: [0, 0],
      leases: [1, 1],
      lines: [2, 2],
      open_calls: [1, 1],
      commitments: [2, 2],
      attempts: [7, 7],
      outbox: [0, 0],
      counters: [0, 0],
    });
  });

  it('names ten of those who break an equation and no more', async () => {
    const { equations } = await afterChange(
      company(),
      (tx) => tx`
        insert into inbox (source, event_key, raw, at, rt)
        select 'test', 'old-' || n, '{}', now(), clock_timestamp() - interval '2 minutes' from generate_series(1, 12) n`,
      (tx) => balance(tx),
    );
    const inbox = equations.find(({ name }) => name === 'inbox');
    expect(inbox).toMatchObject({ left: 14, right: 2, ok: false });
    expect(inbox?.examples).toHaveLength(10);
  });
});

describe('a company in which nothing has happened yet', () => {
  it('balances', async () => {
    const { sql, drop } = await createTestDatabase({ max: 1 });
    const audited = await balance(sql, { settled: true });
    await drop();
    expect(audited.ok).toBe(true);
    expect(audited.equations.every(({ left, right }) => left === 0 && right === 0)).toBe(true);
  });
});
