import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './folder-owner';

const END_WITHIN_MS = 10_000;

/** Ends the server that a killed process of ours left running on this folder, and clears its mark away. */
export async function endLeftover(dataDir: string): Promise<void> {
  const mark = join(dataDir, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(mark, 'utf8').catch(() => ''), 10);
  if (!Number.isSafeInteger(pid)) return;
  if (isServerOf(pid, dataDir)) {
    process.kill(pid, 'SIGINT');
    if (!(await ends(pid, dataDir))) {
      process.kill(pid, 'SIGQUIT');
      if (!(await ends(pid, dataDir))) throw new Error(`PostgreSQL ${pid} on ${dataDir} does not end: kill it by hand`);
    }
  }
  await rm(mark, { force: true });
}

/** Process ids are given out again, so the command must name this very folder; a zombie has no command. */
function isServerOf(pid: number, dataDir: string): boolean {
  return isAlive(pid) && commandOf(pid).includes(dataDir);
}

function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

async function ends(pid: number, dataDir: string): Promise<boolean> {
  for (const giveUpAt = Date.now() + END_WITHIN_MS; Date.now() < giveUpAt; await delay(20)) {
    if (!isServerOf(pid, dataDir)) return true;
  }
  return false;
}
