// `npm run bench`: gets what is missing on this machine, then hands over to the compiled program in this same process.

import { ensureBuilt, ensureInstalled, requireNode } from '../local/prepare.mjs';
import { prepareServer } from './prepare-server.mjs';

try {
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
  const { readOptions } = await import('../dist/bench/options.js');
  const options = readOptions(process.argv.slice(2));
  if (options !== 'help' && options.needsServers) await prepareServer(options.engine, 'npm run bench');
} catch (error) {
  console.error(error.message);
  process.exit(error.name === 'OptionError' ? 2 : 1);
}
await import('../dist/bench/main.js');
