import * as http from 'node:http';
import * as https from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Wire } from './wire';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  return (server.address() as AddressInfo).port;
}

function wireFor({ leaveByMs = Number.POSITIVE_INFINITY, connectTimeoutMs = 5000, now = Date.now } = {}): Wire {
  return new Wire({ leaveByMs, connectTimeoutMs, now });
}

async function statusOf(request: http.ClientRequest): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request
      .on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)))
      .on('error', reject)
      .end('content');
  });
}

/** TLS by a key that both sides know: a real handshake without a certificate that could expire. */
const PSK = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
const TLS = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;

async function tlsServer(): Promise<number> {
  const options = { ...TLS, pskCallback: () => PSK };
  return listen(
    https.createServer(options, (request, response) => void request.resume().on('end', () => response.end())),
  );
}

it('carries a request once its connection is open', async () => {
  const port = await listen(
    http.createServer((request, response) => void request.resume().on('end', () => response.end())),
  );
  const wire = wireFor();
  expect(wire.bytesLeft).toBe(false);
  expect(await statusOf(http.request({ host: '127.0.0.1', port, method: 'POST', agent: wire.httpAgent }))).toBe(200);
  expect(wire.bytesLeft).toBe(true);
});

it('carries a request once TLS is agreed on', async () => {
  const port = await tlsServer();
  const wire = wireFor();
  const known = {
    ...TLS,
    pskCallback: () => ({ psk: PSK, identity: 'outreach' }),
    checkServerIdentity: () => undefined,
  };
  const options = { host: '127.0.0.1', port, method: 'POST', agent: wire.httpsAgent, ...known };
  expect(await statusOf(https.request(options))).toBe(200);
  expect(wire.bytesLeft).toBe(true);
});

it('lets nothing out to a server that TLS does not trust', async () => {
  const port = await tlsServer();
  const wire = wireFor();
  const request = https.request({ host: '127.0.0.1', port, method: 'POST', agent: wire.httpsAgent });
  const error: unknown = await statusOf(request).catch((thrown: unknown) => thrown);
  expect(wire.bytesLeft).toBe(false);
  expect(wire.judge(error)).toMatchObject({ kind: 'not_sent', verdict: 'retry', reason: 'unreachable' });
});

it('gives up connecting in time', async () => {
  const port = await listen(createServer((socket) => socket.on('error', () => undefined).resume()));
  const wire = wireFor({ connectTimeoutMs: 100 });
  const request = https.request({ host: '127.0.0.1', port, agent: wire.httpsAgent });
  await expect(statusOf(request)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  expect(wire.bytesLeft).toBe(false);
});

it('sends nothing for a request that was given up while it was connecting', async () => {
  const server = createServer();
  const bytes = new Promise<number>((resolve) => {
    server.once('connection', (socket) => socket.resume().once('close', () => resolve(socket.bytesRead)));
  });
  const request = http.request({ host: '127.0.0.1', port: await listen(server), agent: wireFor().httpAgent });
  const failure = statusOf(request);
  request.destroy(new Error('given up'));
  await expect(failure).rejects.toThrow('given up');
  expect(await bytes).toBe(0);
});

it('is too late after the last moment and not in it', async () => {
  expect(() => wireFor({ leaveByMs: 1000, now: () => 1000 }).checkTime()).not.toThrow();
  const late = wireFor({ leaveByMs: 1000, now: () => 1001 });
  expect(() => late.checkTime()).toThrow('it is too late to send');
  expect(late.judge(new Error('anything'))).toEqual({ kind: 'not_sent', verdict: 'retry', reason: 'too_late' });
});
