import { type Request, type Response, Router } from 'express';
import { authenticate, requireRole } from './authenticate';
import { readBody } from './body';
import type { ApiDeps } from './deps';
import { once, requestKeyOf } from './once';
import type { Answer, Route } from './route';

/** A router for the routes: each request is let in, read, checked, carried out (a POST once per Idempotency-Key) and answered. */
export function mountRoutes({ sql }: Pick<ApiDeps, 'sql'>, routes: readonly Route[]): Router {
  const router = Router();
  for (const route of routes) {
    router[route.method](route.path, async (request, response) => {
      const caller = await authenticate(sql, request);
      requireRole(caller, route.role);
      await readBody(route.bodyKind, request, response);
      const carryOut = route.prepare(request);
      const run = () => carryOut({ caller, requestKey: requestKeyOf(request, caller) });
      send(response, route.method === 'post' ? await once(sql, request, caller, run) : await run(), request);
    });
  }
  return router;
}

function send(response: Response, answer: Answer, request: Request): void {
  if (answer.location !== undefined) response.location(`${request.baseUrl}${answer.location}`);
  if (answer.replayed === true) response.setHeader('Idempotent-Replayed', 'true');
  if (answer.body === undefined) response.status(answer.status).end();
  else response.status(answer.status).json(answer.body);
}
