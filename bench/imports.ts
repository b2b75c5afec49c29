import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { importCsv } from './people';
import type { Product } from './product';
import type { Tell } from './report';

/** One large file through the API and the workers: how fast it is taken in, and how much memory that takes. */
export interface ImportsResult {
  readonly rows: number;
  readonly megabytes: number;
  readonly uploadSeconds: number;
  readonly rowsPerSecond: number;
  /** The most that was resident since the process began; null where there is no /proc. */
  readonly apiPeakMb: number | null;
  readonly workerPeakMb: number | null;
}

interface ImportDocument {
  readonly id: string;
  readonly status: string;
  readonly rows: number;
  readonly failure: string | null;
  readonly counts: { readonly created: number };
}

const LOOK_EVERY_MS = 1_000;
const SAY_EVERY = 100_000;
const MB = 1024 * 1024;

export async function measureImports(product: Product, rows: number, say: Tell): Promise<ImportsResult> {
  const { api, pids } = product;
  const file = importCsv(rows);
  const sentMs = performance.now();
  const path = '/v1/imports?newList=One%20large%20file&caseType=injury';
  const { id } = await api.upload<ImportDocument>(path, 'text/csv', file);
  const uploadSeconds = (performance.now() - sentMs) / 1000;
  const startedMs = performance.now();
  await api.send('POST', `/v1/imports/${id}/start`);
  let told = SAY_EVERY;
  let state = await api.get<ImportDocument>(`/v1/imports/${id}`);
  while (state.status === 'running') {
    await delay(LOOK_EVERY_MS);
    state = await api.get<ImportDocument>(`/v1/imports/${id}`);
    if (state.rows < told) continue;
    const seconds = (performance.now() - startedMs) / 1000;
    say(`  ${state.rows} rows, ${Math.round(state.rows / seconds)} rows/s`);
    told += SAY_EVERY;
  }
  const seconds = (performance.now() - startedMs) / 1000;
  if (state.status !== 'done' || state.counts.created !== rows)
    throw new Error(`the import is ${state.status} with ${state.counts.created} of ${rows}: ${state.failure ?? ''}`);
  return {
    rows,
    megabytes: Buffer.byteLength(file) / MB,
    uploadSeconds,
    rowsPerSecond: rows / seconds,
    apiPeakMb: await peakOf(pids.API),
    workerPeakMb: await peakOf(pids.bulk),
  };
}

async function peakOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}
