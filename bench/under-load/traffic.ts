import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { percentile, type Webhook } from '../load';

/** A constant rate that waits for no answer, as the outside world doesn't. */

export interface Rate {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Traffic<T> {
  readonly sent: number;
  /** From when an item was due, not from when it could be sent, until it was acknowledged; ascending. */
  readonly latenciesMs: readonly number[];
  /** What was not acknowledged, so that the sender has to try again. */
  readonly refused: readonly T[];
  /** From the first item to the last answer. */
  readonly seconds: number;
}

/** Ends early when there is nothing left to send. */
export async function atRate<T>(
  { perSecond, seconds }: Rate,
  next: () => T | null,
  send: (item: T) => Promise<boolean>,
): Promise<Traffic<T>> {
  const startMs = performance.now();
  const latenciesMs: number[] = [];
  const refused: T[] = [];
  const underWay: Promise<void>[] = [];
  const one = async (item: T, dueMs: number) => {
    if (await send(item)) latenciesMs.push(performance.now() - dueMs);
    else refused.push(item);
  };
  while (underWay.length < perSecond * seconds) {
    const dueMs = startMs + (underWay.length * 1_000) / perSecond;
    if (performance.now() < dueMs) {
      await delay(1);
      continue;
    }
    const item = next();
    if (item === null) break;
    underWay.push(one(item, dueMs));
  }
  await Promise.all(underWay);
  return {
    sent: underWay.length,
    latenciesMs: latenciesMs.sort((a, b) => a - b),
    refused,
    seconds: (performance.now() - startMs) / 1_000,
  };
}

export interface Speed {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** Null where nothing was acknowledged. */
export function speedOf({ latenciesMs }: Pick<Traffic<unknown>, 'latenciesMs'>): Speed {
  const at = (share: number) => (latenciesMs.length === 0 ? null : percentile(latenciesMs, share));
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Acknowledged all of it, this fast at least. */
export function keepsUp(traffic: Traffic<unknown>, withinMs: number): boolean {
  const { p99Ms } = speedOf(traffic);
  return traffic.refused.length === 0 && p99Ms !== null && p99Ms < withinMs;
}

export interface Poster {
  /** True when it was acknowledged; false for every other answer and for none. */
  post(webhook: Webhook): Promise<boolean>;
  close(): void;
}

const CONNECTIONS = 256;
/** As long as the telephone provider waits. */
const PATIENCE_MS = 15_000;

export function createPoster(url: string): Poster {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return {
    post: ({ path, headers, body }) =>
      new Promise((resolve) => {
        const outgoing = request(`${url}${path}`, { method: 'POST', agent, headers }, (answer) => {
          answer.resume();
          answer.on('error', () => resolve(false));
          answer.on('end', () => resolve(Math.floor((answer.statusCode ?? 0) / 100) === 2));
        });
        // Counted from when it has a connection.
        outgoing.on('socket', () => outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy()));
        outgoing.on('close', () => resolve(false));
        outgoing.on('error', () => resolve(false));
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}
