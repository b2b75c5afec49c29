import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { promisify } from 'node:util';
import { BUILT, build } from '../test/build';
import { createTestDatabase } from '../test/database';

/** The server's word that a statement may be sent. */
const READY_FOR_QUERY = Buffer.from('5a0000000549', 'hex');

/** A way to the database that breaks off the first connection when it is open and has been asked the first thing. */
async function startsBadly(databaseUrl: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const target = new URL(databaseUrl);
  const port = Number(target.port);
  let isFirst = true;
  const proxy = createServer((client) => {
    const server = connect(port, target.hostname);
    const breaks = isFirst;
    isFirst = false;
    let isOpen = false;
    server.on('data', (data: Buffer) => {
      isOpen ||= data.includes(READY_FOR_QUERY);
      client.write(data);
    });
    client.on('data', (data: Buffer) => {
      if (breaks && isOpen) client.destroy();
      else server.write(data);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  // A server that listens on TCP has an address of this kind.
  target.port = String((proxy.address() as AddressInfo).port);
  return {
    url: target.href,
    stop: async () => {
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

/** In a process of its own: what nobody handles there would end it. */
const PROGRAM = `
  const { createSql, inTransaction } = require(process.argv[1] + '/db/client.js');
  const { surviveLostConnections } = require(process.argv[1] + '/db/lost-connection.js');
  const told = [];
  if (process.argv[3] === 'survives') surviveLostConnections((error) => told.push(error.code));
  const sql = createSql(process.argv[2], { max: 1, waitMs: 1500 });
  const one = () => inTransaction(sql, async (tx) => (await tx\`select 1 as one\`)[0].one).catch((error) => error.code);
  one().then(async (first) => {
    console.log(JSON.stringify({ first, second: await one(), told }));
    await sql.end();
  });
`;

test('a server that goes away while a connection is being opened costs nothing but a word in the log', async () => {
  await build();
  const database = await createTestDatabase({ max: 1 });
  const run = async (how: string) => {
    const { url, stop } = await startsBadly(database.url);
    try {
      return await promisify(execFile)(process.execPath, ['-e', PROGRAM, BUILT, url, how]);
    } finally {
      await stop();
    }
  };
  const { stdout } = await run('survives');
  expect(JSON.parse(stdout)).toEqual({ first: 1, second: 1, told: ['CONNECTION_CLOSED'] });
  // The reason why entry points have to survive it.
  await expect(run('does not')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('CONNECTION_CLOSED'),
  });
  await database.drop();
});
