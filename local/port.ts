import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOf } from './error-code';

/** A port on 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0);
  if (typeof port === 'string') throw new Error(`no free port on 127.0.0.1 (${port})`);
  return port;
}

/** Systems choose the ports of outgoing connections, and most free ones that they offer, from above. */
const LOW_PORTS = [15_000, 32_767] as const;

/** The first of so many free ports in a row that no outgoing connection will take before somebody listens there. */
export async function freeLowPort(inARow = 1): Promise<number> {
  for (;;) {
    const first = randomInt(...LOW_PORTS);
    const ports = Array.from({ length: inARow }, (_, ix) => first + ix);
    if ((await Promise.all(ports.map(isPortFree))).every(Boolean)) return first;
  }
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await portProblem(port)) === null;
}

/** Why nobody can listen there: the code of the error, null if one can. */
export async function portProblem(port: number): Promise<string | null> {
  const tried = await tryPort(port);
  return typeof tried === 'number' ? null : tried;
}

/** The port, or the code of the error. */
async function tryPort(wanted: number): Promise<number | string> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    return String(codeOf(error) ?? error);
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 'no address';
}
