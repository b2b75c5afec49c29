import { createServer, type Server } from 'node:http';
import { pino } from 'pino';
import { readConfig } from '../config';
import { ensureAdminKey } from '../db/api-key';
import { createSql } from '../db/client';
import { createEngine } from '../engine/engine';
import { createApp } from './app';

/** Long enough for every answer but an import of many thousand rows. */
const SHUTDOWN_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.LOG_LEVEL, base: { role: 'api' } });
  const sql = createSql(config.DATABASE_URL, { max: config.DATABASE_POOL, applicationName: 'followthrough-api' });
  const engine = createEngine({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    queuePrefix: config.QUEUE_PREFIX,
    uiUrl: config.TEMPORAL_UI_URL ?? null,
    tls: config.TEMPORAL_TLS,
    ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
  });
  if (await ensureAdminKey(sql, config.ADMIN_KEY_FILE))
    log.info({ file: config.ADMIN_KEY_FILE }, 'the first admin key was written');
  const app = createApp({
    sql,
    engine,
    log,
    config: {
      publicUrl: config.PUBLIC_URL,
      secretKey: config.SECRET_KEY,
      addressKey: config.ADDRESS_KEY,
      twilio: twilioOf(config),
    },
  });
  const server = createServer(app);
  await listen(server, config.API_PORT, config.API_HOST);
  log.info({ host: config.API_HOST, port: config.API_PORT }, 'listening');
  await stopSignal();
  await close(server);
  await engine.close();
  await sql.end();
  log.info('stopped');
}

function twilioOf(config: ReturnType<typeof readConfig>) {
  const {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_SECONDARY_AUTH_TOKEN: secondary,
  } = config;
  if (accountSid === undefined || authToken === undefined) return null;
  return { accountSid, authToken, ...(secondary === undefined ? {} : { secondaryAuthToken: secondary }) };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

async function stopSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** Takes no new requests and lets those under way finish. */
async function close(server: Server): Promise<void> {
  const impatience = setTimeout(() => server.closeAllConnections(), SHUTDOWN_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(impatience);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
