import type { RequestHandler } from 'express';
import type { Metrics } from '../operations/metrics';
import { routeOf } from './route-pattern';

/** Counts and times every answer. */
export function measure(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    response.on('finish', () => {
      metrics.answered({
        method: request.method,
        route: routeOf(request) ?? 'none',
        status: response.statusCode,
        seconds: (performance.now() - startedMs) / 1000,
      });
    });
    next();
  };
}
