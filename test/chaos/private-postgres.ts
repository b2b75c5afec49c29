import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSql } from '../../db/client';
import { migrate } from '../../db/migrate';
import { freePort } from '../../local/port';
import { type Postgres, startPostgres } from '../../local/postgres';

const START_TRIES = 5;
const TRY_AGAIN_MS = 300;

/** A PostgreSQL of a test's own that keeps what it has committed; its address stays the same over every crash. */
export class PrivatePostgres {
  static async start(): Promise<PrivatePostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'followthrough-chaos-'));
    // PostgreSQL does not run as root, so its folder must be reachable for others.
    await chmod(folder, 0o711);
    const options = { dataDir: join(folder, 'postgres'), port: await freePort(), durable: true };
    const server = await startPostgres(options);
    const sql = createSql(server.url, { max: 1 });
    await migrate(sql);
    await sql.end();
    return new PrivatePostgres(folder, options, server);
  }

  private constructor(
    readonly folder: string,
    private readonly options: { dataDir: string; port: number; durable: boolean },
    private server: Postgres,
  ) {}

  get url(): string {
    return this.server.url;
  }

  /** As `pg_ctl restart -m immediate`: every connection is cut, nothing is written down, and the log is replayed. */
  async crash(downMs: number): Promise<void> {
    process.kill(this.server.pid, 'SIGQUIT');
    await this.server.exited;
    await delay(downMs);
    for (let tries = 1; ; tries++) {
      try {
        this.server = await startPostgres(this.options);
        return;
      } catch (error) {
        if (tries === START_TRIES) throw error;
        await delay(TRY_AGAIN_MS);
      }
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
