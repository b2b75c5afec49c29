import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The path of the Temporal CLI; downloads or builds it when this machine has none. */
export async function findTemporal(): Promise<string> {
  const script = join(__dirname, '..', 'local', 'temporal-binary.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  return stdout.trim();
}
