import { readFileSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { readConfig } from '../config';
import { createEngine } from './engine';
import { temporalConnection } from './connection';

/** What a server saw of one call. */
interface Seen {
  readonly method: string;
  readonly authorization: string | undefined;
  readonly protocol: string | false | null;
  readonly serverName: string | undefined;
  readonly clientName: string | undefined;
}

const file = (name: string) => join(__dirname, 'fixtures', name);
const pem = (name: string) => readFileSync(file(name));
const SECRET = 'a-secret-of-at-least-thirty-two-characters';

let server: Http2SecureServer;
let seen: Seen[] = [];

/** Speaks TLS and HTTP/2 as Temporal's front does, asks for a certificate, and knows no method. */
beforeAll(async () => {
  server = createSecureServer({
    cert: pem('server.pem'),
    key: pem('server-key.pem'),
    ca: pem('ca.pem'),
    requestCert: true,
    rejectUnauthorized: false,
  });
  const shakes = new Map<number | undefined, Omit<Seen, 'method' | 'authorization'>>();
  server.on('secureConnection', (socket) => {
    shakes.set(socket.remotePort, {
      protocol: socket.alpnProtocol,
      serverName: 'servername' in socket ? String(socket.servername) : undefined,
      clientName: socket.authorized ? [socket.getPeerCertificate().subject.CN].flat()[0] : undefined,
    });
  });
  server.on('stream', (stream, headers) => {
    const shake = shakes.get(stream.session?.socket.remotePort);
    if (shake !== undefined)
      seen.push({ method: String(headers[':path']), authorization: headers.authorization, ...shake });
    const unimplemented = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' };
    stream.respond(unimplemented, { endStream: true });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  seen = [];
});

function connectionFrom(env: Record<string, string>) {
  const port = (server.address() as AddressInfo).port;
  return temporalConnection(
    readConfig({
      DATABASE_URL: 'postgres://127.0.0.1/x',
      SECRET_KEY: SECRET,
      ADDRESS_KEY: SECRET,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      ...env,
    }),
  );
}

const TRUSTING = {
  TEMPORAL_TLS: '1',
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem'),
  TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com',
};
const WITH_KEY = { ...TRUSTING, TEMPORAL_API_KEY: 'cloud-key' };
const WITH_CERTIFICATE = {
  ...TRUSTING,
  TEMPORAL_TLS_CLIENT_CERT_PATH: file('client.pem'),
  TEMPORAL_TLS_CLIENT_KEY_PATH: file('client-key.pem'),
};

async function asClient(env: Record<string, string>): Promise<void> {
  const engine = createEngine({ ...connectionFrom(env), namespace: 'default', queuePrefix: '', uiUrl: null });
  try {
    await engine.namespaceId();
  } finally {
    await engine.close();
  }
}

async function asWorker(env: Record<string, string>): Promise<void> {
  const connection = await NativeConnection.connect(connectionFrom(env));
  await connection.close();
}

describe.each([
  ['the client', asClient],
  ['a worker', asWorker],
])('%s reaches Temporal over TLS', (_, connect) => {
  /** Nothing answers here as Temporal would; what counts is what came over the wire. */
  const attempt = async (env: Record<string, string>): Promise<Seen[]> => {
    await connect(env).catch(() => undefined);
    return seen;
  };

  it('with an API key, by the name that was set', async () => {
    const [first] = await attempt(WITH_KEY);
    expect(first).toMatchObject({
      method: expect.stringMatching(/^\/temporal\.api\.workflowservice\./),
      authorization: 'Bearer cloud-key',
      protocol: 'h2',
      serverName: 'temporal.example.com',
      clientName: undefined,
    });
  });

  it('with a certificate of its own', async () => {
    const [first] = await attempt(WITH_CERTIFICATE);
    expect(first).toMatchObject({ clientName: 'worker.example.com', authorization: undefined });
  });

  it('and says nothing to a server that it has no reason to trust', async () => {
    const { TEMPORAL_TLS_SERVER_CA_CERT_PATH: _ca, ...trustsNobodyElse } = WITH_KEY;
    expect(await attempt(trustsNobodyElse)).toEqual([]);
    expect(await attempt({ ...WITH_KEY, TEMPORAL_TLS_SERVER_NAME: 'other.example.com' })).toEqual([]);
  });
});

describe('the way to Temporal', () => {
  it('is plain where nothing else is said, as on one machine', () => {
    expect(connectionFrom({})).toMatchObject({ tls: false });
    expect(connectionFrom({})).not.toHaveProperty('apiKey');
  });

  it('trusts the usual authorities where only TLS is asked for, as for Temporal Cloud', () => {
    expect(connectionFrom({ TEMPORAL_TLS: '1', TEMPORAL_API_KEY: 'k' })).toMatchObject({ tls: {}, apiKey: 'k' });
  });

  it('names the variable whose file can not be read', () => {
    expect(() => connectionFrom({ ...TRUSTING, TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere/ca.pem' })).toThrow(
      "TEMPORAL_TLS_SERVER_CA_CERT_PATH: the file /nowhere/ca.pem can't be read",
    );
  });
});
