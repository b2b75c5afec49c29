import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSql } from '../db/client';
import { migrate } from '../db/migrate';
import { readClock } from '../db/clock';
import { localKeys } from './keys';
import { Parts } from './parts';
import { databaseServer, temporalServer } from './servers';

const FOLDER = '.serve';
const UI_PORT = 8233;
const PORT = '3000';

/**
 * `npm run serve`: the API and the workers with the real providers whose credentials are set, in real time.
 * DATABASE_URL and TEMPORAL_ADDRESS name your servers; without them this machine's own are used, good for a trial and no more.
 */
async function main(): Promise<void> {
  const folder = resolve(process.env['SERVE_FOLDER'] ?? FOLDER);
  await mkdir(folder, { recursive: true });
  const { env } = process;
  const postgres = await databaseServer(folder, env['DATABASE_URL']);
  const temporal = await temporalServer(folder, {
    address: env['TEMPORAL_ADDRESS'],
    uiUrl: env['TEMPORAL_UI_URL'],
    binary: env['TEMPORAL_BINARY'] ?? 'temporal',
    uiPort: UI_PORT,
  });
  await prepare(postgres.at);
  const keys = await localKeys(folder);
  const port = env['API_PORT'] ?? PORT;
  const parts = new Parts({
    ADMIN_KEY_FILE: resolve(folder, 'admin-key'),
    SECRET_KEY: keys.secretKey,
    ADDRESS_KEY: keys.addressKey,
    API_PORT: port,
    ...defined(env),
    DATABASE_URL: postgres.at,
    TEMPORAL_ADDRESS: temporal.at.address,
    SIMULATED: '0',
    ALLOW_SCALED_CLOCK: '0',
  });
  await parts.start('API', 'api/main.js');
  await parts.answers(`http://127.0.0.1:${port}/readyz`);
  await parts.start('worker', 'workers/main.js');
  process.stdout.write(
    `The API listens on http://127.0.0.1:${port}; the admin key lies in ${resolve(folder, 'admin-key')}. ${providersIn(env)}\n`,
  );
  const ended = await Promise.race([asked(), parts.broken]);
  if (ended !== null) process.stderr.write(`ended unexpectedly: ${ended}\n`);
  await parts.stop();
  await temporal.stop();
  await postgres.stop();
  process.exitCode = ended === null ? 0 : 1;
}

/** Real people live in real time: a database whose clock was ever scaled is refused. */
async function prepare(url: string): Promise<void> {
  const sql = createSql(url, { max: 1 });
  await migrate(sql);
  const clock = await readClock(sql);
  await sql.end();
  if (clock !== null)
    throw new Error('This database has a business clock of its own, as a demo has. Serve from another database.');
}

function providersIn(env: NodeJS.ProcessEnv): string {
  const known = { TWILIO_AUTH_TOKEN: 'Twilio', SMTP_URL: 'SMTP', LAWRULER_KEY: 'LawRuler' };
  const set = Object.entries(known).filter(([name]) => env[name] !== undefined);
  return set.length === 0
    ? 'No provider is connected: nothing can be sent.'
    : `Connected: ${set.map(([, name]) => name).join(', ')}.`;
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function asked(): Promise<null> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(null));
    process.once('SIGTERM', () => resolve(null));
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
