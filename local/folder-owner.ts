import { readFileSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { codeOf } from './error-code';

/** Places in what follows the name in /proc/<pid>/stat: fields 3 and 22 of proc(5). */
const STATE = 0;
const STARTED = 19;

/**
 * Takes a data folder for this process, so that two of us never run servers on the same files.
 * The mark of a process that is gone is taken over. Answers the function that gives the folder back.
 */
export async function ownFolder(folder: string): Promise<() => Promise<void>> {
  const mark = `${folder}.owner`;
  while (!(await setMark(mark))) {
    const owner = await readFile(mark, 'utf8').catch(() => '');
    const pid = Number.parseInt(owner, 10);
    if (isAlive(pid) && identity(pid) === owner) {
      throw new Error(`${folder} is in use by process ${pid}: stop that one first, or use another folder`);
    }
    await rm(mark, { force: true });
  }
  return () => rm(mark, { force: true });
}

/** A link appears with its content, so nobody ever reads a mark without an owner. */
async function setMark(mark: string): Promise<boolean> {
  const mine = `${mark}.${process.pid}`;
  await writeFile(mine, identity(process.pid), { mode: 0o600 });
  try {
    await link(mine, mark);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

/** A zombie, which nobody has buried yet, counts as gone. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return statusOf(pid)[STATE] !== 'Z';
}

/** The process id and, where the system tells it, when that process began: ids are given out again. */
function identity(pid: number): string {
  return `${pid} ${statusOf(pid)[STARTED] ?? ''}`;
}

function statusOf(pid: number): string[] {
  try {
    // The name itself may hold spaces and brackets.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}
