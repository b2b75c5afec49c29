import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createEngine } from '../../engine/engine';
import { environmentFile, readCompose } from '../compose';
import { sharedTemporal } from '../temporal';
import { until } from '../until';

/** The job that docker-compose.yml runs before anything of ours, on a server that has never seen its namespace. */

const ROOT = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const run = promisify(execFile);

jest.setTimeout(120_000);

function jobEnvironment(): Record<string, string> {
  const blanks = environmentFile(read('.env.example'));
  const filled = Object.fromEntries(Object.entries(blanks).map(([name, value]) => [name, value === '' ? 'x' : value]));
  return readCompose(read('docker-compose.yml'), filled).services['temporal-namespace']?.environment ?? {};
}

test('the namespace job makes a namespace that our workflows can live in, and can be repeated', async () => {
  const { address } = sharedTemporal();
  const namespace = `job-${randomBytes(4).toString('hex')}`;
  const tools = dirname(process.env['TEST_TEMPORAL_BINARY'] ?? '');
  const env = {
    ...jobEnvironment(),
    PATH: `${tools}${delimiter}${process.env['PATH']}`,
    HOME: tmpdir(),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
  const job = () => run('/bin/sh', [join(ROOT, 'docker', 'temporal', 'namespace.sh')], { env });
  expect((await job()).stdout).toContain(`the namespace ${namespace} is ready`);
  expect((await job()).stdout).toContain(`the namespace ${namespace} is ready`);

  const { stdout } = await run('temporal', ['operator', 'namespace', 'describe', '--namespace', namespace], { env });
  expect(stdout).toMatch(/WorkflowExecutionRetentionTtl\s+720h0m0s/);
  const engine = createEngine({ address, namespace, queuePrefix: 'nobody/', uiUrl: null });
  try {
    expect(await engine.namespaceId()).not.toBe('');
    const row = { enrollmentId: randomUUID(), campaignId: randomUUID(), contactId: randomUUID() };
    // A server refuses a workflow with a search attribute that it doesn't know; it learns of new ones a little later.
    await until('a workflow is taken with its search attributes', async () => {
      await engine.start(row);
      return true;
    });
  } finally {
    await engine.close();
  }
});
