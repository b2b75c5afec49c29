import { ConfigError, KNOWN_VARIABLES, readConfig } from './config';

const SECRET = 'hush-hush-hush-hush-hush-hush-hush-hush';
const GOOD = { DATABASE_URL: 'postgres://user:hush@127.0.0.1/x', SECRET_KEY: SECRET, ADDRESS_KEY: SECRET };

function refusal(env: Record<string, string | undefined>): string {
  try {
    readConfig({ ...GOOD, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('the environment was taken');
}

describe('the environment', () => {
  it('needs a database and two secrets; everything else has a default', () => {
    expect(readConfig(GOOD)).toMatchObject({
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      API_HOST: '127.0.0.1',
      API_PORT: 3000,
      ROLES: ['enrollments', 'effects', 'bulk'],
      SIMULATED: false,
      ALLOW_SCALED_CLOCK: false,
      LOG_LEVEL: 'info',
    });
    expect(readConfig(GOOD).TWILIO_AUTH_TOKEN).toBeUndefined();
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ ...GOOD, API_PORT: '', TWILIO_AUTH_TOKEN: '', ROLES: '' })).toEqual(readConfig(GOOD));
    expect(refusal({ DATABASE_URL: '' })).toContain('DATABASE_URL');
  });

  it('reads roles, numbers and flags', () => {
    const config = readConfig({
      ...GOOD,
      ROLES: 'bulk, effects',
      DATABASE_POOL: '7',
      SIMULATED: '1',
      TEMPORAL_TLS: '1',
    });
    expect(config).toMatchObject({ ROLES: ['bulk', 'effects'], DATABASE_POOL: 7, SIMULATED: true, TEMPORAL_TLS: true });
  });

  it.each([
    ['DATABASE_URL', undefined],
    ['SECRET_KEY', undefined],
    ['ADDRESS_KEY', undefined],
    ['SECRET_KEY', 'hush'],
    ['ADDRESS_KEY', 'hush'],
    ['DATABASE_POOL', 'hush'],
    ['DATABASE_POOL', '2'],
    ['TEMPORAL_TLS', 'hush'],
    ['TEMPORAL_API_KEY', 'hush-without-tls'],
    ['TEMPORAL_TLS_SERVER_NAME', 'hush.example.com'],
    ['METRICS_PORT', '65535'],
    ['METRICS_PORT', '0'],
    ['QUEUE_PREFIX', 'HUSH'],
    ['API_PORT', 'hush'],
    ['API_PORT', '65536'],
    ['PUBLIC_URL', 'hush'],
    ['ROLES', 'hush'],
    ['TWILIO_BASE_URL', 'hush'],
    ['SMTP_URL', 'hush'],
    ['LAWRULER_ENDPOINT', 'hush'],
    ['LAWRULER_NOTE_LOOKUP', 'hush'],
    ['SIMULATED', 'hush'],
    ['ALLOW_SCALED_CLOCK', 'hush'],
    ['RECONCILE_GRACE_SECONDS', '0'],
    ['RECONCILE_GIVE_UP_SECONDS', 'hush'],
    ['SIMULATOR_PORT', '-1'],
    ['SIMULATOR_SMTP_PORT', 'hush'],
    ['SIMULATOR_SEED', 'hush'],
    ['WORKFLOW_CACHE', '-1'],
    ['START_AHEAD', '0'],
    ['WORKER_DEPLOYMENT', 'hush'],
    ['WORKER_BUILD_ID', 'hush'],
    ['WORKER_BUILD_ID', 'hu/sh'],
    ['VERIFY_ON_START', 'hush'],
    ['VERIFY_HISTORIES', '0'],
    ['LOG_LEVEL', 'hush'],
  ])('is refused by the name of %s and never by its value (%s)', (name, value) => {
    const message = refusal({ [name]: value });
    expect(message).toMatch(new RegExp(`^  ${name}(\\.\\d+)?: `, 'm'));
    expect(message.toLowerCase()).not.toContain('hush');
  });

  it('is refused with everything that is wrong at once', () => {
    const lines = refusal({ DATABASE_URL: undefined, API_PORT: 'x', LOG_LEVEL: 'x' }).split('\n');
    expect(lines.slice(1).map((line) => line.trim().split(':')[0])).toEqual(['DATABASE_URL', 'API_PORT', 'LOG_LEVEL']);
  });

  it('reaches Temporal by TLS with a key, or with a certificate and its key together', () => {
    const withKey = { TEMPORAL_TLS: '1', TEMPORAL_API_KEY: 'cloud-key' };
    expect(readConfig({ ...GOOD, ...withKey })).toMatchObject({ TEMPORAL_TLS: true, TEMPORAL_API_KEY: 'cloud-key' });
    const paths = { TEMPORAL_TLS_CLIENT_CERT_PATH: '/c.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: '/k.pem' };
    expect(readConfig({ ...GOOD, TEMPORAL_TLS: '1', ...paths })).toMatchObject(paths);
    for (const name of Object.keys(paths)) {
      const message = refusal({ TEMPORAL_TLS: '1', ...paths, [name]: undefined });
      expect(message).toContain(`  ${name}: must be set with its`);
    }
  });

  it('tells builds of the workers apart by deployment and build together', () => {
    const version = { WORKER_DEPLOYMENT: 'followthrough', WORKER_BUILD_ID: '1.4.0' };
    expect(readConfig({ ...GOOD, ...version })).toMatchObject(version);
    expect(readConfig(GOOD)).toMatchObject({ VERIFY_ON_START: false, VERIFY_HISTORIES: 200 });
  });

  it('is known by name, so that whoever writes a deployment can be checked', () => {
    expect(KNOWN_VARIABLES.has('DATABASE_URL')).toBe(true);
    expect(KNOWN_VARIABLES.has('DATABASE_URI')).toBe(false);
    expect(Object.keys(readConfig(GOOD)).filter((name) => !KNOWN_VARIABLES.has(name))).toEqual([]);
  });

  it('lets business time run faster only where every provider is the simulator', () => {
    expect(refusal({ ALLOW_SCALED_CLOCK: '1' })).toContain('ALLOW_SCALED_CLOCK: only with SIMULATED=1');
    expect(readConfig({ ...GOOD, ALLOW_SCALED_CLOCK: '1', SIMULATED: '1' })).toMatchObject({
      ALLOW_SCALED_CLOCK: true,
    });
  });
});
