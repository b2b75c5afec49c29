import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './error-code';

/** Makes the folder unless it is there; throws with what to do when nothing can be kept in it. */
export async function writableFolder(folder: string, chosenBy: '--folder' | 'SERVE_FOLDER'): Promise<void> {
  const probe = join(folder, `.probe.${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    const why = String(codeOf(cause) ?? cause);
    const advice = `make it writable, or choose another with ${chosenBy}`;
    throw new Error(`Nothing can be written to ${folder} (${why}): ${advice}.`, { cause });
  }
}
