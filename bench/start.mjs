// `npm run bench`: gets what is missing on this machine, then hands over to the compiled program in this same process.

import { ensureBuilt, ensureInstalled, requireNode } from '../local/prepare.mjs';
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
}
