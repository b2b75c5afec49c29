// `npm run bench:lists`: gets what is missing on this machine, then hands over to the compiled program in this same process.

import { ensureBuilt, ensureInstalled, requireNode } from '../local/prepare.mjs';

try {
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
await import('../dist/bench/lists-main.js');
