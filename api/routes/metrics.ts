import { Router } from 'express';
import type { Metrics } from '../../operations/metrics';
import { apiKeyOf } from '../authenticate';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';

const BEARER = /^Bearer +(\S+)$/i;

/**
 * GET /metrics: the figures of this process and of the installation. They say how the business goes, so they need an API key here;
 * METRICS_PORT serves them without one to those who can reach it. A key that is limited to some scopes opens nothing here.
 */
export function metricsRouter({ sql }: Pick<ApiDeps, 'sql'>, metrics: Metrics): Router {
  const router = Router();
  router.get('/metrics', async (request, response) => {
    const presented = BEARER.exec(request.get('authorization') ?? '')?.[1];
    if (presented === undefined) throw new ApiError('unauthorized', 'send an API key as "Authorization: Bearer <key>"');
    const key = await apiKeyOf(sql, presented);
    if (key === null) throw new ApiError('unauthorized', 'this API key is not known');
    if (key.scopes !== null)
      throw new ApiError('forbidden', 'this key is limited to some scopes; /metrics is none of them');
    if (key.caseTypes !== null)
      throw new ApiError('forbidden', 'this key is limited to case types; /metrics is about all of them');
    response.setHeader('cache-control', 'no-store');
    response.type(metrics.contentType).send(await metrics.text());
  });
  return router;
}
