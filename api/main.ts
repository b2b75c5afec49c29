import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { type Config, readConfig } from '../config';
import { ensureAdminKey } from '../db/api-key';
import { createSql } from '../db/client';
import { surviveLostConnections } from '../db/lost-connection';
import { temporalConnection } from '../engine/connection';
import { dataConverter } from '../engine/data-converter';
import { createEngine } from '../engine/engine';
import { createLog, lastWords, logCrashes } from '../operations/log';
import { type OperationsServer, startOperationsServer } from '../operations/server';
import { compareZoneTables } from '../operations/zones';
import { createApp } from './app';
import type { ApiDeps } from './deps';
import { EventStreams } from './event-stream';
import { NewsFeed } from './news-feed';
import { apiMetrics, apiReadiness } from './watch';

/** Long enough for every answer but an import of many thousand rows. */
const SHUTDOWN_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.LOG_LEVEL, role: 'api' });
  logCrashes(log);
  surviveLostConnections((err) => log.warn({ err }, 'a connection to the database was lost'));
  const sql = createSql(config.DATABASE_URL, { max: config.DATABASE_POOL, applicationName: 'followthrough-api' });
  const engine = createEngine({
    ...temporalConnection(config),
    dataConverter: dataConverter(config.PAYLOAD_KEYS),
    namespace: config.TEMPORAL_NAMESPACE,
    queuePrefix: config.QUEUE_PREFIX,
    uiUrl: config.TEMPORAL_UI_URL ?? null,
  });
  if (await ensureAdminKey(sql, config.ADMIN_KEY_FILE))
    log.info({ file: config.ADMIN_KEY_FILE }, 'the first admin key was written');
  const streams = new EventStreams(new NewsFeed(sql, log));
  // Nothing is claimed here: what is shown until it is done may be an hour wider.
  const comparing = compareZoneTables(sql, log);
  const deps: ApiDeps = { sql, engine, log, config: apiConfig(config), streams };
  const metrics = apiMetrics(deps).watchProcess();
  const readiness = apiReadiness(deps);
  const server = createServer(createApp({ ...deps, metrics, readiness }));
  await listen(server, config.API_PORT, config.API_HOST);
  log.info({ host: config.API_HOST, port: config.API_PORT }, 'listening');
  const operations = await operationsServer(config, { metrics, readiness }, log);
  await stopSignal();
  streams.close();
  await close(server);
  await operations?.close();
  await comparing;
  await engine.close();
  await sql.end();
  log.info('stopped');
}

function apiConfig(config: Config): ApiDeps['config'] {
  return {
    publicUrl: config.PUBLIC_URL,
    secretKey: config.SECRET_KEY,
    addressKey: config.ADDRESS_KEY,
    twilio: twilioOf(config),
    requestsPerHour: config.API_REQUESTS_PER_HOUR,
    trustedProxies: config.TRUSTED_PROXIES,
    importBytes: config.IMPORT_MAX_MB * 1024 * 1024,
    simulated: config.SIMULATED,
    temporalUiUrl: config.TEMPORAL_UI_URL ?? null,
    payloadKeys: config.PAYLOAD_KEYS,
  };
}

async function operationsServer(
  { METRICS_PORT: port, METRICS_HOST: host }: Config,
  what: Required<Pick<ApiDeps, 'metrics' | 'readiness'>>,
  log: Logger,
): Promise<OperationsServer | null> {
  if (port === undefined) return null;
  const server = await startOperationsServer({ host, port, ...what });
  log.info({ host, port }, 'health and metrics are served');
  return server;
}

function twilioOf(config: Config) {
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
  process.stderr.write(`${lastWords(error)}\n`, () => process.exit(1));
});
