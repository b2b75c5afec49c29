import { createApiKey } from '../db/api-key';
import { issueApiKey } from '../db/api-key-admin';
import { startTestApi, type TestApi } from '../test/api';
import { apiRoutes, createApp } from './app';
import { type Role, RoleSchema } from './route';
import { type Scope, ScopeSchema } from './scopes';

/** What everybody agreed on: the role that an operation needs, and the scope that opens it to a limited key. */
const RIGHTS: Readonly<Record<string, readonly [Role, Scope | null] | 'anyone'>> = {
  'post /session': 'anyone',
  'get /session': ['viewer', null],
  'delete /session': 'anyone',
  'get /clock': ['viewer', null],
  'get /settings': ['viewer', 'settings:read'],
  'patch /settings': ['admin', 'settings:write'],
  'get /caller-numbers': ['viewer', 'settings:read'],
  'post /caller-numbers': ['admin', 'settings:write'],
  'get /caller-numbers/:id': ['viewer', 'settings:read'],
  'patch /caller-numbers/:id': ['admin', 'settings:write'],
  'post /caller-numbers/:id/remove': ['admin', 'settings:write'],
  'get /enrichment-service': ['viewer', 'settings:read'],
  'patch /enrichment-service': ['admin', 'settings:write'],
  'get /enrichments': ['viewer', 'contacts:read'],
  'get /enrichments/:id': ['viewer', 'contacts:read'],
  'post /contacts/:id/enrich': ['editor', 'contacts:write'],
  'post /campaigns/:id/use-default-hours': ['editor', 'campaigns:write'],
  'get /enrollments/:id/handoff': ['viewer', 'campaigns:read'],
  'post /enrollments/:id/handoff/take': ['editor', 'campaigns:write'],
  'post /lists': ['editor', 'contacts:write'],
  'get /lists': ['viewer', 'contacts:read'],
  'get /lists/:id': ['viewer', 'contacts:read'],
  'patch /lists/:id': ['editor', 'contacts:write'],
  'delete /lists/:id': ['editor', 'contacts:write'],
  'post /contacts': ['editor', 'contacts:write'],
  'post /lists/:id/contacts': ['editor', 'contacts:write'],
  'post /lists/:id/import': ['editor', 'contacts:write'],
  'get /lists/:id/members': ['viewer', 'contacts:read'],
  'post /lists/:id/members': ['editor', 'contacts:write'],
  'post /lists/:id/members/remove': ['editor', 'contacts:write'],
  'post /lists/preview': ['viewer', 'contacts:write'],
  'get /lists/:id/problems': ['viewer', 'contacts:read'],
  'get /lists/:id/problem-counts': ['viewer', 'contacts:read'],
  'post /list-feeds': ['editor', 'contacts:write'],
  'get /list-feeds': ['viewer', 'contacts:read'],
  'get /list-feeds/:id': ['viewer', 'contacts:read'],
  'patch /list-feeds/:id': ['editor', 'contacts:write'],
  'get /contacts/:id/addresses': ['viewer', 'contacts:read'],
  'put /contacts/:id/addresses': ['editor', 'contacts:write'],
  'get /contacts/:id/reach': ['viewer', 'contacts:read'],
  'post /contacts/:id/cases': ['editor', 'contacts:write'],
  'get /cases': ['viewer', 'contacts:read'],
  'get /cases/:id': ['viewer', 'contacts:read'],
  'patch /cases/:id': ['editor', 'contacts:write'],
  'post /attributes': ['admin', 'contacts:write'],
  'get /attributes': ['viewer', 'contacts:read'],
  'get /attributes/:id': ['viewer', 'contacts:read'],
  'patch /attributes/:id': ['admin', 'contacts:write'],
  'get /contacts/:id/opt-outs': ['viewer', 'contacts:read'],
  'post /contacts/:id/opt-in': ['editor', 'contacts:write'],
  'post /imports': ['editor', 'contacts:write'],
  'get /imports': ['viewer', 'contacts:read'],
  'get /imports/:id': ['viewer', 'contacts:read'],
  'patch /imports/:id': ['editor', 'contacts:write'],
  'get /imports/:id/preview': ['viewer', 'contacts:read'],
  'post /imports/:id/start': ['editor', 'contacts:write'],
  'post /imports/:id/cancel': ['editor', 'contacts:write'],
  'get /imports/:id/rows': ['viewer', 'contacts:read'],
  'get /imports/:id/failed-rows': ['viewer', 'contacts:read'],
  'get /lists/:id/contacts/export': ['viewer', 'contacts:read'],
  'get /campaigns/:id/contacts/export': ['viewer', 'contacts:read'],
  'get /contacts': ['viewer', 'contacts:read'],
  'get /contacts/:id': ['viewer', 'contacts:read'],
  'patch /contacts/:id': ['editor', 'contacts:write'],
  'get /contacts/:id/consents': ['viewer', 'contacts:read'],
  'post /contacts/:id/consents': ['editor', 'contacts:write'],
  'post /consents/:id/revoke': ['editor', 'contacts:write'],
  'get /contacts/:id/relationships': ['viewer', 'contacts:read'],
  'post /contacts/:id/relationships': ['editor', 'contacts:write'],
  'post /relationships/:id/withdraw': ['editor', 'contacts:write'],
  'post /number-checks': ['editor', 'contacts:write'],
  'get /contacts/:id/number-checks': ['viewer', 'contacts:read'],
  'get /lists/:id/numbers-to-check': ['viewer', 'contacts:read'],
  'post /contacts/:id/opt-out': ['editor', 'contacts:write'],
  'post /contacts/:id/erase': ['admin', 'contacts:write'],
  'get /contacts/:id/erasure': ['viewer', 'contacts:read'],
  'post /forms': ['editor', 'campaigns:write'],
  'get /forms': ['viewer', 'campaigns:read'],
  'get /forms/:id': ['viewer', 'campaigns:read'],
  'patch /forms/:id': ['editor', 'campaigns:write'],
  'delete /forms/:id': ['editor', 'campaigns:write'],
  'post /agents': ['editor', 'campaigns:write'],
  'get /agents': ['viewer', 'campaigns:read'],
  'get /agents/:id': ['viewer', 'campaigns:read'],
  'patch /agents/:id': ['editor', 'campaigns:write'],
  'delete /agents/:id': ['editor', 'campaigns:write'],
  'post /campaigns/drafts': ['editor', 'campaigns:write'],
  'get /campaigns/:id/draft': ['viewer', 'campaigns:read'],
  'patch /campaigns/:id/draft': ['editor', 'campaigns:write'],
  'get /campaigns/:id/problems': ['viewer', 'campaigns:read'],
  'delete /campaigns/:id': ['editor', 'campaigns:write'],
  'get /campaign-templates': ['viewer', 'campaigns:read'],
  'post /campaigns/:id/duplicate': ['editor', 'campaigns:write'],
  'get /campaigns/:id/export': ['viewer', 'campaigns:read'],
  'post /campaigns/import': ['editor', 'campaigns:write'],
  'post /campaigns': ['editor', 'campaigns:write'],
  'get /campaigns': ['viewer', 'campaigns:read'],
  'get /campaigns/:id': ['viewer', 'campaigns:read'],
  'put /campaigns/:id': ['editor', 'campaigns:write'],
  'post /campaigns/:id/launch': ['editor', 'campaigns:write'],
  'post /campaigns/:id/pause': ['editor', 'campaigns:write'],
  'post /campaigns/:id/resume': ['editor', 'campaigns:write'],
  'post /campaigns/:id/publish': ['editor', 'campaigns:write'],
  'post /campaigns/:id/publish/preview': ['editor', 'campaigns:write'],
  'post /campaigns/:id/forecast': ['editor', 'campaigns:write'],
  'get /campaigns/:id/forecasts': ['viewer', 'campaigns:read'],
  'get /forecasts/:id': ['viewer', 'campaigns:read'],
  'get /forecasts/:id/contacts': ['viewer', 'campaigns:read'],
  'get /forecasts/:id/hours': ['viewer', 'campaigns:read'],
  'post /forecasts/:id/cancel': ['editor', 'campaigns:write'],
  'get /campaigns/:id/report-schedules': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/report-schedules/:key/export': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/reports': ['viewer', 'campaigns:read'],
  'post /campaigns/:id/reports': ['editor', 'campaigns:write'],
  'get /reports/:id': ['viewer', 'campaigns:read'],
  'get /reports/:id/export': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/versions': ['viewer', 'campaigns:read'],
  'get /versions/:id': ['viewer', 'campaigns:read'],
  'post /campaigns/:id/stop': ['editor', 'campaigns:write'],
  'post /campaigns/:id/archive': ['editor', 'campaigns:write'],
  'get /campaigns/:id/rule-firings': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/rules': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/rule-options': ['viewer', 'campaigns:read'],
  'put /campaigns/:id/rules': ['editor', 'campaigns:write'],
  'post /templates': ['editor', 'campaigns:write'],
  'get /templates': ['viewer', 'campaigns:read'],
  'get /templates/:id': ['viewer', 'campaigns:read'],
  'patch /templates/:id': ['editor', 'campaigns:write'],
  'post /templates/:id/archive': ['editor', 'campaigns:write'],
  'post /templates/:id/restore': ['editor', 'campaigns:write'],
  'get /templates/:id/versions': ['viewer', 'campaigns:read'],
  'get /templates/:id/uses': ['viewer', 'campaigns:read'],
  'get /templates/:id/preview': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/templates': ['viewer', 'campaigns:read'],
  'post /own-addresses': ['editor', 'campaigns:write'],
  'get /own-addresses': ['viewer', 'campaigns:read'],
  'get /own-addresses/:id': ['viewer', 'campaigns:read'],
  'delete /own-addresses/:id': ['editor', 'campaigns:write'],
  'post /own-addresses/:id/code': ['editor', 'campaigns:write'],
  'post /own-addresses/:id/confirm': ['editor', 'campaigns:write'],
  'post /test-messages': ['editor', 'campaigns:write'],
  'get /test-messages': ['viewer', 'campaigns:read'],
  'get /test-messages/:id': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/enrollments': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/enrollments/count': ['viewer', 'campaigns:read'],
  'post /campaigns/:id/contacts': ['editor', 'campaigns:write'],
  'delete /campaigns/:id/contacts/:contactId': ['editor', 'campaigns:write'],
  'post /campaigns/:id/contact-operations': ['editor', 'campaigns:write'],
  'post /campaigns/:id/contact-operations/import': ['editor', 'campaigns:write'],
  'get /campaigns/:id/contact-operations': ['viewer', 'campaigns:read'],
  'get /contact-operations/:id': ['viewer', 'campaigns:read'],
  'get /contact-operations/:id/results': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/statistics': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/statistics/times': ['viewer', 'campaigns:read'],
  'get /campaigns/:id/stream': ['viewer', 'campaigns:read'],
  'get /stream': ['viewer', 'campaigns:read'],
  'get /enrollments/:id': ['viewer', 'campaigns:read'],
  'get /enrollments/:id/attempts': ['viewer', 'campaigns:read'],
  'get /enrollments/:id/timeline': ['viewer', 'campaigns:read'],
  'get /enrollments/:id/executions': ['viewer', 'campaigns:read'],
  'post /enrollments/:id/orders': ['editor', 'campaigns:write'],
  'post /enrollments/:id/bring-back': ['admin', 'campaigns:write'],
  'post /enrollments/:id/next-touch': ['editor', 'campaigns:write'],
  'get /commitments': ['viewer', 'campaigns:read'],
  'post /commitments/:id/move': ['editor', 'campaigns:write'],
  'post /commitments/:id/cancel': ['editor', 'campaigns:write'],
  'post /enrollments/:id/callbacks': ['editor', 'campaigns:write'],
  'post /executions/:id/retry': ['editor', 'campaigns:write'],
  'post /facts': ['editor', 'facts:write'],
  'get /handoffs': ['viewer', 'reports:read'],
  'get /audits': ['viewer', 'reports:read'],
  'get /legal-rules': ['viewer', 'settings:read'],
  'get /legal-rules/:id': ['viewer', 'settings:read'],
  'post /legal-rules': ['admin', 'settings:write'],
  'patch /legal-rules/:id': ['admin', 'settings:write'],
  'post /legal-rules/:id/retire': ['admin', 'settings:write'],
  'get /calendar-days': ['viewer', 'settings:read'],
  'get /calendar-days/:id': ['viewer', 'settings:read'],
  'post /calendar-days': ['admin', 'settings:write'],
  'patch /calendar-days/:id': ['admin', 'settings:write'],
  'post /calendar-days/:id/retire': ['admin', 'settings:write'],
  'get /spending/rates': ['viewer', 'settings:read'],
  'patch /spending/rates': ['admin', 'settings:write'],
  'get /spending': ['viewer', 'settings:read'],
  'put /spending': ['admin', 'settings:write'],
  'get /campaigns/:id/spending': ['viewer', 'settings:read'],
  'put /campaigns/:id/spending': ['admin', 'settings:write'],
  'get /recovery': ['viewer', 'reports:read'],
  'post /recovery': ['admin', 'settings:write'],
  'post /connections': ['admin', 'settings:write'],
  'get /connections': ['viewer', 'settings:read'],
  'get /connections/:id': ['viewer', 'settings:read'],
  'patch /connections/:id': ['admin', 'settings:write'],
  'post /connections/:id/test': ['editor', 'settings:write'],
  'post /connections/:id/resume': ['editor', 'settings:write'],
  'post /connections/:id/disable': ['admin', 'settings:write'],
  'get /connections/:id/webhook': ['admin', 'settings:read'],
  'post /connections/:id/webhook': ['admin', 'settings:write'],
  'get /connections/:id/arrivals': ['viewer', 'settings:read'],
  'get /connections/:id/mapping': ['viewer', 'settings:read'],
  'put /connections/:id/mapping': ['admin', 'settings:write'],
  'post /connections/:id/mapping/refresh': ['editor', 'settings:write'],
  'get /connections/:id/statuses': ['viewer', 'settings:read'],
  'get /connections/:id/status-webhook': ['admin', 'settings:read'],
  'post /connections/:id/status-webhook/renew': ['admin', 'settings:write'],
  'get /campaigns/:id/connection': ['viewer', 'settings:read'],
  'put /campaigns/:id/connection': ['editor', 'settings:write'],
  'post /api-keys': ['admin', 'access:write'],
  'get /api-keys': ['admin', 'access:read'],
  'get /api-keys/:id': ['admin', 'access:read'],
  'patch /api-keys/:id': ['admin', 'access:write'],
  'get /changes': ['admin', 'access:read'],
};

/** Open to everybody, signed by somebody else, or asking for a key in a way of its own; each has tests of its own. */
const OPEN: readonly RegExp[] = [
  // The console and the documentation: the same files for everybody.
  /^\/$/,
  /^\/docs(\/[\w.-]+)?$/,
  /^\/openapi\.json$/,
  /^\/(healthz|readyz|metrics)$/,
  /^\/u\/:token$/,
  // Below /codec: for admins.
  /^\/(decode|encode)$/,
  // Below /webhooks/twilio.
  /^\/voice\/(answer|gather|transferred|status|machine)$/,
  /^\/sms\/(status|inbound)$/,
  // Below /webhooks: the token in the address is the key.
  /^\/crm\/:token$/,
  // Below /webhooks/crm-status.
  /^\/:connection$/,
  // Below /webhooks/twilio/own.
  /^\/(answer|gather|status)$/,
];

const NOBODY_HAS_IT = '0f8fad5b-d9cb-469f-a165-70867728950e';
const OPERATIONS = apiRoutes(forNothing()).map(({ method, path }) => `${method} ${path}`);
const CLOSED = OPERATIONS.filter((operation) => RIGHTS[operation] !== 'anyone');

let api: TestApi;
const keys: Record<string, string> = {};

beforeAll(async () => {
  api = await startTestApi({ publicUrl: 'http://127.0.0.1:3000' });
  keys['disabled'] = await createApiKey(api.sql, 'Disabled', 'admin');
  keys['expired'] = await createApiKey(api.sql, 'Expired', 'admin');
  await api.sql`update api_key set disabled = true where name = 'Disabled'`;
  await api.sql`update api_key set expires_rt = clock_timestamp() - interval '1 second' where name = 'Expired'`;
  for (const [ix, scope] of ScopeSchema.options.entries()) keys[scope] = await limitedKey(ix, [scope]);
});
afterAll(() => api.stop());

/** With all that a route is made of, and nothing behind it: it is only looked at. */
function forNothing() {
  return { config: {} } as unknown as Parameters<typeof apiRoutes>[0];
}

async function limitedKey(ix: number, scopes: Scope[]): Promise<string> {
  const prefix = `${ix}`.padStart(12, '0');
  const secret = 'A'.repeat(43);
  const id = `0f8fad5b-d9cb-469f-a165-${prefix}`;
  await issueApiKey(
    api.sql,
    { id, prefix, secret, name: scopes.join(), role: 'admin', scopes, expiresRt: null },
    'test',
  );
  return `ft_${prefix}_${secret}`;
}

function ask(operation: string, as: { key?: string | null; headers?: Record<string, string> }) {
  const [method = '', path = ''] = operation.split(' ');
  const ids = path.replaceAll(/:\w+/g, NOBODY_HAS_IT);
  return api.call(method.toUpperCase(), `/v1${ids}`, { key: null, ...as });
}

/** 200, 404 and 422 alike are words to somebody who was let in. */
const wasLetIn = (status: number) => status !== 401 && status !== 403 && status < 500;

it('every operation is in the list of rights, and none that is gone', () => {
  expect([...OPERATIONS].sort()).toEqual(Object.keys(RIGHTS).sort());
});

it('nothing but these operations and what is open to everybody answers at all', () => {
  const app = createApp({ ...forNothing(), sql: api.sql, config: api.config });
  const answered = pathsOf(app.router);
  const ours = apiRoutes(forNothing()).map(({ path }) => path);
  const others = answered.filter((path) => !ours.includes(path));
  expect(others.filter((path) => !OPEN.some((pattern) => pattern.test(path)))).toEqual([]);
  expect(answered.length).toBeGreaterThan(OPERATIONS.length);
});

interface Layer {
  readonly route?: { readonly path: string };
  readonly handle: { readonly stack?: readonly Layer[] };
}

/** The patterns of all routes, as deep as routers go. */
function pathsOf({ stack }: { readonly stack: readonly unknown[] }): string[] {
  // What Express keeps of a route or router; the middle ones have neither.
  const layers = stack as readonly Layer[];
  return layers.flatMap(({ route, handle }) => [
    ...(route === undefined ? [] : [route.path]),
    ...(handle.stack === undefined ? [] : pathsOf({ stack: handle.stack })),
  ]);
}

describe.each(CLOSED)('%s (K-31, S0-61, S0-62)', (operation) => {
  const rights = RIGHTS[operation] ?? 'anyone';
  const [role, scope] = rights === 'anyone' ? (['viewer', null] as const) : rights;

  it('lets nobody in without a good key (T10)', async () => {
    const wrong = `${api.keys.admin.slice(0, -1)}${api.keys.admin.endsWith('A') ? 'B' : 'A'}`;
    const strangers = [null, keys['disabled'], keys['expired'], wrong, 'ft_', ''].map((key) =>
      ask(operation, { key: key ?? null }),
    );
    const forged = { cookie: `followthrough=${'A'.repeat(43)}`, origin: 'http://127.0.0.1:3000' };
    const statuses = (await Promise.all([...strangers, ask(operation, { headers: forged })])).map(
      ({ status }) => status,
    );
    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  it.each(RoleSchema.options)(`lets a %s in as far as ${role} goes, by key and by session`, async (mine) => {
    const may = RoleSchema.options.indexOf(mine) >= RoleSchema.options.indexOf(role);
    const byKey = await ask(operation, { key: api.keys[mine] });
    const cookie = await sessionOf(mine);
    const bySession = await ask(operation, { headers: { cookie, origin: 'http://127.0.0.1:3000' } });
    expect([wasLetIn(byKey.status), wasLetIn(bySession.status)]).toEqual([may, may]);
    if (!may) expect([byKey.body.code, bySession.body.code]).toEqual(['forbidden', 'forbidden']);
  });

  it(`opens to a limited key by ${scope ?? 'any scope'}`, async () => {
    const opening = await Promise.all(
      ScopeSchema.options.map(async (mine) => wasLetIn((await ask(operation, { key: keys[mine] ?? null })).status)),
    );
    const expected = ScopeSchema.options.filter(
      (mine) =>
        scope === null || mine === scope || (scope.endsWith(':read') && mine === scope.replace(':read', ':write')),
    );
    expect(ScopeSchema.options.filter((_, ix) => opening[ix])).toEqual(expected);
  });

  it('takes no change by a cookie from a page of somebody else', async () => {
    const cookie = await sessionOf('admin');
    const origins: Record<string, string>[] = [{ origin: 'http://127.0.0.1:8233' }, { origin: 'null' }, {}];
    const answers = await Promise.all(origins.map((origin) => ask(operation, { headers: { cookie, ...origin } })));
    const codes = answers.map(({ body }) => body.code);
    if (operation.startsWith('get ')) expect(codes).not.toContain('foreign_origin');
    else expect(new Set(codes)).toEqual(new Set(['foreign_origin']));
  });
});

const cookies = new Map<Role, string>();
async function sessionOf(role: Role): Promise<string> {
  const known = cookies.get(role);
  if (known !== undefined) return known;
  const answer = await api.call('POST', '/v1/session', { key: null, body: { apiKey: api.keys[role] } });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  cookies.set(role, cookie);
  return cookie;
}
