import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { KNOWN_VARIABLES, readConfig } from '../config';
import * as contract from '../workflows/contract';
import { buildInstructions, type Compose, environmentFile, readCompose, type Service } from './compose';

/** What `docker compose up` would start, read without Docker. */

const ROOT = join(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const SECRET = 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3';
/** An .env as docs/operating.md asks for: every blank of the example that has to be filled, and no other. */
const FILLED = {
  SECRET_KEY: SECRET,
  ADDRESS_KEY: SECRET,
  POSTGRES_PASSWORD: SECRET,
  APP_DB_PASSWORD: SECRET,
  TEMPORAL_DB_PASSWORD: SECRET,
};
const example = environmentFile(read('.env.example'));
const compose = readCompose(read('docker-compose.yml'), { ...example, ...FILLED });
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const programs = ours.filter(([, { environment }]) => environment['TEMPORAL_ADDRESS'] !== undefined);
const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
};

describe('docker-compose.yml', () => {
  it('starts everything that a server needs', () => {
    expect(services.map(([name]) => name).sort()).toEqual(
      [
        ...['api', 'worker-bulk', 'worker-effects', 'worker-enrollments', 'migrate'],
        ...['postgres', 'temporal', 'temporal-schema', 'temporal-namespace', 'temporal-ui', 'mailpit'],
      ].sort(),
    );
    const roles = programs.flatMap(([, { environment }]) => environment['ROLES'] ?? []);
    expect(roles.sort()).toEqual([...readConfig(program('api').env).ROLES].sort());
  });

  it('pins every image to a release, and none of them is the one that sets itself up', () => {
    const foreign = services.filter(([, { build }]) => build === undefined);
    expect(foreign.filter(([, { image }]) => !/^[\w./-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/.test(image))).toEqual([]);
    expect(services.filter(([, { image }]) => image.includes('auto-setup'))).toEqual([]);
    for (const [, { image }] of ours) expect(image).toMatch(/^followthrough:/);
  });

  it("runs the Temporal server that the tests run, with its own tools, on a PostgreSQL that isn't too old", () => {
    const module = /go\.temporal\.io\/server v([\d.]+)/.exec(read('tools/temporal-server/go.mod'))?.[1];
    expect(module).toBeDefined();
    expect(service('temporal').image).toBe(`temporalio/server:${module}`);
    for (const job of ['temporal-schema', 'temporal-namespace'])
      expect(service(job).image).toBe(`temporalio/admin-tools:${module}`);
    expect(Number(/^postgres:(\d+)/.exec(service('postgres').image)?.[1])).toBeGreaterThanOrEqual(17);
  });

  it('checks the health of everything that stays, within a time', () => {
    const staying = services.filter(([, { restart }]) => restart === 'unless-stopped');
    expect(staying.length).toBe(services.length - 3);
    for (const [name, { healthcheck }] of staying) {
      const { test, interval, timeout, retries } = healthcheck ?? {};
      expect([name, test?.[0]]).toEqual([name, 'CMD']);
      expect([name, interval, timeout, retries].filter((each) => each === undefined)).toEqual([]);
    }
    expect(service('postgres').healthcheck?.test).toContain('--host=127.0.0.1');
  });

  it('starts nothing again and again that is to run once', () => {
    const jobs = services.filter(([, { restart }]) => restart !== 'unless-stopped');
    expect(jobs.map(([name]) => name).sort()).toEqual(['migrate', 'temporal-namespace', 'temporal-schema']);
    for (const [, { restart }] of jobs) expect(restart).toMatch(/^on-failure:\d+$/);
    // `up --wait` takes a job that has ended for a failure unless something that stays waits for its end.
    const awaited = services.flatMap(([, one]) =>
      one.restart === 'unless-stopped' ? Object.keys(one.depends_on ?? {}) : [],
    );
    expect(jobs.filter(([name]) => !awaited.includes(name))).toEqual([]);
  });

  it('waits for what is needed until it is really there', () => {
    for (const [name, { depends_on: needs }] of services)
      for (const [needed, { condition }] of Object.entries(needs ?? {}))
        expect([name, needed, condition]).toEqual([name, needed, expectedCondition(compose, needed)]);
  });

  it.each([
    ['migrate', ['postgres']],
    ['temporal-schema', ['postgres']],
    ['temporal', ['postgres', 'temporal-schema']],
    ['temporal-namespace', ['temporal']],
    ['temporal-ui', ['temporal-namespace']],
    ...['api', 'worker-enrollments', 'worker-effects', 'worker-bulk'].map((name): [string, string[]] => [
      name,
      ['postgres', 'migrate', 'temporal', 'temporal-namespace'],
    ]),
  ])('starts %s only after %j', (name, needed) => {
    const before = neededBy(name);
    expect(needed.filter((each) => !before.has(each))).toEqual([]);
    expect(before.has(name)).toBe(false);
  });

  it('gives no container a right that it does not need', () => {
    /** Its entry point writes the configuration that it starts from. */
    const WRITABLE = ['temporal-ui'];
    for (const [name, one] of services) {
      expect([name, one.cap_drop, one.cap_add]).toEqual([name, ['ALL'], undefined]);
      expect([name, one.security_opt]).toEqual([name, ['no-new-privileges:true']]);
      expect([name, one.privileged, one.network_mode, one.pid]).toEqual([name, undefined, undefined, undefined]);
      expect([name, one.read_only === true]).toEqual([name, !WRITABLE.includes(name)]);
      expect([name, one.user ?? 'its own']).not.toEqual([name, expect.stringMatching(/^(root|0)\b/)]);
    }
    for (const [, { user, init }] of ours) expect([user, init]).toEqual(['node', true]);
  });

  it('opens ports on this machine alone', () => {
    const published = services.flatMap(([name, { ports }]) => (ports ?? []).map((port) => `${name} ${port}`));
    expect(published.sort()).toEqual([
      'api 127.0.0.1:3000:3000',
      'mailpit 127.0.0.1:8025:8025',
      'temporal-ui 127.0.0.1:8080:8080',
    ]);
    const opened = readCompose(read('docker-compose.yml'), { ...example, ...FILLED, API_BIND: '0.0.0.0' });
    const everywhere = Object.values(opened.services).flatMap(({ ports }) => ports ?? []);
    expect(everywhere.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual(['0.0.0.0:3000:3000']);
  });

  it('keeps databases and Temporal off every network that leads out', () => {
    expect(compose.networks['inside']).toEqual({ internal: true });
    for (const name of ['postgres', 'temporal', 'temporal-schema', 'temporal-namespace', 'migrate'])
      expect([name, service(name).networks]).toEqual([name, ['inside']]);
  });

  it('keeps what must not be lost in volumes with a name', () => {
    expect(service('postgres').volumes).toContain('database:/var/lib/postgresql');
    expect(service('api').volumes).toEqual(['keys:/keys']);
    expect(Object.keys(compose.volumes).sort()).toEqual(['database', 'keys']);
    const mounted = services.flatMap(([, { volumes }]) => volumes ?? []).filter((volume) => volume.startsWith('./'));
    expect(mounted.length).toBe(4);
    for (const volume of mounted) {
      expect(volume).toMatch(/:ro$/);
      expect(existsSync(join(ROOT, volume.split(':')[0] ?? ''))).toBe(true);
    }
  });

  it('gives a worker longer to stop than the worker gives its work', () => {
    const grace = Number(/SHUTDOWN_GRACE = '(\d+) s'/.exec(read('workers/create-worker.ts'))?.[1]);
    const api = Number(/SHUTDOWN_MS = ([\d_]+)/.exec(read('api/main.ts'))?.[1]?.replace('_', '')) / 1000;
    for (const [name, { stop_grace_period: given }] of programs)
      expect([name, Number.parseInt(given ?? '', 10)]).toEqual([name, name === 'api' ? api + 10 : grace + 20]);
  });

  it('leaves connections over when every program has all of its own', () => {
    const pools = programs.reduce((sum, [name]) => sum + readConfig(program(name).env).DATABASE_POOL, 0);
    const ofTemporal = 20 + 10;
    const allowed = Number(/max_connections=(\d+)/.exec(service('postgres').command?.join(' ') ?? '')?.[1]);
    // Room for a second one of each while they are replaced.
    expect(2 * pools + ofTemporal).toBeLessThan(allowed);
  });
});

describe('the environment of our programs', () => {
  it.each(ours.map(([name]) => name))('%s is told nothing that it does not know', (name) => {
    expect(Object.keys(service(name).environment).filter((variable) => !KNOWN_VARIABLES.has(variable))).toEqual([]);
  });

  it.each(programs.map(([name]) => name))('%s can be started with it', (name) => {
    const config = readConfig(program(name).env);
    expect(config).toMatchObject({
      DATABASE_URL: `postgres://followthrough:${SECRET}@postgres:5432/followthrough`,
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: service('temporal-namespace').environment['TEMPORAL_NAMESPACE'],
      PUBLIC_URL: 'https://outreach.example.com',
      SIMULATED: false,
      ALLOW_SCALED_CLOCK: false,
      METRICS_HOST: '0.0.0.0',
    });
    // Blank is not set: nothing can be sent until somebody connects it.
    expect([config.TWILIO_AUTH_TOKEN, config.SMTP_URL, config.LAWRULER_KEY]).toEqual([undefined, undefined, undefined]);
  });

  it('is the same for all of them, but for what makes each what it is', () => {
    const OWN = new Set([
      'ROLES',
      'API_HOST',
      'API_PORT',
      'ADMIN_KEY_FILE',
      'TRUSTED_PROXIES',
      'API_REQUESTS_PER_HOUR',
      'IMPORT_MAX_MB',
    ]);
    const shared = programs.map(([, { environment }]) =>
      Object.fromEntries(Object.entries(environment).filter(([variable]) => !OWN.has(variable))),
    );
    expect(new Set(shared.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it('connects every provider that can be connected', () => {
    const connected = { TWILIO_AUTH_TOKEN: 't', SMTP_URL: 'smtp://mail.example.com', LAWRULER_KEY: 'k' };
    const filled = readCompose(read('docker-compose.yml'), { ...example, ...FILLED, ...connected });
    for (const [name] of programs) expect(filled.services[name]?.environment).toMatchObject(connected);
  });

  it.each(Object.keys(FILLED))('has no default for %s: without it nothing is started', (name) => {
    const { [name as keyof typeof FILLED]: _, ...others } = FILLED;
    expect(() => readCompose(read('docker-compose.yml'), { ...example, ...others })).toThrow(name);
  });

  it('has an example in which every variable is used, and every secret is blank', () => {
    const text = read('docker-compose.yml');
    const unused = Object.keys(example).filter((name) => name !== 'COMPOSE_PROFILES' && !text.includes(`\${${name}:`));
    expect(unused).toEqual([]);
    expect(Object.entries(example).filter(([name, value]) => /KEY|TOKEN|PASSWORD/.test(name) && value !== '')).toEqual(
      [],
    );
    expect(text).not.toMatch(/(PASSWORD|_KEY|TOKEN)[^\n]*:-[^}]/);
  });

  it('passes on every variable but those that were left out on purpose', () => {
    const LEFT_OUT = [
      // A certificate is a file: who uses one mounts it and names it.
      ...['SERVER_CA_CERT_PATH', 'CLIENT_CERT_PATH', 'CLIENT_KEY_PATH', 'SERVER_NAME'].map(
        (name) => `TEMPORAL_TLS_${name}`,
      ),
      // The defaults are right for one server.
      ...['DATABASE_POOL', 'QUEUE_PREFIX', 'RECONCILE_GRACE_SECONDS', 'RECONCILE_GIVE_UP_SECONDS'],
      // For demos and tests alone.
      ...['SIMULATED', 'ALLOW_SCALED_CLOCK', 'TWILIO_BASE_URL'],
    ];
    const passed = new Set(ours.flatMap(([, { environment }]) => Object.keys(environment)));
    const missing = [...KNOWN_VARIABLES].filter((name) => !passed.has(name) && !name.startsWith('SIMULATOR_'));
    expect(missing.sort()).toEqual(LEFT_OUT.sort());
  });

  it('sets nothing that a server must not have', () => {
    const forbidden = /^(SIMULATED|SIMULATOR_|ALLOW_SCALED_CLOCK|TWILIO_BASE_URL)/;
    for (const [, { environment }] of ours)
      expect(Object.keys(environment).filter((variable) => forbidden.test(variable))).toEqual([]);
  });
});

describe('the one image', () => {
  const stages = buildInstructions(read('Dockerfile'));
  const last = stages.at(-1) ?? [];
  const argument = (instruction: string) => last.filter((line) => line.startsWith(`${instruction} `));

  it('is built in stages from a pinned Node that we support, and carries no tool of the build', () => {
    const node = /ARG NODE_IMAGE=node:((\d+)\.\d+\.\d+)-[a-z]+-slim/.exec(read('Dockerfile'));
    expect(['20', '22', '24']).toContain(node?.[2]);
    expect(stages.length).toBeGreaterThanOrEqual(3);
    for (const stage of stages) expect(stage[0]).toMatch(/^FROM \$\{NODE_IMAGE\}/);
    expect(stages.flat().filter((line) => line.includes('npm ci')).length).toBe(2);
    const copied = argument('COPY');
    expect(copied.filter((line) => line.includes('node_modules'))).toEqual([
      'COPY --from=packages /app/node_modules ./node_modules',
    ]);
    expect(stages.find(([from]) => from?.endsWith('AS packages'))?.join('\n')).toContain('npm ci --omit=dev');
    expect(copied.some((line) => line.startsWith('COPY . '))).toBe(false);
  });

  it('runs as a user without rights', () => {
    expect(argument('USER')).toEqual(['USER node']);
    expect(last.indexOf('USER node')).toBeGreaterThan(last.findLastIndex((line) => line.startsWith('RUN ')));
  });

  it('knows how it is: by the same check as compose', () => {
    const check = /CMD (\[.*\])$/.exec(argument('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]';
    for (const [, { healthcheck }] of programs) expect(healthcheck?.test?.slice(1)).toEqual(JSON.parse(check));
  });

  it('sets only variables that we know', () => {
    const set = [
      ...argument('ENV')
        .join(' ')
        .matchAll(/(\w+)=/g),
    ].map(([, name]) => name ?? '');
    expect(set.filter((name) => name !== 'NODE_ENV' && !KNOWN_VARIABLES.has(name))).toEqual([]);
  });

  it('holds every program that a service runs', () => {
    const run = ours.flatMap(([, { command, healthcheck }]) => [command?.[1], healthcheck?.test?.[2]]);
    const files = [...new Set(run.filter((file) => file !== undefined))];
    expect(files.sort()).toEqual(
      ['api/main', 'db/migrate-main', 'operations/probe-main', 'workers/main'].map((name) => `dist/${name}.js`),
    );
    for (const file of files)
      expect(existsSync(join(ROOT, file.replace('dist/', '').replace('.js', '.ts')))).toBe(true);
  });

  it('is built without secrets, tests and whatever lies about', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.*', 'node_modules', 'dist', 'test', '**/*.test.ts', '**/*.pem']));
  });
});

describe('the jobs of Temporal', () => {
  it('register the search attributes that workflows are started with', () => {
    const inCode = Object.entries(contract).flatMap(([name, value]) => (name.endsWith('_ATTRIBUTE') ? [value] : []));
    expect(inCode.length).toBeGreaterThan(0);
    const registered = service('temporal-namespace').environment['SEARCH_ATTRIBUTES'];
    expect(registered?.split(' ').sort()).toEqual(inCode.map((name) => `${String(name)}=Keyword`).sort());
    // No other kind, and none past these names.
    const keys = [
      ...read('engine/engine.ts').matchAll(/defineSearchAttributeKey\((\w+), SearchAttributeType\.(\w+)\)/g),
    ];
    expect(keys.map(([, name, type]) => `${name} ${type}`).sort()).toEqual([
      'CAMPAIGN_ID_ATTRIBUTE KEYWORD',
      'CONTACT_ID_ATTRIBUTE KEYWORD',
    ]);
  });

  it('keep ended workflows for thirty days', () => {
    expect(service('temporal-namespace').environment['RETENTION']).toBe('720h');
  });

  it('leave the server with eager activities, which the speed depends on', () => {
    const { volumes, environment } = service('temporal');
    const place = `./docker/temporal/dynamic-config.yaml:${environment['DYNAMIC_CONFIG_FILE_PATH']}:ro`;
    expect(volumes).toEqual([place]);
    expect(parse(read('docker/temporal/dynamic-config.yaml'))).toEqual({
      'system.enableActivityEagerExecution': [{ value: true }],
    });
  });

  it('use the roles and databases that PostgreSQL is begun with', () => {
    const begun = read('docker/postgres/databases.sh');
    const url = new URL(program('api').env['DATABASE_URL'] ?? '');
    expect(begun).toContain(`create database ${url.pathname.slice(1)} owner ${url.username}`);
    expect(begun).toContain(`create role ${service('temporal').environment['POSTGRES_USER']} login`);
    expect(service('temporal-schema').environment['SQL_USER']).toBe('temporal');
    expect(url.hostname).toBe('postgres');
  });
});

function program(name: string): { env: Record<string, string> } {
  return { env: service(name).environment };
}

/** A job has to end well; everything else has to be healthy. */
function expectedCondition({ services: all }: Compose, needed: string): string {
  return all[needed]?.restart === 'unless-stopped' ? 'service_healthy' : 'service_completed_successfully';
}

function neededBy(name: string, seen = new Set<string>()): Set<string> {
  for (const needed of Object.keys(service(name).depends_on ?? {})) {
    if (seen.has(needed)) continue;
    seen.add(needed);
    neededBy(needed, seen);
  }
  return seen;
}
