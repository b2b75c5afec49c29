import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import type { CallRequest, SendResult, SmsRequest } from './provider';
import { ProviderError } from './provider-errors';
import { createTwilio } from './twilio';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const AUTH_TOKEN = 'auth-token-that-nobody-may-see';
const FROM = '+12125550100';
const TO = '+12125550123';
const SID = `CA${'fedcba9876543210'.repeat(2)}`;
const SHORT_MS = 200;

const CALL: CallRequest = {
  attemptId: '0f8fad5b-d9cb-569f-a165-70867728950e',
  from: FROM,
  to: TO,
  answerUrl: 'https://outreach.example.com/webhooks/twilio/voice/answer?a=1&t=2',
  statusUrl: 'https://outreach.example.com/webhooks/twilio/voice/status?a=1&t=2',
  machineUrl: 'https://outreach.example.com/webhooks/twilio/voice/machine?a=1&t=2',
  ringSeconds: 25,
  leavesMessage: false,
  postByMs: Number.MAX_SAFE_INTEGER,
};
const SMS: SmsRequest = {
  attemptId: CALL.attemptId,
  from: FROM,
  to: TO,
  text: 'Hello Asha, reply STOP to stop. ñ€😀',
  statusUrl: 'https://outreach.example.com/webhooks/twilio/sms/status?a=1&t=2',
  validitySeconds: 600,
  postByMs: Number.MAX_SAFE_INTEGER,
};

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly form: URLSearchParams;
}

const servers: Server[] = [];
let seen: Seen[] = [];
let connections = 0;

beforeEach(() => {
  seen = [];
  connections = 0;
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  const close = server.close.bind(server);
  server.close = (done) => {
    for (const socket of sockets) socket.destroy();
    return close(done);
  };
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  return (server.address() as AddressInfo).port;
}

async function answering(handler: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer((request, response) => void note(request).then(() => handler(request, response))))}`;
}

async function note(request: IncomingMessage): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  seen.push({
    method: request.method ?? '',
    url: request.url ?? '',
    authorization: request.headers.authorization ?? '',
    form: new URLSearchParams(body),
  });
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function refusing(status: number, code: number | null, headers: Record<string, string> = {}): Promise<string> {
  const message = `The number ${TO} of account ${ACCOUNT} is refused`;
  return answering((_request, response) =>
    json(response, status, code === null ? {} : { code, message, status }, headers),
  );
}

function client(baseUrl: string, more: { httpTimeoutMs?: number; now?: () => number } = {}) {
  return createTwilio({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, baseUrl, ...more });
}

async function portThatRefuses(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  servers.splice(servers.indexOf(server), 1);
  return port;
}

/** How much the first client of the server sent before it left. */
async function bytesUntilClosed(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.once('connection', (socket: Socket) => socket.resume().once('close', () => resolve(socket.bytesRead)));
  });
}

describe('placing a call', () => {
  it('asks for every callback that proves something, with async machine detection, and for no recording (C18, T33)', async () => {
    const baseUrl = await answering((_request, response) => json(response, 201, { sid: SID, status: 'queued' }));
    expect(await client(baseUrl).placeCall(CALL)).toEqual({ kind: 'accepted', sid: SID });
    const [create] = seen;
    expect(create?.method).toBe('POST');
    expect(create?.url).toBe(`/2010-04-01/Accounts/${ACCOUNT}/Calls.json`);
    expect(create?.authorization).toBe(`Basic ${Buffer.from(`${ACCOUNT}:${AUTH_TOKEN}`).toString('base64')}`);
    expect(create?.form.getAll('StatusCallbackEvent')).toEqual(['initiated', 'completed']);
    expect(Object.fromEntries(create?.form ?? [])).toEqual({
      To: TO,
      From: FROM,
      Url: CALL.answerUrl,
      Method: 'POST',
      StatusCallback: CALL.statusUrl,
      StatusCallbackEvent: 'completed',
      StatusCallbackMethod: 'POST',
      Timeout: '25',
      MachineDetection: 'Enable',
      AsyncAmd: 'true',
      AsyncAmdStatusCallback: CALL.machineUrl,
      AsyncAmdStatusCallbackMethod: 'POST',
    });
  });

  it('is told of a machine after the beep when there is a message to leave', async () => {
    const baseUrl = await answering((_request, response) => json(response, 201, { sid: SID, status: 'queued' }));
    await client(baseUrl).placeCall({ ...CALL, leavesMessage: true });
    expect(seen[0]?.form.get('MachineDetection')).toBe('DetectMessageEnd');
  });

  it('keeps a path of the base URL', async () => {
    const baseUrl = await answering((_request, response) => json(response, 201, { sid: SID }));
    await client(`${baseUrl}/twilio/`).placeCall(CALL);
    expect(seen[0]?.url).toBe(`/twilio/2010-04-01/Accounts/${ACCOUNT}/Calls.json`);
  });
});

describe('sending a text', () => {
  it('says the text in Unicode and until when it may wait', async () => {
    const baseUrl = await answering((_request, response) => json(response, 201, { sid: 'SM1' }));
    expect(await client(baseUrl).sendSms(SMS)).toEqual({ kind: 'accepted', sid: 'SM1' });
    expect(seen[0]?.url).toBe(`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`);
    expect(Object.fromEntries(seen[0]?.form ?? [])).toEqual({
      To: TO,
      From: FROM,
      Body: SMS.text,
      StatusCallback: SMS.statusUrl,
      ValidityPeriod: '600',
    });
  });

  it.each([
    [0, '1'],
    [0.9, '1'],
    [59.9, '59'],
    [36_000, '36000'],
    [90_000, '36000'],
  ])('a validity of %d seconds is sent as %s', async (validitySeconds, sent) => {
    const baseUrl = await answering((_request, response) => json(response, 201, { sid: 'SM1' }));
    await client(baseUrl).sendSms({ ...SMS, validitySeconds });
    expect(seen[0]?.form.get('ValidityPeriod')).toBe(sent);
  });
});

describe('an answer', () => {
  it.each<[number, number | null, SendResult]>([
    [400, 21211, { kind: 'not_sent', verdict: 'address_invalid', reason: 'address_invalid', code: '21211' }],
    [400, 21610, { kind: 'not_sent', verdict: 'opted_out', reason: 'opted_out', code: '21610' }],
    [400, 21408, { kind: 'not_sent', verdict: 'configuration', reason: 'region_not_allowed', code: '21408' }],
    [401, 20003, { kind: 'not_sent', verdict: 'configuration', reason: 'credentials', code: '20003' }],
    [401, null, { kind: 'not_sent', verdict: 'configuration', reason: 'credentials', code: '401' }],
    [400, 99999, { kind: 'not_sent', verdict: 'final', reason: 'refused', code: '99999' }],
    [400, null, { kind: 'not_sent', verdict: 'final', reason: 'refused', code: '400' }],
    [500, 20500, { kind: 'unknown', reason: 'server_error', code: '20500' }],
    [503, null, { kind: 'unknown', reason: 'server_error', code: '503' }],
    [400, 20500, { kind: 'unknown', reason: 'server_error', code: '20500' }],
    [408, null, { kind: 'unknown', reason: 'timeout', code: '408' }],
    [302, null, { kind: 'unknown', reason: 'server_error', code: '302' }],
  ])('with status %d and code %s is asked for once and judged', async (status, code, result) => {
    const baseUrl = await refusing(status, code, { location: '/elsewhere' });
    expect(await client(baseUrl).placeCall(CALL)).toEqual(result);
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['30', 30_000],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['999999', 3_600_000],
  ])('429 with Retry-After %s is the one safe retry, and not by the SDK itself', async (retryAfter, retryAfterMs) => {
    const baseUrl = await refusing(429, 20429, { 'retry-after': retryAfter });
    const now = () => Date.UTC(2026, 0, 1);
    expect(await client(baseUrl, { now }).sendSms(SMS)).toEqual({
      kind: 'not_sent',
      verdict: 'retry',
      reason: 'rate_limited',
      code: '20429',
      retryAfterMs,
    });
    expect(seen).toHaveLength(1);
  });

  it.each([undefined, 'soon'])('429 with Retry-After %s leaves the waiting to the caller', async (retryAfter) => {
    const baseUrl = await refusing(429, null, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    expect(await client(baseUrl).sendSms(SMS)).toEqual({
      kind: 'not_sent',
      verdict: 'retry',
      reason: 'rate_limited',
      code: '429',
    });
  });

  it.each([
    ['no JSON', 'queued'],
    ['half of it', '{"sid":'],
    ['no sid', '{"status":"queued"}'],
    ['an empty sid', '{"sid":""}'],
    ['a sid that is none', '{"sid":7}'],
    ['null', 'null'],
  ])('of 201 with %s is unknown', async (_what, body) => {
    const baseUrl = await answering((_request, response) =>
      response.writeHead(201, { 'content-type': 'application/json' }).end(body),
    );
    expect(await client(baseUrl).placeCall(CALL)).toEqual({ kind: 'unknown', reason: 'not_understood' });
  });
});

describe('no answer', () => {
  it('after a reset behind the headers is unknown', async () => {
    const baseUrl = await answering((_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{', () => response.destroy());
    });
    expect(await client(baseUrl).placeCall(CALL)).toMatchObject({ kind: 'unknown', reason: 'connection_lost' });
  });

  it('after a reset instead of headers is unknown', async () => {
    const baseUrl = await answering((request) => request.socket.resetAndDestroy());
    expect(await client(baseUrl).placeCall(CALL)).toEqual({
      kind: 'unknown',
      reason: 'connection_lost',
      code: 'ECONNRESET',
    });
  });

  it('until the deadline is unknown', async () => {
    const baseUrl = await answering(() => undefined);
    expect(await client(baseUrl, { httpTimeoutMs: SHORT_MS }).placeCall(CALL)).toMatchObject({
      kind: 'unknown',
      reason: 'timeout',
    });
    expect(seen).toHaveLength(1);
  });

  it('but a body that trickles in past the deadline is unknown', async () => {
    const baseUrl = await answering((_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), SHORT_MS / 10);
      response.on('close', () => clearInterval(timer));
    });
    expect(await client(baseUrl, { httpTimeoutMs: SHORT_MS }).placeCall(CALL)).toMatchObject({
      kind: 'unknown',
      reason: 'timeout',
    });
  });

  it('because nobody listens says that nothing was sent', async () => {
    const baseUrl = `http://127.0.0.1:${await portThatRefuses()}`;
    expect(await client(baseUrl).placeCall(CALL)).toEqual({
      kind: 'not_sent',
      verdict: 'retry',
      reason: 'unreachable',
      code: 'ECONNREFUSED',
    });
  });

  it('because the name is not known says that nothing was sent', async () => {
    expect(await client('http://twilio.invalid').placeCall(CALL)).toMatchObject({
      kind: 'not_sent',
      verdict: 'retry',
      reason: 'unreachable',
    });
  });

  it('because TLS is never agreed on says that nothing was sent', async () => {
    const port = await listen(createTcpServer(() => undefined));
    expect(await client(`https://127.0.0.1:${port}`, { httpTimeoutMs: SHORT_MS }).placeCall(CALL)).toMatchObject({
      kind: 'not_sent',
      verdict: 'retry',
      reason: 'unreachable',
    });
    expect(connections).toBe(1);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['closed', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
    ['answered in plain text', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('because the TLS handshake is %s says that nothing was sent', async (_how, fail) => {
    const port = await listen(createTcpServer((socket) => socket.once('data', () => fail(socket))));
    expect(await client(`https://127.0.0.1:${port}`).placeCall(CALL)).toMatchObject({
      kind: 'not_sent',
      verdict: 'retry',
      reason: 'unreachable',
    });
  });
});

describe('the guard', () => {
  it('spares the provider even the connection when it is too late', async () => {
    const baseUrl = await answering((_request, response) => json(response, 201, { sid: SID }));
    const result = await client(baseUrl, { now: () => 1001 }).placeCall({ ...CALL, postByMs: 1000 });
    expect(result).toEqual({ kind: 'not_sent', verdict: 'retry', reason: 'too_late' });
    expect(connections).toBe(0);
  });

  it('lets no byte out when connecting took too long', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    const bytes = bytesUntilClosed(server);
    const times = [1000, 1001];
    const provider = client(`http://127.0.0.1:${port}`, { now: () => times.shift() ?? 1001 });
    const result = await provider.sendSms({ ...SMS, postByMs: 1000 });
    expect(result).toEqual({ kind: 'not_sent', verdict: 'retry', reason: 'too_late' });
    expect(await bytes).toBe(0);
  });

  it('lets it out in the last millisecond', async () => {
    const baseUrl = await answering((_request, response) => json(response, 201, { sid: SID }));
    expect(await client(baseUrl, { now: () => 1000 }).placeCall({ ...CALL, postByMs: 1000 })).toMatchObject({
      kind: 'accepted',
    });
  });
});

it('is not made for an account whose id is none', () => {
  expect(() => createTwilio({ accountSid: 'SK1', authToken: AUTH_TOKEN })).toThrow(/^accountSid must start with AC/);
});

it('never reuses a connection, because one that the server has just closed makes what is asked on it unknown', async () => {
  const baseUrl = await answering((_request, response) => json(response, 201, { sid: SID }));
  const provider = client(baseUrl);
  await provider.placeCall(CALL);
  await provider.placeCall(CALL);
  expect(connections).toBe(2);
});

describe('looking up', () => {
  const call = (sid: string, created: string, more: Record<string, unknown> = {}) => ({
    sid,
    status: 'completed',
    date_created: created,
    duration: null,
    answered_by: null,
    ...more,
  });

  it('finds the calls between two numbers that were created since', async () => {
    const calls = [
      call('CA3', 'Thu, 01 Jan 2026 10:00:05 +0000', { duration: '42', answered_by: 'machine_start' }),
      call('CA2', 'Thu, 01 Jan 2026 10:00:04 +0000', { status: 'queued' }),
      call('CA1', 'Thu, 01 Jan 2026 10:00:03 +0000'),
    ];
    const baseUrl = await answering((_request, response) =>
      json(response, 200, { calls, next_page_uri: null, page: 0 }),
    );
    const found = await client(baseUrl).findCalls({ from: FROM, to: TO, sinceMs: Date.UTC(2026, 0, 1, 10, 0, 4, 900) });
    expect(found).toEqual([
      {
        sid: 'CA3',
        status: 'completed',
        createdMs: Date.UTC(2026, 0, 1, 10, 0, 5),
        durationSeconds: 42,
        answeredBy: 'machine_start',
      },
      { sid: 'CA2', status: 'queued', createdMs: Date.UTC(2026, 0, 1, 10, 0, 4) },
    ]);
    const { pathname, searchParams } = new URL(seen[0]?.url ?? '', baseUrl);
    expect(pathname).toBe(`/2010-04-01/Accounts/${ACCOUNT}/Calls.json`);
    expect(searchParams.get('From')).toBe(FROM);
    expect(searchParams.get('To')).toBe(TO);
    expect([...searchParams.keys()].filter((name) => name.startsWith('StartTime'))).toEqual([]);
  });

  it('finds texts with their error', async () => {
    const messages = [
      { sid: 'SM2', status: 'undelivered', date_created: 'Thu, 01 Jan 2026 10:00:05 +0000', error_code: 30003 },
      { sid: 'SM1', status: 'delivered', date_created: 'Thu, 01 Jan 2026 10:00:05 +0000', error_code: null },
    ];
    const baseUrl = await answering((_request, response) =>
      json(response, 200, { messages, next_page_uri: null, page: 0 }),
    );
    const createdMs = Date.UTC(2026, 0, 1, 10, 0, 5);
    expect(await client(baseUrl).findSms({ from: FROM, to: TO, sinceMs: 0 })).toEqual([
      { sid: 'SM2', status: 'undelivered', createdMs, errorCode: '30003' },
      { sid: 'SM1', status: 'delivered', createdMs },
    ]);
  });

  it('reads one call and one text', async () => {
    const baseUrl = await answering((_request, response) =>
      json(response, 200, call('CA1', 'Thu, 01 Jan 2026 10:00:05 +0000')),
    );
    const found = { sid: 'CA1', status: 'completed', createdMs: Date.UTC(2026, 0, 1, 10, 0, 5) };
    expect(await client(baseUrl).getCall('CA1')).toEqual(found);
    expect(await client(baseUrl).getSms('CA1')).toEqual(found);
  });

  it('answers null for what Twilio does not know', async () => {
    const baseUrl = await refusing(404, 20404);
    expect(await client(baseUrl).getCall(SID)).toBeNull();
    expect(await client(baseUrl).getSms('SM1')).toBeNull();
  });

  it.each([
    [500, 20500, 'server_error'],
    [429, 20429, 'rate_limited'],
    [401, 20003, 'credentials'],
  ])('throws the reason when the answer is %d', async (status, code, reason) => {
    const baseUrl = await refusing(status, code);
    const failure = {
      name: 'ProviderError',
      reason,
      code: String(code),
      message: `the provider could not be asked: ${reason}`,
    };
    await expect(client(baseUrl).findCalls({ from: FROM, to: TO, sinceMs: 0 })).rejects.toMatchObject(failure);
    await expect(client(baseUrl).findSms({ from: FROM, to: TO, sinceMs: 0 })).rejects.toMatchObject(failure);
    await expect(client(baseUrl).getCall(SID)).rejects.toMatchObject(failure);
    await expect(client(baseUrl).cancelCall(SID)).rejects.toMatchObject(failure);
  });

  it.each([{ calls: [call('CA1', 'yesterday')], page: 0 }, { page: 0, total: 0 }, 'sorry'])(
    'throws for an answer that it does not understand: %j',
    async (body) => {
      const baseUrl = await answering((_request, response) => json(response, 200, body));
      await expect(client(baseUrl).findCalls({ from: FROM, to: TO, sinceMs: 0 })).rejects.toMatchObject({
        reason: 'not_understood',
      });
    },
  );
});

describe('cancelling', () => {
  it('asks for "canceled", which lets a call in progress be', async () => {
    const baseUrl = await answering((_request, response) => json(response, 200, { sid: SID, status: 'canceled' }));
    await client(baseUrl).cancelCall(SID);
    expect(seen[0]).toMatchObject({ method: 'POST', url: `/2010-04-01/Accounts/${ACCOUNT}/Calls/${SID}.json` });
    expect(Object.fromEntries(seen[0]?.form ?? [])).toEqual({ Status: 'canceled' });
  });

  it.each([
    [400, 21220],
    [404, 20404],
  ])('is done when there is nothing left to cancel (%d, %d)', async (status, code) => {
    await expect(client(await refusing(status, code)).cancelCall(SID)).resolves.toBeUndefined();
  });
});

it('T13: no failure shows the auth token, the account or a phone number', async () => {
  const dead = `http://127.0.0.1:${await portThatRefuses()}`;
  const resetting = await answering((request) => request.socket.resetAndDestroy());
  const garbled = await answering((_request, response) => json(response, 200, `${TO} ${AUTH_TOKEN}`));
  const refused = await Promise.all([400, 401, 404, 429, 500].map(async (status) => refusing(status, 21211)));
  for (const baseUrl of [dead, resetting, garbled, ...refused]) {
    const provider = client(baseUrl);
    const outcomes: unknown[] = await Promise.all([
      provider.placeCall(CALL),
      provider.sendSms(SMS),
      provider.findCalls({ from: FROM, to: TO, sinceMs: 0 }).catch((error: unknown) => error),
      provider.findSms({ from: FROM, to: TO, sinceMs: 0 }).catch((error: unknown) => error),
      provider.getCall(SID).catch((error: unknown) => error),
      provider.cancelCall(SID).catch((error: unknown) => error),
    ]);
    for (const outcome of outcomes) {
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ProviderError);
      const shown = inspect(outcome, { depth: 10, showHidden: true });
      for (const secret of [
        AUTH_TOKEN,
        ACCOUNT,
        TO.slice(1),
        FROM.slice(1),
        Buffer.from(`${ACCOUNT}:${AUTH_TOKEN}`).toString('base64'),
      ])
        expect(shown).not.toContain(secret);
    }
  }
});
