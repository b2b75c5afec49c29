import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';
import { setClock } from '../../db/clock';
import { fromIso } from '../../domain/instant';
import { startTemporal, type TemporalServer } from '../../local/temporal-server';
import { DEFAULT_TIMINGS } from '../../simulator/settings';
import { connectTemporal, type Temporal } from '../history';
import { World } from '../world';
import { PATH_NAMES, PATHS, type PathName } from './paths';
import { historyFile, readHistory, tell } from './recorded-history';
import { STORIES } from './stories';

/** `npm run record-histories`: lives on the real engine every path that has no history yet, and keeps it. Never part of a test run. */

const MONDAY_MORNING = '2027-03-01T14:30:00Z';
const TUESDAY_MORNING = '2027-03-02T14:30:00Z';
/** A business hour in five seconds. */
const SPEED = 720;
/** Only one story comes near it, by being woken again and again. */
const SUGGESTED_EVENTS = 100;
/** One after the other when the rest is over: while somebody waits for a line nobody else gets one at once, and workers are everybody's. */
const ALONE: readonly PathName[] = ['queued-for-a-line', 'reply-and-handoff-at-once', 'note-and-call-at-once'];

let server: TemporalServer;
let world: World;
let temporal: Temporal;
beforeAll(async () => {
  server = await startTemporal({
    binary: process.env['TEST_TEMPORAL_BINARY'] ?? '',
    settings: [`limit.historyCount.suggestContinueAsNew=${SUGGESTED_EVENTS}`],
  });
  world = await World.create({ temporalAddress: server.address, simulator: { timings: DEFAULT_TIMINGS } });
  temporal = await connectTemporal(server.address);
});
afterAll(async () => {
  await temporal.close();
  await world.stop();
  await server.stop();
});

test('every path is lived and its history kept', async () => {
  await setClock(world.sql, fromIso(MONDAY_MORNING), SPEED);
  const missing = PATH_NAMES.filter((path) => !existsSync(historyFile(path)));
  const together = await Promise.allSettled(missing.filter((path) => !ALONE.includes(path)).map(record));
  const failures = together.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
  await setClock(world.sql, fromIso(TUESDAY_MORNING), SPEED);
  for (const path of ALONE) if (missing.includes(path)) await record(path);
});

async function record(path: PathName): Promise<void> {
  const n = PATH_NAMES.indexOf(path);
  const phone = `+1212555${String(110 + n).padStart(4, '0')}`;
  try {
    await keep(path, await STORIES[path]({ world, temporal, phone, caseId: String(90_000 + n) }));
    expect(tell(await readHistory(path))).toEqual(expect.arrayContaining([...PATHS[path]]));
  } catch (error) {
    throw new Error(`the path "${path}" was not recorded: ${String(error)}`, { cause: error });
  }
}

async function keep(path: PathName, workflow: WorkflowHandle): Promise<void> {
  // Proof: this is what the function is for, a history as JSON with its list of events.
  const { events } = JSON.parse(historyToJSON(await workflow.fetchHistory())) as { events: object[] };
  const lines = events.map((event) => JSON.stringify(event, withoutTraces));
  await writeFile(historyFile(path), `{"events":[\n${lines.join(',\n')}\n]}\n`);
}

const TRACES = ['identity', 'stackTrace', 'workerVersion'];

/** Who recorded it, and where, is nobody's business. A sticky queue is named after its process and machine. */
function withoutTraces(this: unknown, key: string, value: unknown): unknown {
  if (TRACES.includes(key)) return undefined;
  const isSticky = key === 'name' && Reflect.get(Object(this), 'kind') === 'TASK_QUEUE_KIND_STICKY';
  return isSticky ? 'sticky' : value;
}
