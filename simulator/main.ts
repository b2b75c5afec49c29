import { readConfig } from '../config';
import { appNow } from '../db/clock';
import { createSql } from '../db/client';
import { surviveLostConnections } from '../db/lost-connection';
import { createSimulator } from './simulator';

/** Runs the stand-ins as a process of their own; prints one line of JSON with their addresses when they are ready. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = config;
  if (accountSid === undefined || authToken === undefined) {
    throw new Error('TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set: the simulator answers to them');
  }
  surviveLostConnections(() => process.stderr.write('a connection to the database was lost\n'));
  const sql = createSql(config.DATABASE_URL, { max: 2, applicationName: 'simulator' });
  const simulator = await createSimulator({
    port: config.SIMULATOR_PORT,
    smtpPort: config.SIMULATOR_SMTP_PORT,
    publicUrl: config.PUBLIC_URL,
    apiKey: config.SIMULATOR_API_KEY,
    accountSid,
    authToken,
    lawRulerKey: config.LAWRULER_KEY,
    appNow: () => appNow(sql),
    seed: String(config.SIMULATOR_SEED),
    ledgerPath: config.SIMULATOR_LEDGER_FILE,
  });
  process.stdout.write(`${JSON.stringify({ httpUrl: simulator.httpUrl, smtpPort: simulator.smtpPort })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void simulator.stop().finally(() => sql.end()));
  }
}

void main();
