// `npm run bench`: gets what is missing on this machine, then hands over to the compiled program in this same process.

import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, ROOT } from '../local/prepare.mjs';
import { findTemporal } from '../local/temporal-binary.mjs';
import { findTemporalServer } from '../local/temporal-server-binaries.mjs';

try {
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
  const { readOptions } = await import('../dist/bench/options.js');
  const options = readOptions(process.argv.slice(2));
  if (options !== 'help' && options.needsServers) await findServer(options.engine);
} catch (error) {
  console.error(error.message);
  process.exit(error.name === 'OptionError' ? 2 : 1);
}
await import('../dist/bench/main.js');

async function findServer(engine) {
  process.env['TEMPORAL_BINARY'] = await findTemporal();
  if (engine === 'memory') return;
  try {
    process.env['TEMPORAL_SERVER_BINARIES'] = await findTemporalServer();
  } catch (error) {
    throw new Error(`${error.message}\nWithout it only "npm run bench -- --engine memory" can be measured here.`);
  }
  // What sets that server up looks for docker/ beside the folder that it lies in, which here is below dist/.
  const link = join(ROOT, 'dist', 'docker');
  await symlink(join(ROOT, 'docker'), link, 'junction').catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
