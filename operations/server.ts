import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics';
import type { Readiness } from './readiness';

export interface OperationsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface OperationsOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  readonly readiness: () => Promise<Readiness>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * GET /healthz, /readyz and /metrics on a port of their own, for those who watch a process. Nobody is asked who he is, so the port
 * must be reachable for them alone.
 */
export async function startOperationsServer(options: OperationsOptions): Promise<OperationsServer> {
  const server = createServer((request, response) => {
    answer(options, request).then(
      (answered) => send(response, answered),
      () => send(response, json(500, { status: 'failed' })),
    );
  });
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () => close(server),
  };
}

export function readinessAnswer({ isReady, parts }: Readiness): { status: number; body: object } {
  return { status: isReady ? 200 : 503, body: { status: isReady ? 'ready' : 'not ready', parts } };
}

async function answer({ metrics, readiness }: OperationsOptions, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET') return json(405, { status: 'only GET' });
  switch (request.url?.split('?')[0]) {
    case '/healthz':
      return json(200, { status: 'ok' });
    case '/readyz': {
      const { status, body } = readinessAnswer(await readiness());
      return json(status, body);
    }
    case '/metrics':
      return { status: 200, type: metrics.contentType, body: await metrics.text() };
    default:
      return json(404, { status: 'there are only /healthz, /readyz and /metrics here' });
  }
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

async function listen(server: Server, { host, port }: OperationsOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
