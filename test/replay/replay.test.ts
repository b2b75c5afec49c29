import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bundleWorkflowCode, Runtime, Worker } from '@temporalio/worker';
import { dataConverter, FAILURE_CONVERTER } from '../../engine/data-converter';
import { PATH_NAMES, PATHS, type PathName } from './paths';
import { historyFile, readableText, readHistory, tell } from './recorded-history';

/** Workflows that began under yesterday's code go on under today's: the histories of real runs must replay. */

const QUIET = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

beforeAll(() => {
  Runtime.install({ logger: QUIET, telemetryOptions: { logging: { forward: {}, filter: 'OFF' } } });
});
afterAll(() => Runtime.instance().shutdown());

/** Of every recorded path: the name of the error that its replay came to, null if it replays. */
async function replayAll(workflowsPath: string): Promise<Record<string, string | null>> {
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve(workflowsPath),
    failureConverterPath: FAILURE_CONVERTER,
    logger: QUIET,
  });
  const histories = await Promise.all(
    PATH_NAMES.map(async (workflowId) => ({ workflowId, history: await readHistory(workflowId) })),
  );
  // They were recorded in clear, and have to replay for who encrypts by now.
  const options = { workflowBundle, dataConverter: dataConverter([{ id: 'now', hex: '0a'.repeat(32) }]) };
  const results: Record<string, string | null> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    results[workflowId] = error?.name ?? null;
  return results;
}

function eachPath<T>(value: T): Record<string, T> {
  return Object.fromEntries(PATH_NAMES.map((path) => [path, value]));
}

test('there is a recorded history of each path, and of nothing else', async () => {
  const files = await readdir(dirname(historyFile('any')));
  expect(files.sort()).toEqual(PATH_NAMES.map((path) => `${path}.json`).sort());
});

test.each(PATH_NAMES)('the history of "%s" tells what its name says', async (path: PathName) => {
  const told = tell(await readHistory(path));
  expect(told).toEqual(expect.arrayContaining([...PATHS[path]]));
  expect(told).not.toContain('task failed');
});

test.each(PATH_NAMES)('the history of "%s" names no person, no address and no machine', async (path) => {
  const text = await readableText(path);
  expect(text.match(/@|\+\d{7}|\d{3}-?555-?01\d\d|Nora|node_modules|127\.0\.0\.1/g)).toBeNull();
});

test('every recorded history replays with the workflow as it is (INV-18, N-15)', async () => {
  expect(await replayAll('../../workflows')).toEqual(eachPath(null));
});

test('every recorded history is refused by a workflow with one timer more', async () => {
  expect(await replayAll('./changed-workflow')).toEqual(eachPath('DeterminismViolationError'));
});
