import { randomBytes } from 'node:crypto';
import { createSql, type Sql } from '../db/client';

export const TEMPLATE_DATABASE = 'template_followthrough';

export interface TestDatabase {
  readonly url: string;
  readonly sql: Sql;
  drop(): Promise<void>;
}

interface DatabaseOptions {
  readonly template?: string;
  readonly max?: number;
}

/** An own, migrated and otherwise empty database for a test file: `beforeAll` makes it, `afterAll` drops it. */
export async function createTestDatabase(options: DatabaseOptions = {}): Promise<TestDatabase> {
  const { create, ...database } = planDatabase(options);
  await create();
  return database;
}

/** The same with both of these hooks, for a file that needs nothing else before its tests. */
export function databaseOfThisFile(options: DatabaseOptions = {}): Pick<TestDatabase, 'sql' | 'url'> {
  const { create, drop, ...database } = planDatabase(options);
  beforeAll(create);
  afterAll(drop);
  return database;
}

/** Nothing connects before the first query, so the connections may be there before their database. */
function planDatabase({ template = TEMPLATE_DATABASE, max = 10 }: DatabaseOptions) {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = serverUrl().replace(/[^/]*$/, name);
  const sql = createSql(url, { max, applicationName: name });
  return {
    url,
    sql,
    create: () => onServer(`create database ${name} template ${template} strategy wal_log`),
    async drop() {
      await sql.end();
      await onServer(`drop database ${name} with (force)`);
    },
  };
}

async function onServer(statement: string): Promise<void> {
  const sql = createSql(serverUrl(), { max: 1 });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

function serverUrl(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (!url) throw new Error('no test database: this file must lie in a folder that jest.config.js gives PostgreSQL to');
  return url;
}
