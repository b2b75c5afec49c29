import { createSql } from './client';
import { migrate } from './migrate';

async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set: name the database, e.g. postgres://user@host:5432/followthrough');
  const sql = createSql(url, { max: 1, applicationName: 'followthrough-migrate' });
  try {
    const applied = await migrate(sql);
    console.log(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
  } finally {
    await sql.end();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
