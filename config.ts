import * as z from 'zod';

/** Environment variables, parsed once by the entry points; every default is to be seen here. */

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');
const port = z.coerce.number().int().min(0).max(65_535);
const optional = z.string().trim().min(1).optional();
const versionName = z
  .string()
  .regex(/^[\w-][\w.-]{0,99}$/, 'must be letters, digits, "_", "-" and "."')
  .optional();
const seconds = z.coerce.number().int().min(1);
const SECRET_LENGTH = 32;
const secret = z.string().min(SECRET_LENGTH, `must have at least ${SECRET_LENGTH} characters`);

const PAYLOAD_KEY = /^([a-z0-9-]{1,32}):([0-9a-f]{64})$/i;

export interface PayloadKey {
  readonly id: string;
  readonly hex: string;
}

function payloadKeys(text: string, context: z.RefinementCtx): PayloadKey[] {
  const keys = text
    .split(',')
    .map((pair) => PAYLOAD_KEY.exec(pair.trim()))
    .map((found) => ({ id: found?.[1] ?? '', hex: found?.[2] ?? '' }));
  if (text.trim() === '') return [];
  const isGood = keys.every(({ hex }) => hex !== '') && new Set(keys.map(({ id }) => id)).size === keys.length;
  if (!isGood) context.addIssue('must be pairs like "2027a:<64 hex digits>", with commas between and no name twice');
  return keys;
}

/** Who sets these wants TLS, and would not get it. */
const TLS_ONLY = [
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_SERVER_NAME',
  'TEMPORAL_API_KEY',
] as const;

const ROLES = ['enrollments', 'effects', 'bulk'] as const;

const EnvironmentSchema = z.object({
  DATABASE_URL: z.string().min(1),
  DATABASE_POOL: z.coerce.number().int().min(3).max(200).default(10),

  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_TLS: flag,
  /** Files in PEM: whom we trust instead of the usual authorities, and who we are where keys are not used. */
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: optional,
  TEMPORAL_TLS_CLIENT_CERT_PATH: optional,
  TEMPORAL_TLS_CLIENT_KEY_PATH: optional,
  /** The name that its certificate must bear, where the address is another. */
  TEMPORAL_TLS_SERVER_NAME: optional,
  TEMPORAL_API_KEY: optional,
  TEMPORAL_UI_URL: optional,
  QUEUE_PREFIX: z
    .string()
    .regex(/^([a-z0-9-]+\/)?$/, 'must be empty or like "blue/"')
    .default(''),

  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: port.default(3000),
  /** What the outside world calls us by: callbacks go there, and their signatures are checked over it. */
  PUBLIC_URL: z.url().default('http://127.0.0.1:3000'),
  /** Of one API key; what people and outside platforms tell us doesn't count. */
  API_REQUESTS_PER_HOUR: z.coerce.number().int().min(1).max(1_000_000_000).default(500),
  /** How many reverse proxies stand before the API; their X-Forwarded-For is believed. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** The largest file that an import takes. */
  IMPORT_MAX_MB: z.coerce.number().int().min(1).max(2_000).default(256),
  ADMIN_KEY_FILE: z.string().default('.local/admin-key'),

  /** Health and figures for those who watch a process, and the port after it on 127.0.0.1 for the SDK's. Nobody is asked for a key: publish neither. */
  METRICS_PORT: z.coerce.number().int().min(1).max(65_534).optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),

  /**
   * `name:key` pairs, a key being 32 bytes in hex: what Temporal keeps is encrypted under the first and read under any of them.
   * Empty = it is kept as it is.
   */
  PAYLOAD_KEYS: z.string().default('').transform(payloadKeys),

  /** Signs what goes into URLs. */
  SECRET_KEY: secret,
  /** Hides addresses. Lose it and you lose every suppression: back it up with the database. */
  ADDRESS_KEY: secret,

  ROLES: z
    .string()
    .default(ROLES.join(','))
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(ROLES)).min(1)),

  TWILIO_ACCOUNT_SID: optional,
  TWILIO_AUTH_TOKEN: optional,
  TWILIO_SECONDARY_AUTH_TOKEN: optional,
  /** Another server that speaks Twilio's language: the simulator. */
  TWILIO_BASE_URL: z.url().optional(),
  SMTP_URL: z.url().optional(),
  LAWRULER_ENDPOINT: z.url().optional(),
  LAWRULER_KEY: optional,
  LAWRULER_NOTE_LOOKUP: flag,
  /** CRMs within our own network, as `crm.lan` or `10.0.0.7:8443`; a connection leads to public addresses else. */
  CRM_PRIVATE_HOSTS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((host) => host.trim().toLowerCase() || []))
    .pipe(z.array(z.string().regex(/^[a-z0-9.[\]-]+(:\d{1,5})?$/, 'must be hosts like "crm.lan" or "10.0.0.7:8443"'))),

  /** Every provider is the simulator; only then may business time run faster than real time. */
  SIMULATED: flag,
  ALLOW_SCALED_CLOCK: flag,

  RECONCILE_GRACE_SECONDS: seconds.default(90),
  RECONCILE_GIVE_UP_SECONDS: seconds.default(900),

  SIMULATOR_PORT: port.default(0),
  SIMULATOR_SMTP_PORT: port.default(0),
  SIMULATOR_SEED: z.coerce.number().int().default(1),
  SIMULATOR_LEDGER_FILE: optional,
  SIMULATOR_API_KEY: optional,

  /** Set both, and several builds of the workers may run side by side: which of them goes on with whom is Temporal's to say. */
  WORKER_DEPLOYMENT: versionName,
  WORKER_BUILD_ID: versionName,
  /** Replays the histories of the server before the first contact is lived, and refuses to when one fails. */
  VERIFY_ON_START: flag,
  VERIFY_HISTORIES: z.coerce.number().int().min(1).max(100_000).default(200),

  WORKFLOW_CACHE: z.coerce.number().int().min(0).default(500),
  /** Workflows that are started before others have taken their first step. More than the workers keep up with overloads the server. */
  START_AHEAD: z.coerce.number().int().min(1).max(10_000).default(40),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Config = z.output<typeof EnvironmentSchema>;

/** Every variable that means something to us. */
export const KNOWN_VARIABLES: ReadonlySet<string> = new Set(Object.keys(EnvironmentSchema.shape));

/** Thrown with every variable that is missing or wrong, never with a value: some are secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = EnvironmentSchema.safeParse(present);
  const problems = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  if (!parsed.success || problems.length > 0)
    throw new ConfigError(`The environment can't be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  return parsed.data;
}

/** What no variable says alone. */
function contradictions(config: Config): string[] {
  const { TEMPORAL_TLS_CLIENT_CERT_PATH: cert, TEMPORAL_TLS_CLIENT_KEY_PATH: key } = config;
  const needTls = config.TEMPORAL_TLS ? [] : TLS_ONLY.filter((name) => config[name] !== undefined);
  return [
    ...(config.ALLOW_SCALED_CLOCK && !config.SIMULATED
      ? ['ALLOW_SCALED_CLOCK: only with SIMULATED=1, never near real people']
      : []),
    ...(config.WORKER_DEPLOYMENT !== undefined && config.WORKER_BUILD_ID === undefined
      ? ['WORKER_DEPLOYMENT: must be set with WORKER_BUILD_ID']
      : []),
    ...(config.WORKER_DEPLOYMENT === undefined && config.WORKER_BUILD_ID !== undefined
      ? ['WORKER_BUILD_ID: must be set with WORKER_DEPLOYMENT']
      : []),
    ...needTls.map((name) => `${name}: only with TEMPORAL_TLS=1`),
    ...(cert === undefined && key !== undefined ? ['TEMPORAL_TLS_CLIENT_CERT_PATH: must be set with its key'] : []),
    ...(cert !== undefined && key === undefined
      ? ['TEMPORAL_TLS_CLIENT_KEY_PATH: must be set with its certificate']
      : []),
  ];
}
