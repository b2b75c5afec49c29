import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { codeOf } from '../local/error-code';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Loss {
  readonly path: string;
  readonly happened: (port: number) => void;
}

/** What stands before several APIs: each request goes to the next of them, and to another if nobody listens there. */
export class Balancer {
  static async start(): Promise<Balancer> {
    const balancer = new Balancer();
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    return balancer;
  }

  /** How many requests each port has answered. */
  readonly answered = new Map<number, number>();
  private readonly underWay = new Map<number, number>();
  private readonly server: Server = createServer((asked, answer) => void this.carry(asked, answer));
  /** A connection for each request, as nobody knows how long the other side lives. */
  private readonly agent = new Agent({ keepAlive: false });
  private ports: number[] = [];
  private turn = 0;
  private loss: Loss | null = null;

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the balancer listens on no port');
    return `http://127.0.0.1:${address.port}`;
  }

  add(port: number): void {
    this.ports = [...this.ports, port];
  }

  remove(port: number): void {
    this.ports = this.ports.filter((other) => other !== port);
  }

  /**
   * Lets a request to this path be carried out, breaks off before its answer and sends nobody there any more; tells the
   * port. It waits for one that is alone there: what else is under way at an API that dies may be lost before it is done.
   */
  loseAnswer(path: string): Promise<number> {
    return new Promise((happened) => {
      this.loss = { path, happened };
    });
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
    await once(this.server, 'close');
  }

  private async carry(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bodyOf(asked);
    for (const port of this.inTurn()) {
      const given = await this.ask(port, asked, body);
      if (given === 'refused') continue;
      if (given === 'broken' || this.isLost(asked, port)) return void answer.destroy();
      this.answered.set(port, (this.answered.get(port) ?? 0) + 1);
      return void answer.writeHead(given.status, given.headers).end(given.body);
    }
    answer.writeHead(503).end();
  }

  private inTurn(): number[] {
    const first = this.turn++ % Math.max(1, this.ports.length);
    return [...this.ports.slice(first), ...this.ports.slice(0, first)];
  }

  private isLost({ url = '' }: IncomingMessage, port: number): boolean {
    const { loss } = this;
    if (loss === null || !url.startsWith(loss.path) || this.underWayAt(port) > 0) return false;
    this.loss = null;
    this.remove(port);
    loss.happened(port);
    return true;
  }

  private underWayAt(port: number): number {
    return this.underWay.get(port) ?? 0;
  }

  /** Refused = nothing was said, so another may be asked; broken = nobody knows what was done. */
  private async ask(port: number, asked: IncomingMessage, body: Buffer): Promise<Answer | 'refused' | 'broken'> {
    const { method, url: path, headers } = asked;
    this.underWay.set(port, this.underWayAt(port) + 1);
    try {
      const carried = request({ host: '127.0.0.1', port, method, path, headers, agent: this.agent });
      carried.end(body);
      // Proof: a request emits `response` with the message alone.
      const [given] = (await once(carried, 'response')) as [IncomingMessage];
      return { status: given.statusCode ?? 502, headers: given.headers, body: await bodyOf(given) };
    } catch (error) {
      return codeOf(error) === 'ECONNREFUSED' ? 'refused' : 'broken';
    } finally {
      this.underWay.set(port, this.underWayAt(port) - 1);
    }
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
