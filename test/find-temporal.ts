import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const LOCAL = join(__dirname, '..', 'local');

/** The path of the Temporal CLI; downloads or builds it when this machine has none. */
export async function findTemporal(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(LOCAL, 'temporal-binary.mjs')]);
  return stdout.trim();
}

/**
 * The folder of the server that runs on PostgreSQL; builds it when this machine has none. Null, said aloud, if that can't be
 * done. It blocks, because jest wants to know at once which tests there are.
 */
export function findTemporalServer(): string | null {
  try {
    const stdio: ('ignore' | 'pipe' | 'inherit')[] = ['ignore', 'pipe', 'inherit'];
    const script = join(LOCAL, 'temporal-server-binaries.mjs');
    return execFileSync(process.execPath, [script], { encoding: 'utf8', stdio }).trim();
  } catch {
    process.stderr.write(
      '\n*** SKIPPED, for want of the Temporal server: the topology of production is not tested ***\n\n',
    );
    return null;
  }
}
