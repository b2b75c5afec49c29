import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every name of ours begins with it. */
export const PREFIX = 'followthrough_';
const REQUEST_SECONDS = [0.01, 0.05, 0.1, 0.25, 1, 2.5, 10];

export interface Request {
  readonly method: string;
  /** The pattern, never the path: paths hold ids and secrets, and there is no end to them. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** More text to be served with ours, asked for at every scrape. */
export type Source = () => Promise<string>;

/** What one process tells Prometheus. */
export class Metrics {
  readonly registry = new Registry();
  private readonly before: (() => Promise<void>)[] = [];
  private readonly sources: Source[] = [];
  private readonly requests = new Counter({
    name: `${PREFIX}http_requests_total`,
    help: 'Answered HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });
  private readonly requestSeconds = new Histogram({
    name: `${PREFIX}http_request_duration_seconds`,
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route'],
    buckets: REQUEST_SECONDS,
    registers: [this.registry],
  });

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Memory, CPU, event loop, open files. It watches garbage collection from then on, so it belongs to programs, not to tests. */
  watchProcess(): this {
    collectDefaultMetrics({ register: this.registry });
    return this;
  }

  gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({ name: `${PREFIX}${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return new Counter({ name: `${PREFIX}${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  /** Called before every scrape. It must not throw and decides itself how often it works. */
  beforeScrape(refresh: () => Promise<void>): void {
    this.before.push(refresh);
  }

  addSource(source: Source): void {
    this.sources.push(source);
  }

  answered({ method, route, status, seconds }: Request): void {
    this.requests.inc({ method, route, status: String(status) });
    this.requestSeconds.observe({ method, route }, seconds);
  }

  async text(): Promise<string> {
    await Promise.all(this.before.map((refresh) => refresh()));
    const texts = await Promise.all([
      this.registry.metrics(),
      ...this.sources.map((source) => source().catch(() => '')),
    ]);
    return texts.filter((text) => text !== '').join('\n');
  }
}
