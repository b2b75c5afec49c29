import { join } from 'node:path';
import { createApiKey } from '../../db/api-key';
import { setClock } from '../../db/clock';
import { fromIso } from '../../domain/instant';
import { createPayloadCodec, isEncrypted } from '../../engine/payload-codec';
import { apiClient } from '../../local/api-client';
import { type Child, startChild } from '../../local/child';
import { freeLowPort, freePort } from '../../local/port';
import { BUILT } from '../build';
import { ACCOUNT, LAWRULER_KEY } from '../environment';
import { connectTemporal } from '../history';
import { historyBytes, payloadsOf, wordsIn } from '../markers';
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
    options: { summary: 'quillwort-summary', lines: ['Yes, quillwort-words', 'Goodbye.'] },
    attributes: { claim: 'quillwort-attribute' },
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
    options: { reply: 'what documents do I need, says quillwort-reply?' },
    cases: ['70173'],
  },
];
const RUN = callRun({
  messages: [
    {
      key: 'ahead',
      channel: 'sms',
      when: { kind: 'before_call', delayMinutes: 5 },
      text: 'We will call, {{contact.first_name}}, about {{contact.claim|default:"it"}}.',
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
const PAYLOAD_KEY = { id: 'canary', hex: '5a'.repeat(32) };
/** What must never be read in a log: who people are, what they wrote, and every secret there is. */
const PRIVATE = [
  ...PEOPLE.flatMap(({ name, phone = '', email = '' }) => [name, phone, phone.slice(2), email]),
  'what documents do I need',
  'signed up',
  'quillwort',
  ...[TEST_KEYS.secretKey, TEST_KEYS.addressKey, ACCOUNT.authToken, LAWRULER_KEY, PAYLOAD_KEY.hex],
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
  world = await World.create({ workers: false, payloadKeys: [PAYLOAD_KEY] });
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
  const common = {
    database: 'ok',
    migrations: 'ok',
    clock: 'ok',
    recovery: 'ok',
    temporal: 'ok',
    zones: expect.any(String),
  };
  expect(await get(`${api.metricsUrl}/healthz`)).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await get(`${apiUrl}/readyz`)).toEqual({ status: 200, body: { status: 'ready', parts: common } });
  const parts = { ...common, workers: 'ok' };
  expect(await get(`${worker.metricsUrl}/readyz`)).toEqual({ status: 200, body: { status: 'ready', parts } });
});

test('T13: a story leaves its figures with the programs, and no person and no secret in any log, figure or refusal', async () => {
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'voice', mode: '429', times: 1 });
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'sms', mode: '429', times: 1 });
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'email', mode: '550', times: 1 });
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'crm', mode: 'error_in_200', times: 1 });
  const story = await launch(world, { people: PEOPLE, runs: [RUN], policy: POLICY, formId: 'intake' });
  await until('the story is told', isTold, 90_000);
  await tellMore();
  await askBadly();
  const refusals = await askForOthers(story.listId);
  expect(refusals.length).toBeGreaterThan(5);
  expect(refusals.flatMap((text) => wordsIn(text, PRIVATE))).toEqual([]);

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
  expect(wordsIn(told, [...PRIVATE, apiKey])).toEqual([]);
});

test('T13: what Temporal keeps is encrypted, and names nobody even to who has the key (C19)', async () => {
  const temporal = await connectTemporal(world.temporalAddress());
  const rows = await world.sql<{ id: string }[]>`select id from enrollment`;
  expect(rows).toHaveLength(PEOPLE.length);
  for (const { id } of rows) {
    const workflow = temporal.workflowOf(id);
    const payloads = payloadsOf([await workflow.fetchHistory(), (await workflow.describe()).raw]);
    expect(payloads.length).toBeGreaterThan(3);
    // The SDK's own account of a local activity beside what it answered: its number, its name and its times.
    const inClear = payloads
      .filter((payload) => !isEncrypted(payload))
      .map(({ data }) => Buffer.from(data ?? []).toString());
    expect(
      inClear.filter((text) => !/^\{"seq":\d+,"attempt":\d+,"activity_id":"\d+","activity_type":"step"/.test(text)),
    ).toEqual([]);
    expect(inClear.length).toBeLessThan(payloads.length / 2);
    const decoded = (await createPayloadCodec([PAYLOAD_KEY]).decode(payloads))
      .map(({ data }) => Buffer.from(data ?? []).toString('utf8'))
      .join('\n');
    expect(decoded).toContain(id);
    expect(wordsIn(`${await historyBytes(workflow)}\n${decoded}`, [...PRIVATE, apiKey])).toEqual([]);
  }
  await temporal.close();
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

/** What else people and outside platforms may tell. */
async function tellMore(): Promise<void> {
  const [row] = await world.sql<{ id: string }[]>`
    select e.id from enrollment e join contact p on p.id = e.contact_id where p.first_name = 'Wilhelmina'`;
  const about = { enrollmentId: row?.id };
  const facts = [
    { kind: 'form_completed', eventId: 'quillwort-form', ...about, answers: { injury: 'quillwort-answer' } },
    { kind: 'handoff_requested', eventId: 'quillwort-handoff', ...about, reason: 'quillwort-reason' },
    {
      kind: 'inbound_email',
      eventId: 'quillwort-mail',
      from: 'wilhelmina@example.com',
      to: 'intake@example.com',
      subject: 'quillwort-subject',
      text: 'quillwort-mail',
    },
  ];
  for (const fact of facts) await world.api.send('POST', '/v1/facts', fact);
  await world.api.send('POST', `/v1/enrollments/${row?.id}/orders`, { order: 'hand_back', note: 'quillwort-note' });
}

/** What is said no to must tell nothing of anybody else. Answers the refusals. */
async function askForOthers(listId: string): Promise<string[]> {
  const admin = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const [attempt] = await world.sql<{ id: string }[]>`select id from attempt limit 1`;
  const ask = async (method: string, path: string, body: unknown, headers: Record<string, string> = admin) => {
    const init = body === null ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    return (await fetch(`${apiUrl}${path}`, init)).text();
  };
  const stranger = { contact: { firstName: 'Else', phones: ['+12125550179'] }, cases: [{ externalId: '70171' }] };
  return Promise.all([
    ask('POST', `/v1/lists/${listId}/contacts`, { items: [stranger] }),
    ask('GET', '/v1/contacts', null, {}),
    ask('GET', '/v1/contacts', null, { authorization: 'Bearer ft_0' }),
    ask('GET', '/v1/contacts/70171', null),
    ask('PATCH', '/v1/settings', { mailFrom: 1 }),
    ask('POST', `/webhooks/twilio/voice/answer?a=${attempt?.id}&t=x`, null, {}),
    ask('POST', `/webhooks/twilio/sms/inbound`, null, { 'x-twilio-signature': 'x' }),
    ask('POST', '/codec/decode', { payloads: [{ data: '?' }] }),
    ask('POST', '/codec/decode', { payloads: [] }, { 'content-type': 'application/json' }),
    ask('GET', '/u/e30.x', null, {}),
  ]);
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
