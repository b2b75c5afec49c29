import { join } from 'node:path';
import type { LocalKeys } from './keys';
import { freePort } from './port';

/** Where the stand-ins are and how they are spoken to; nothing of it can reach a real provider. */
export async function simulatedProviders(
  folder: string,
  keys: Pick<LocalKeys, 'twilioSid' | 'twilioToken'>,
): Promise<{ env: Record<string, string>; url: string }> {
  const port = await freePort();
  const smtpPort = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    env: {
      TWILIO_ACCOUNT_SID: keys.twilioSid,
      TWILIO_AUTH_TOKEN: keys.twilioToken,
      TWILIO_SECONDARY_AUTH_TOKEN: '',
      TWILIO_BASE_URL: url,
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      LAWRULER_ENDPOINT: `${url}/lawruler/demo/api-legalcrmapp.aspx`,
      LAWRULER_KEY: 'simulated-lawruler-key',
      LAWRULER_NOTE_LOOKUP: '1',
      SIMULATED: '1',
      ALLOW_SCALED_CLOCK: '1',
      SIMULATOR_PORT: String(port),
      SIMULATOR_SMTP_PORT: String(smtpPort),
      SIMULATOR_LEDGER_FILE: join(folder, 'ledger.jsonl'),
    },
  };
}
