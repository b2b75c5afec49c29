import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { OptionError } from './options';
import { freePort, isPortFree } from './port';
import { refuseTakenPorts } from './taken-ports';

describe('a port in use', () => {
  let blocker: Server;
  let taken: number;

  beforeAll(async () => {
    taken = await freePort();
    blocker = createServer().listen(taken, '127.0.0.1');
    await once(blocker, 'listening');
  });
  afterAll(() => void blocker.close());

  it('is not free', async () => {
    expect(await isPortFree(taken)).toBe(false);
    expect(await isPortFree(await freePort())).toBe(true);
  });

  it('is named with its option before anything is started', async () => {
    const refusal = refuseTakenPorts({ '--port': await freePort(), '--ui-port': taken });
    await expect(refusal).rejects.toThrow(OptionError);
    await expect(refusal).rejects.toThrow(
      `Port ${taken} is in use. Stop what listens there (perhaps another \`npm start\`), or choose another with \`npm start -- --ui-port N\`.`,
    );
  });

  it('is the only ground for a refusal', async () => {
    await refuseTakenPorts({ '--port': await freePort() });
  });
});
