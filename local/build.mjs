// `npm run build`: dist/ with the compiled program, its migrations, the workflow bundle and the page.
// `npm run build -- page`: the page alone.

import { ensureBuilt, ensurePageBuilt } from './prepare.mjs';

await (process.argv[2] === 'page' ? ensurePageBuilt() : ensureBuilt());
