import { Router } from 'express';
import { isReady } from '../../db/readiness';
import type { ApiDeps } from '../deps';

/**
 * GET /healthz: the process answers
 * GET /readyz: so does its database, and every migration was applied. Temporal may be down: facts are taken all the same.
 */
export function healthRouter({ sql }: Pick<ApiDeps, 'sql'>): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const ready = await isReady(sql).catch(() => false);
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
  });
  return router;
}
