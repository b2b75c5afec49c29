// `npm run load`: gets what is missing on this machine, then hands over to the compiled program in this same process.

import { ensureBuilt, ensureInstalled, requireNode } from '../local/prepare.mjs';
import { prepareServer } from './prepare-server.mjs';

try {
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
  const { readLoadOptions } = await import('../dist/bench/under-load/options.js');
  const options = readLoadOptions(process.argv.slice(2));
  if (options !== 'help') await prepareServer(options.engine, 'npm run load');
} catch (error) {
  console.error(error.message);
  process.exit(error.name === 'OptionError' ? 2 : 1);
}
await import('../dist/bench/load-main.js');
