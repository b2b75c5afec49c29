import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..');

/** The compiled program, for tests that start it in a process of its own. */
export const BUILT = join(ROOT, 'dist');

/** Compiles what changed since the last build. */
export async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'local', 'build.mjs')]);
}
