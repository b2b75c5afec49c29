import { balance, type Balance } from '../../db/balance';
import { inTransaction, type Tx } from '../../db/client';
import { createTestDatabase, type TestDatabase } from '../database';
import { seedHealthy } from './company';

interface Violation {
  readonly what: string;
  readonly change: (tx: Tx) => Promise<unknown>;
  /** The equations that it breaks, with the ids they name; none = the change is in order. */
  readonly broken: Readonly<Record<string, readonly string[]>>;
  readonly settled?: boolean;
}

/** Changes the healthy company, asks the auditor, and undoes the change: exactly the named equations must differ. */
export function describeViolations(name: string, violations: readonly Violation[]): void {
  describe(name, () => {
    const database = useHealthyCompany();

    it.each(violations)('$what', async ({ change, broken, settled = false }) => {
      const audited = await afterChange(database(), change, (tx) => balance(tx, { settled }));
      expect(brokenIn(audited)).toEqual(broken);
      expect(audited.ok).toBe(Object.keys(broken).length === 0);
    });
  });
}

export function useHealthyCompany(): () => TestDatabase {
  const made: TestDatabase[] = [];
  beforeAll(async () => {
    const database = await createTestDatabase({ max: 2 });
    made.push(database);
    await inTransaction(database.sql, seedHealthy);
  });
  afterAll(async () => {
    for (const database of made) await database.drop();
  });
  return () => {
    const [database] = made;
    if (database === undefined) throw new Error('the company exists only while its tests run');
    return database;
  };
}

/** What `look` sees after a change that is then rolled back. */
export async function afterChange<T>(
  { sql }: TestDatabase,
  change: (tx: Tx) => Promise<unknown>,
  look: (tx: Tx) => Promise<T>,
): Promise<T> {
  const undone = new Error('undone on purpose');
  const seen: T[] = [];
  const looked = inTransaction(sql, async (tx) => {
    await change(tx);
    seen.push(await look(tx));
    throw undone;
  });
  await expect(looked).rejects.toBe(undone);
  const [answer] = seen;
  if (answer === undefined) throw new Error('there was nothing to see');
  return answer;
}

export function brokenIn({ equations }: Balance): Record<string, readonly string[]> {
  return Object.fromEntries(equations.filter(({ ok }) => !ok).map(({ name, examples }) => [name, examples]));
}
