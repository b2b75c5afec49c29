import { randomUUID } from 'node:crypto';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { ApiDeps } from './deps';
import { mountRoutes } from './mount';
import { problemHandler, REQUEST_ID, unknownRoute } from './problem-handler';
import { auditRoutes } from './routes/audits';
import { campaignRoutes } from './routes/campaigns';
import { contactRoutes } from './routes/contacts';
import { enrollmentRoutes } from './routes/enrollments';
import { factRoutes } from './routes/facts';
import { handoffRoutes } from './routes/handoffs';
import { healthRouter } from './routes/health';
import { home } from './routes/home';
import { listRoutes } from './routes/lists';
import { orderRoutes } from './routes/orders';
import { ruleRoutes } from './routes/rules';
import { settingsRoutes } from './routes/settings';
import { unsubscribeRouter } from './routes/unsubscribe';
import { twilioRouter } from './webhooks/twilio';

/** Everything that is answered over HTTP. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.use(requestId, accessLog(deps.log), securityHeaders());
  app.get('/', home);
  app.use(healthRouter(deps));
  app.use('/webhooks/twilio', twilioRouter(deps));
  app.use(unsubscribeRouter(deps));
  app.use(
    '/v1',
    mountRoutes(deps, [
      ...settingsRoutes(deps),
      ...listRoutes(deps),
      ...contactRoutes(deps),
      ...campaignRoutes(deps),
      ...ruleRoutes(deps),
      ...enrollmentRoutes(deps),
      ...orderRoutes(deps),
      ...factRoutes(deps),
      ...handoffRoutes(deps),
      ...auditRoutes(deps),
    ]),
  );
  app.use(unknownRoute);
  app.use(problemHandler(deps.log));
  return app;
}

const requestId: RequestHandler = (_request, response, next) => {
  response.setHeader(REQUEST_ID, randomUUID());
  next();
};

/** The pattern of the route and not the path: links carry secrets, searches carry names. */
function accessLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    response.on('finish', () => {
      const route = request.route === undefined ? null : `${request.baseUrl}${String(request.route.path)}`;
      const ms = Math.round(performance.now() - startedMs);
      log.debug(
        { method: request.method, route, status: response.statusCode, ms, requestId: response.getHeader(REQUEST_ID) },
        'answered',
      );
    });
    next();
  };
}

/** Pages must also work where nobody has set up TLS, as on one's own machine. */
function securityHeaders(): RequestHandler {
  return helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
}
