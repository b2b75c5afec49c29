import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { FAILURE_CONVERTER } from '../engine/data-converter';

/** Builds the workflow code once, at build time: `node dist/workers/build-bundle.js [file]`. */
async function build(file: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows'),
    failureConverterPath: FAILURE_CONVERTER,
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
}

void build(process.argv[2] ?? join(__dirname, '..', 'workflow-bundle.js'));
