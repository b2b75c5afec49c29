// `npm run build`: dist/ with the compiled program, its migrations and the workflow bundle.

import { ensureBuilt } from './prepare.mjs';

await ensureBuilt();
