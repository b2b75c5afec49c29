import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { pino } from 'pino';
import { createApp } from '../api/app';
import { createEngine, type Engine } from '../engine/engine';
import { ACCOUNT } from './environment';
import type { World } from './world';

export const TEMPORAL_UI = 'http://127.0.0.1:8233';
/** Few: whoever has a session has a hundred times as many, and a page needs them. */
const REQUESTS_PER_HOUR = 10;

/** The API of a world as people reach it with a browser; it can go away and come back at the same address. */
export class PageServer {
  static async start(world: World): Promise<PageServer> {
    const engine = createEngine({
      address: world.temporalAddress(),
      namespace: 'default',
      queuePrefix: world.queuePrefix,
      uiUrl: TEMPORAL_UI,
    });
    const server = new PageServer(world, engine);
    await server.comeBack();
    return server;
  }

  private server: Server | null = null;
  private port = 0;

  private constructor(
    private readonly world: World,
    private readonly engine: Engine,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async comeBack(): Promise<void> {
    const { sql } = this.world;
    const config = {
      ...this.world.keys(),
      twilio: ACCOUNT,
      requestsPerHour: REQUESTS_PER_HOUR,
      trustedProxies: 0,
      simulated: true,
      temporalUiUrl: TEMPORAL_UI,
    };
    this.server = createServer(createApp({ sql, engine: this.engine, log: pino({ level: 'silent' }), config }));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the page is served on no port');
    this.port = address.port;
  }

  async goAway(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async stop(): Promise<void> {
    await this.goAway();
    await this.engine.close();
  }
}
