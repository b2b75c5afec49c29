import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSql } from '../db/client';
import { migrate } from '../db/migrate';
import { startPostgres } from '../local/postgres';
import { TEMPLATE_DATABASE } from './database';
import tearDown from './global-teardown';
import { servers } from './servers';

/** One PostgreSQL for all test files, with a migrated database that each file clones. */
export default async function setUpPostgres(): Promise<void> {
  const running = servers();
  if (running.postgres) return;
  running.folder ??= await temporaryFolder();
  try {
    running.postgres = await startPostgres({ dataDir: join(running.folder, 'postgres'), durable: false });
    await createTemplate(running.postgres.url);
  } catch (error) {
    // Jest tears nothing down when setting up failed.
    await tearDown();
    throw error;
  }
  process.env['TEST_POSTGRES_URL'] = running.postgres.url;
}

async function createTemplate(url: string): Promise<void> {
  const admin = createSql(url, { max: 1 });
  await admin.unsafe(`create database ${TEMPLATE_DATABASE}`);
  await admin.end();
  const sql = createSql(url.replace(/[^/]*$/, TEMPLATE_DATABASE), { max: 1 });
  await migrate(sql);
  await sql.end();
}

/** PostgreSQL does not run as root, so its folder must be reachable for others. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'followthrough-test-'));
  await chmod(folder, 0o711);
  return folder;
}
