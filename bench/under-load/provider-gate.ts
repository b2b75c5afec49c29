import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** A telephone provider that takes so many new calls a second and refuses the others: a gate before the simulator. */
export interface ProviderGate {
  readonly url: string;
  /** What is not refused goes there. */
  forwardTo(url: string): void;
  counts(): { readonly taken: number; readonly refused: number };
  stop(): Promise<void>;
}

const CALLS = /\/Calls\.json$/;
const REFUSAL = { code: 20429, message: 'Too Many Requests', status: 429 };

export async function createProviderGate(callsPerSecond: number): Promise<ProviderGate> {
  const isAllowed = bucket(callsPerSecond);
  let target = '';
  let [taken, refused] = [0, 0];
  const server = createServer((incoming, response) => {
    const isCall = incoming.method === 'POST' && CALLS.test(new URL(incoming.url ?? '', 'http://localhost').pathname);
    if (isCall && !isAllowed(performance.now())) {
      refused += 1;
      incoming.resume();
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' });
      response.end(JSON.stringify(REFUSAL));
      return;
    }
    if (isCall) taken += 1;
    forward(target, incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    forwardTo: (url) => void (target = url),
    counts: () => ({ taken, refused }),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** As many at once as fit into a second, then one whenever its time has come. */
export function bucket(perSecond: number): (nowMs: number) => boolean {
  let [left, lastMs] = [perSecond, Number.NEGATIVE_INFINITY];
  return (nowMs) => {
    left = Math.min(perSecond, left + ((nowMs - lastMs) * perSecond) / 1_000);
    lastMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

function forward(target: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = '' } = incoming;
  const outgoing = request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  // A lost answer stays one.
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
