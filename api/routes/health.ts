import { Router } from 'express';
import { readinessAnswer } from '../../operations/server';
import type { Readiness } from '../../operations/readiness';

/**
 * GET /healthz: the process answers
 * GET /readyz: so does what it leans on, part by part. Without Temporal the API is ready all the same: facts are taken, and a STOP is obeyed.
 */
export function healthRouter(readiness: () => Promise<Readiness>): Router {
  const router = Router();
  router.use(['/healthz', '/readyz'], (_request, response, next) => {
    response.setHeader('cache-control', 'no-store');
    next();
  });
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const { status, body } = readinessAnswer(await readiness());
    response.status(status).json(body);
  });
  return router;
}
