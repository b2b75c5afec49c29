import { readdir, readFile } from 'node:fs/promises';

/** What processes have used, as Linux tells it under /proc. Elsewhere nothing is known, and the figures stay empty. */

export interface ProcessUse {
  /** User and system time of the process and its children, those included that are gone. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

interface Stat {
  readonly pid: number;
  readonly parentPid: number;
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** USER_HZ and the page size are these on every Linux that Node runs on, but for exotic builds. */
const TICK_MS = 10;
const PAGE_BYTES = 4_096;
/** Fields of /proc/<pid>/stat behind the name in brackets, which may itself hold spaces and brackets. */
const PARENT = 1;
const TIMES = [11, 12, 13, 14] as const;
const RESIDENT_PAGES = 21;

/** Null for a text that is no such line. */
export function readStat(text: string): Stat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = text
    .slice(close + 1)
    .trim()
    .split(' ')
    .map(Number);
  const field = (at: number) => fields[at] ?? Number.NaN;
  const stat = {
    pid: Number(text.slice(0, open)),
    parentPid: field(PARENT),
    cpuMs: TIMES.reduce((sum, at) => sum + field(at), 0) * TICK_MS,
    residentBytes: field(RESIDENT_PAGES) * PAGE_BYTES,
  };
  return Object.values(stat).every(Number.isFinite) ? stat : null;
}

/** Of a process and all that it started. Null where there is no /proc or no such process. */
export async function useOf(pid: number): Promise<ProcessUse | null> {
  const all = await allStats();
  const own = all.find((stat) => stat.pid === pid);
  if (own === undefined) return null;
  const tree = [own];
  for (const parent of tree) tree.push(...all.filter(({ parentPid }) => parentPid === parent.pid));
  return {
    cpuMs: tree.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    residentBytes: tree.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
  };
}

async function allStats(): Promise<Stat[]> {
  const names = await readdir('/proc').catch(() => []);
  const texts = await Promise.all(
    // A process may be gone by now.
    names.filter((name) => /^\d+$/.test(name)).map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')),
  );
  return texts.flatMap((text) => readStat(text) ?? []);
}

export type Meters = Readonly<Record<string, number>>;

/** CPU milliseconds of each named process from now until it is asked. */
export async function startMeter(pids: Meters): Promise<() => Promise<Meters>> {
  const before = await cpuOf(pids);
  return async () => {
    const after = await cpuOf(pids);
    return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? ms)]));
  };
}

async function cpuOf(pids: Meters): Promise<Record<string, number>> {
  const uses = await Promise.all(Object.entries(pids).map(async ([name, pid]) => [name, await useOf(pid)] as const));
  return Object.fromEntries(uses.flatMap(([name, use]) => (use === null ? [] : [[name, use.cpuMs]])));
}
