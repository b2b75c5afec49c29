// `npm start` and, with the word before all options, `npm run serve`: gets what is missing on this machine, then hands
// over to the compiled program in this same process.

import { ensureBuilt, ensureInstalled, requireNode } from './prepare.mjs';
import { findTemporal } from './temporal-binary.mjs';

try {
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
  if (!process.env['TEMPORAL_ADDRESS']) process.env['TEMPORAL_BINARY'] = await findTemporal();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (process.argv[2] === 'serve') await import('../dist/local/serve.js');
else await import('../dist/local/main.js');
