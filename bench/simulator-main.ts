import { readConfig } from '../config';
import { appNow } from '../db/clock';
import { createSql } from '../db/client';
import { createSimulator } from '../simulator/simulator';

/** The outside world in a process of its own: every first call finds the line busy, so it is over the moment it was placed. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { TWILIO_ACCOUNT_SID: accountSid = '', TWILIO_AUTH_TOKEN: authToken = '' } = config;
  const aheadMs = await clockAhead(config.DATABASE_URL);
  const simulator = await createSimulator({
    port: config.SIMULATOR_PORT,
    publicUrl: config.PUBLIC_URL,
    apiKey: config.SIMULATOR_API_KEY,
    accountSid,
    authToken,
    lawRulerKey: config.LAWRULER_KEY,
    appNow: () => Promise.resolve(Date.now() + aheadMs),
    timings: { dialMs: [0, 0], ringMs: [0, 0], talkMs: [0, 0], deliverMs: [0, 0], replyMs: [0, 0] },
    weights: { busy_then_answers: 1 },
  });
  process.stdout.write(`${JSON.stringify({ httpUrl: simulator.httpUrl })}\n`);
  process.once('SIGTERM', () => void simulator.stop());
}

/** Business time runs as fast as real time here, so it is read once: the world outside asks our database for nothing. */
async function clockAhead(databaseUrl: string): Promise<number> {
  const sql = createSql(databaseUrl, { max: 1, applicationName: 'simulator' });
  try {
    return (await appNow(sql)) - Date.now();
  } finally {
    await sql.end();
  }
}

void main();
