import { join } from 'node:path';
import { createApiKey } from '../../db/api-key';
import { setClock } from '../../db/clock';
import { fromIso } from '../../domain/instant';
import { apiClient } from '../../local/api-client';
import { type Child, startChild } from '../../local/child';
import { freeLowPort, freePort } from '../../local/port';
import { BUILT } from '../build';
import { ACCOUNT } from '../environment';
import { parseScrape, type Sample, valueOf } from '../prometheus';
import { TEST_KEYS } from '../seed';
import { type Actor, callRun, launch, tellSimulator } from '../story';
import { until } from '../until';
import { World } from '../world';

/** Programs as a server runs them: watched from outside, and listened to at their loudest. */

const PEOPLE: readonly Actor[] = [
  {
    name: 'Wilhelmina',
    phone: '+12125550171',
    email: 'wilhelmina@example.com',
    script: 'answers_converts',
    cases: ['70171'],
  },
  {
    name: 'Bartholomew',
    phone: '+12125550172',
    email: 'bartholomew@example.com',
    script: 'replies_stop',
    cases: ['70172'],
  },
  {
    name: 'Theodosia',
    phone: '+12125550173',
    email: 'theodosia@example.com',
    script: 'replies_question',
    cases: ['70173'],
  },
];
const RUN = callRun({
  messages: [
    {
      key: 'ahead',
      channel: 'sms',
      when: { kind: 'before_call', delayMinutes: 5 },
      text: 'We will call, {{contact.first_name}}.',
    },
    {
      key: 'mail',
      channel: 'email',
      when: { kind: 'before_call', delayMinutes: 5 },
      subject: 'Hello',
      text: 'Hello {{contact.first_name}}',
    },
  ],
});
const POLICY = {
  rules: [
    {
      key: 'converted',
      when: { trigger: 'call_outcome', outcome: 'converted' },
      then: [{ kind: 'crm_note', text: 'Wilhelmina signed up.' }],
    },
  ],
};
/** What must never be read in a log: who people are, what they wrote, and every secret there is. */
const PRIVATE = [
  ...PEOPLE.flatMap(({ name, phone = '', email = '' }) => [name, phone, phone.slice(2), email]),
  'what documents do I need',
  'signed up',
  ...[TEST_KEYS.secretKey, TEST_KEYS.addressKey, ACCOUNT.authToken],
];

/** The five minutes between text and call are three seconds; the hours outlast the test. */
const SPEED = 100;

interface Program {
  readonly child: Child;
  readonly lines: string[];
  readonly metricsUrl: string;
}

let world: World;
let api: Program;
let worker: Program;
let apiUrl: string;
let apiKey: string;

beforeAll(async () => {
  world = await World.create({ workers: false });
  await setClock(world.sql, fromIso('2027-03-01T17:00:00Z'), SPEED);
  const port = await freePort();
  apiUrl = `http://127.0.0.1:${port}`;
  apiKey = await createApiKey(world.sql, 'test', 'admin');
  const env = { PUBLIC_URL: apiUrl, API_PORT: String(port) };
  api = await startProgram('api', env);
  worker = await startProgram('workers', env);
  world.api = apiClient(apiUrl, apiKey);
  world.simulator.connect({ publicUrl: apiUrl, apiKey });
});
afterAll(() => world.stop());

async function startProgram(folder: 'api' | 'workers', env: Record<string, string>): Promise<Program> {
  // The SDK's own figures are on the port after ours.
  const metricsPort = await freeLowPort(2);
  const lines: string[] = [];
  const child = await startChild(process.execPath, [join(BUILT, folder, 'main.js')], {
    env: {
      ...process.env,
      ...world.environment(),
      ...env,
      LOG_LEVEL: 'trace',
      METRICS_PORT: String(metricsPort),
    },
    log: (line) => void lines.push(line),
  });
  world.alsoStop(() => child.stop());
  const metricsUrl = `http://127.0.0.1:${metricsPort}`;
  await until(`${folder} is ready`, async () => {
    if (!child.isRunning()) throw new Error(child.lastLines());
    return (await fetch(`${metricsUrl}/readyz`)).ok;
  });
  return { child, lines, metricsUrl };
}

async function scrape({ metricsUrl }: Program): Promise<Sample[]> {
  const answer = await fetch(`${metricsUrl}/metrics`);
  expect(answer.status).toBe(200);
  return parseScrape(await answer.text());
}

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url);
  return { status: answer.status, body: await answer.json() };
}

test('each program says that it lives, and which of its parts are well', async () => {
  const common = { database: 'ok', migrations: 'ok', clock: 'ok', temporal: 'ok' };
  expect(await get(`${api.metricsUrl}/healthz`)).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await get(`${apiUrl}/readyz`)).toEqual({ status: 200, body: { status: 'ready', parts: common } });
  const parts = { ...common, workers: 'ok' };
  expect(await get(`${worker.metricsUrl}/readyz`)).toEqual({ status: 200, body: { status: 'ready', parts } });
});

test('a story leaves its figures with the programs, and no person and no secret in any log or figure', async () => {
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'voice', mode: '429', times: 1 });
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'sms', mode: '429', times: 1 });
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'email', mode: '550', times: 1 });
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'crm', mode: 'error_in_200', times: 1 });
  await launch(world, { people: PEOPLE, runs: [RUN], policy: POLICY });
  await until('the story is told', isTold, 90_000);
  await askBadly();

  const [ofApi, ofWorker] = [await scrape(api), await scrape(worker)];
  const figure = (samples: Sample[], name: string, labels = {}) => valueOf(samples, `followthrough_${name}`, labels);
  expect(figure(ofApi, 'http_requests_total', { method: 'POST', route: '/v1/campaigns', status: '201' })).toBe(1);
  // On a slow machine everybody has come to an end by now, and the campaign with them.
  expect(ofApi.filter(({ name, value }) => name === 'followthrough_campaigns' && value === 1)).toHaveLength(1);
  expect(figure(ofApi, 'attempts', { channel: 'voice', state: 'ended' })).toBeGreaterThan(0);
  expect(figure(ofApi, 'suppressions')).toBeGreaterThan(0);
  expect(figure(ofWorker, 'sweep_rounds_total', { sweep: 'start', result: 'done' })).toBeGreaterThan(0);
  expect(valueOf(ofWorker, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  // The one that docs/operating.md alerts on.
  const waited = ofWorker.filter(({ name }) => name === 'temporal_workflow_task_schedule_to_start_latency_bucket');
  expect(waited.filter(({ value }) => value > 0)).not.toEqual([]);

  // So that everything that was said has been written.
  await Promise.all([api.child.stop(), worker.child.stop()]);
  const logs = [...api.lines, ...worker.lines].join('\n');
  expect(logs).toContain('"msg":"answered"');
  expect(logs).toContain('"role":"worker:enrollments+effects+bulk"');
  const told = `${logs}\n${JSON.stringify([ofApi, ofWorker])}`;
  expect([...PRIVATE, apiKey].filter((secret) => told.includes(secret))).toEqual([]);
});

/** Somebody was called, somebody else said stop, mail was refused, the CRM failed once and took the note then. */
async function isTold(): Promise<boolean> {
  const [row] = await world.sql<{ told: boolean }[]>`
    select exists (select from attempt where channel = 'voice' and state = 'ended')
      and exists (select from suppression)
      and exists (select from attempt where channel = 'email' and state = 'not_sent')
      and exists (select from execution where kind = 'crm_note' and state = 'done') as told`;
  return row?.told === true;
}

/** Requests that fail in every way that quotes what was sent. */
async function askBadly(): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const [person] = PEOPLE;
  const bad = JSON.stringify({
    contact: { firstName: person?.name, phones: ['12'], emails: [person?.email] },
    cases: 'x',
  });
  await fetch(`${apiUrl}/v1/contacts`, { method: 'POST', headers, body: bad });
  await fetch(`${apiUrl}/v1/contacts`, { method: 'POST', headers, body: `{"firstName": "${person?.name}` });
  await fetch(`${apiUrl}/v1/contacts?phone=${encodeURIComponent(person?.phone ?? '')}`, { headers });
  await fetch(`${apiUrl}/v1/contacts/${person?.email}`, { headers });
  await fetch(`${apiUrl}/webhooks/twilio/${person?.phone}`, { method: 'POST', headers, body: bad });
}

test('a program whose environment is wrong says so and ends, without a value of it', async () => {
  const lines: string[] = [];
  const child = await startChild(process.execPath, [join(BUILT, 'workers', 'main.js')], {
    env: { ...process.env, ...world.environment(), ADDRESS_KEY: 'too-short-a-secret', LOG_LEVEL: 'loud' },
    log: (line) => void lines.push(line),
  });
  expect(await child.exited).toBe('exit code 1');
  expect(lines.join('\n')).toMatch(/ADDRESS_KEY: must have at least 32 characters\n.*LOG_LEVEL/s);
  expect(lines.join('\n')).not.toContain('too-short-a-secret');
});

test('a program that crashes says so in its log, without what hangs on the error', async () => {
  const lines: string[] = [];
  const script = `
    const { createLog, logCrashes } = require(${JSON.stringify(join(BUILT, 'operations', 'log.js'))});
    logCrashes(createLog({ level: 'info', role: 'test' }));
    void Promise.reject(Object.assign(new Error('no route to +12125550171'), { parameters: ['Wilhelmina'] }));`;
  const child = await startChild(process.execPath, ['-e', script], { log: (line) => void lines.push(line) });
  expect(await child.exited).toBe('exit code 1');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'fatal', msg: 'crashed', err: { message: 'no route to [phone]' } },
  ]);
  expect(lines.join('')).not.toContain('Wilhelmina');
});
