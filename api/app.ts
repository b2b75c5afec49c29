import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { ApiDeps } from './deps';
import { docsRouter } from './docs';
import { measure } from './measure';
import { mountRoutes } from './mount';
import { problemHandler, REQUEST_ID, unknownRoute } from './problem-handler';
import { requestId } from './request-id';
import type { Route } from './route';
import { routeOf } from './route-pattern';
import { agentRoutes } from './routes/agents';
import { apiKeyRoutes } from './routes/api-keys';
import { attributeRoutes } from './routes/attributes';
import { auditRoutes } from './routes/audits';
import { calendarDayRoutes } from './routes/calendar-days';
import { campaignCopyRoutes } from './routes/campaign-copies';
import { callerNumberRoutes } from './routes/caller-numbers';
import { campaignContactRoutes } from './routes/campaign-contacts';
import { campaignRoutes } from './routes/campaigns';
import { caseRoutes } from './routes/cases';
import { changeRoutes } from './routes/changes';
import { clockRoutes } from './routes/clock';
import { codecRouter } from './routes/codec';
import { commitmentRoutes } from './routes/commitments';
import { connectionRoutes } from './routes/connections';
import { crmMappingRoutes } from './routes/crm-mappings';
import { consentRoutes } from './routes/consents';
import { contactAddressRoutes } from './routes/contact-addresses';
import { contactOperationRoutes } from './routes/contact-operations';
import { contactRoutes } from './routes/contacts';
import { draftRoutes } from './routes/drafts';
import { defaultHoursRoutes } from './routes/default-hours';
import { enrichmentRoutes } from './routes/enrichments';
import { enrollmentRoutes } from './routes/enrollments';
import { exportRoutes } from './routes/exports';
import { importRoutes } from './routes/imports';
import { erasureRoutes } from './routes/erasures';
import { factRoutes } from './routes/facts';
import { feedRoutes } from './routes/feeds';
import { formRoutes } from './routes/forms';
import { forecastRoutes } from './routes/forecasts';
import { reportRoutes } from './routes/reports';
import { handoffRoutes } from './routes/handoffs';
import { healthRouter } from './routes/health';
import { legalRuleRoutes } from './routes/legal-rules';
import { listMemberRoutes } from './routes/list-members';
import { listRoutes } from './routes/lists';
import { metricsRouter } from './routes/metrics';
import { numberCheckRoutes } from './routes/number-checks';
import { optOutRoutes } from './routes/opt-outs';
import { newContactRoutes } from './routes/new-contacts';
import { orderRoutes } from './routes/orders';
import { ownAddressRoutes } from './routes/own-addresses';
import { publishRoutes } from './routes/publish';
import { reachRoutes } from './routes/reach';
import { relationshipRoutes } from './routes/relationships';
import { recoveryRoutes } from './routes/recovery';
import { ruleRoutes } from './routes/rules';
import { sessionRoutes } from './routes/session';
import { settingsRoutes } from './routes/settings';
import { spendingRoutes } from './routes/spending';
import { statusChangeRoutes } from './routes/status-changes';
import { templateReadingRoutes } from './routes/template-reading';
import { templateRoutes } from './routes/templates';
import { testMessageRoutes } from './routes/test-messages';
import { statisticsRoutes } from './routes/statistics';
import { streamRoutes } from './routes/streams';
import { unsubscribeRouter } from './routes/unsubscribe';
import { apiMetrics, apiReadiness } from './watch';
import { webRouter } from './web';
import { crmRouter } from './webhooks/crm';
import { crmStatusRouter } from './webhooks/crm-status';
import { twilioRouter } from './webhooks/twilio';

/** Everything that is answered over HTTP. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.set('trust proxy', deps.config.trustedProxies);
  // A document with a revision gets its tag from it; a problem has none.
  app.set('etag', false);
  const { metrics = apiMetrics(deps), readiness = apiReadiness(deps) } = deps;
  app.use(requestId, accessLog(deps.log), measure(metrics), securityHeaders());
  app.use(webRouter());
  app.use(healthRouter(readiness));
  app.use(metricsRouter(deps, metrics));
  app.use('/webhooks/twilio', twilioRouter(deps));
  app.use('/webhooks', crmRouter(deps));
  app.use('/webhooks/crm-status', crmStatusRouter(deps));
  app.use(unsubscribeRouter(deps));
  app.use('/codec', codecRouter(deps));
  const routes = apiRoutes(deps);
  app.use(docsRouter(routes));
  app.use('/v1', mountRoutes(deps, routes));
  app.use(unknownRoute);
  app.use(problemHandler(deps.log));
  return app;
}

/** Every operation under `/v1`. */
export function apiRoutes(deps: ApiDeps): Route[] {
  return [
    ...sessionRoutes(deps),
    ...clockRoutes(deps),
    ...settingsRoutes(deps),
    ...callerNumberRoutes(deps),
    ...enrichmentRoutes(deps),
    ...listRoutes(deps),
    ...listMemberRoutes(deps),
    ...feedRoutes(deps),
    ...contactAddressRoutes(deps),
    ...importRoutes(deps),
    ...exportRoutes(deps),
    ...contactRoutes(deps),
    ...newContactRoutes(deps),
    ...caseRoutes(deps),
    ...attributeRoutes(deps),
    ...reachRoutes(deps),
    ...consentRoutes(deps),
    ...relationshipRoutes(deps),
    ...numberCheckRoutes(deps),
    ...optOutRoutes(deps),
    ...erasureRoutes(deps),
    ...formRoutes(deps),
    ...agentRoutes(deps),
    ...defaultHoursRoutes(deps),
    ...campaignRoutes(deps),
    ...draftRoutes(deps),
    ...campaignCopyRoutes(deps),
    ...statusChangeRoutes(deps),
    ...publishRoutes(deps),
    ...forecastRoutes(deps),
    ...reportRoutes(deps),
    ...ruleRoutes(deps),
    ...templateRoutes(deps),
    ...templateReadingRoutes(deps),
    ...ownAddressRoutes(deps),
    ...testMessageRoutes(deps),
    ...statisticsRoutes(deps),
    ...streamRoutes(deps),
    ...enrollmentRoutes(deps),
    ...commitmentRoutes(deps),
    ...orderRoutes(deps),
    ...campaignContactRoutes(deps),
    ...contactOperationRoutes(deps),
    ...factRoutes(deps),
    ...handoffRoutes(deps),
    ...legalRuleRoutes(deps),
    ...calendarDayRoutes(deps),
    ...spendingRoutes(deps),
    ...connectionRoutes(deps),
    ...crmMappingRoutes(deps),
    ...auditRoutes(deps),
    ...recoveryRoutes(deps),
    ...apiKeyRoutes(deps),
    ...changeRoutes(deps),
  ];
}

/** The pattern of the route and not the path: links carry secrets, searches carry names. */
function accessLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    response.on('finish', () => {
      const ms = Math.round(performance.now() - startedMs);
      log.debug(
        {
          method: request.method,
          route: routeOf(request),
          status: response.statusCode,
          ms,
          requestId: response.getHeader(REQUEST_ID),
        },
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
