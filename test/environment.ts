import { TEST_KEYS } from './seed';

/** The environment of our programs in tests: every provider is the simulator. */

export const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'test-auth-token' };
export const LAWRULER_KEY = 'simulated-lawruler-key';

export interface Surroundings {
  readonly databaseUrl: string;
  readonly databasePool: number;
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly queuePrefix: string;
  readonly publicUrl: string;
  readonly simulator: { readonly httpUrl: string; readonly smtpPort: number };
  readonly graceMs: number;
  readonly giveUpMs: number;
  readonly payloadKeys?: readonly { readonly id: string; readonly hex: string }[];
}

export function providerSettings({ httpUrl, smtpPort }: Surroundings['simulator']) {
  return {
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_BASE_URL: httpUrl,
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    LAWRULER_ENDPOINT: `${httpUrl}/lawruler/test/api-legalcrmapp.aspx`,
    LAWRULER_KEY,
  };
}

/** What every process of an installation is told; roles and ports are its own. */
export function environmentOf(place: Surroundings): Record<string, string> {
  return {
    ...providerSettings(place.simulator),
    LAWRULER_NOTE_LOOKUP: '1',
    DATABASE_URL: place.databaseUrl,
    DATABASE_POOL: String(place.databasePool),
    TEMPORAL_ADDRESS: place.temporal.address,
    TEMPORAL_NAMESPACE: place.temporal.namespace,
    QUEUE_PREFIX: place.queuePrefix,
    PUBLIC_URL: place.publicUrl,
    API_REQUESTS_PER_HOUR: '1000000',
    SECRET_KEY: TEST_KEYS.secretKey,
    ADDRESS_KEY: TEST_KEYS.addressKey,
    SIMULATED: '1',
    ALLOW_SCALED_CLOCK: '1',
    RECONCILE_GRACE_SECONDS: String(place.graceMs / 1000),
    RECONCILE_GIVE_UP_SECONDS: String(place.giveUpMs / 1000),
    PAYLOAD_KEYS: (place.payloadKeys ?? []).map(({ id, hex }) => `${id}:${hex}`).join(','),
    LOG_LEVEL: 'info',
  };
}
