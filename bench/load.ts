import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';

/** Two kinds of load on a webhook: as much as it takes, and a constant rate that does not wait for slow answers. */

export interface Webhook {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const CONNECTIONS = 20;

/** Answers per second, with a fixed number of senders that each wait for their answer. */
export async function answersPerSecond(url: string, next: () => Webhook, seconds: number): Promise<number> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [{ method: 'POST', setupRequest: (defaults) => ({ ...defaults, ...next() }) }],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`of ${result['2xx']} webhooks ${result.non2xx} were refused and ${result.errors} failed`);
  return result['2xx'] / result.duration;
}

/** The 50th and 99th percentile of the time from when a webhook was due, not from when it could be sent. */
export async function latencies(
  url: string,
  next: () => Webhook,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<{ p50Ms: number; p99Ms: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const startMs = performance.now();
  const sent: Promise<number>[] = [];
  while (sent.length < perSecond * seconds) {
    const dueMs = startMs + (sent.length * 1000) / perSecond;
    if (performance.now() < dueMs) await delay(1);
    else sent.push(post(agent, url, next()).then(() => performance.now() - dueMs));
  }
  const all = (await Promise.all(sent)).sort((a, b) => a - b);
  agent.destroy();
  return { p50Ms: percentile(all, 0.5), p99Ms: percentile(all, 0.99) };
}

/** Of numbers in ascending order: the smallest that is not below this share of them. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function post(agent: Agent, url: string, { path, body, headers }: Webhook): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 204) resolve();
        else reject(new Error(`a webhook was answered with ${answer.statusCode}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
