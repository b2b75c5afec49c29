import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { limitedTo } from '../db/case-scope';
import { Refusal } from '../db/refusal';
import { inRequest } from '../db/request-context';
import { authenticate, NOBODY, requireRights } from './authenticate';
import { readBody } from './body';
import { requireWithin } from './case-scope';
import type { ApiDeps } from './deps';
import { ApiError } from './errors';
import { wantsEvents } from './event-stream';
import { once, requestKeyOf } from './once';
import { sealCursor } from './page';
import { REQUEST_ID } from './problem-handler';
import { countTowardsLimit } from './rate-limit';
import { entityTag, ifMatchOf, isKnown } from './revision';
import type { Answer, Caller, Client, Route, Who } from './route';
import { requireOwnOrigin, sessionCookie, sessionTokenOf } from './session-cookie';

type Deps = Pick<ApiDeps, 'sql' | 'config'>;

/** A router for the routes: each request is let in, counted, read, checked, carried out (a POST once per Idempotency-Key) and answered. */
export function mountRoutes(deps: Deps, routes: readonly Route[]): Router {
  const router = Router();
  for (const route of routes) {
    router[route.method](route.path, async (request, response) => {
      // What is answered is about people: no cache but that of who asked may keep it, and that one has to ask again.
      response.setHeader('Cache-Control', 'private, no-cache');
      await send(deps, request, response, await answer(deps, route, request, response));
    });
  }
  return router;
}

async function answer({ sql, config }: Deps, route: Route, request: Request, response: Response): Promise<Answer> {
  const client = clientOf(request, config.publicUrl);
  const caller = await admit({ sql, config }, route, request, response, client);
  await readBody(route.bodyKind, request, response, { sql, config });
  const carryOut = route.prepare(request);
  await requireWithin(sql, route, request, caller);
  const who = { caller, client, requestKey: requestKeyOf(request, caller), ifMatch: ifMatchOf(request) };
  const requestId = String(response.getHeader(REQUEST_ID));
  return inRequest({ requestId, keyId: caller === NOBODY ? null : caller.keyId }, async () => {
    const run = () =>
      limitedTo(caller.caseTypes, () => carryOut(who)).catch((error: unknown) => throwAsAsked(error, who));
    const isOnce = route.method === 'post' && route.role !== 'anyone';
    return withSecrets(route, isOnce ? await once(sql, request, caller, run) : await run(), who);
  });
}

async function admit(
  { sql, config }: Deps,
  route: Route,
  request: Request,
  response: Response,
  client: Client,
): Promise<Caller> {
  if (route.role === 'anyone') {
    // Nobody is to be signed in or out by a page of somebody else; what is no browser names no origin.
    if (request.get('origin') !== undefined) requireOwnOrigin(request, config.publicUrl);
    return NOBODY;
  }
  const caller = await authenticate(sql, request, client, config.publicUrl);
  if (route.isUnlimited !== true) await countTowardsLimit(sql, caller, config.requestsPerHour, response);
  requireRights(caller, route);
  return caller;
}

export function clientOf(request: Request, publicUrl: string): Client {
  return {
    address: request.ip ?? '',
    sessionToken: sessionTokenOf(request, publicUrl),
    wantsEvents: wantsEvents(request),
    lastEventId: request.get('last-event-id') ?? null,
  };
}

/** Whoever states a precondition by header is answered by its status. */
function throwAsAsked(error: unknown, { ifMatch }: Who): never {
  if (ifMatch !== null && error instanceof Refusal && error.code === 'revision_conflict')
    throw new ApiError('precondition_failed', error.message, error.problems);
  throw error;
}

function withSecrets({ secrets }: Route, answer: Answer, who: Who): Answer {
  if (secrets === undefined || answer.status !== 201) return answer;
  return { ...answer, body: { ...Object(answer.body), ...secrets(who) } };
}

async function send({ config }: Deps, request: Request, response: Response, answer: Answer): Promise<void> {
  if (answer.location !== undefined) response.location(`${request.baseUrl}${answer.location}`);
  if (answer.replayed === true) response.setHeader('Idempotent-Replayed', 'true');
  if (answer.sessionToken !== undefined)
    response.setHeader('Set-Cookie', sessionCookie(answer.sessionToken, config.publicUrl));
  if (answer.stream !== undefined) return answer.stream(response);
  response.status(answer.status);
  if (answer.file !== undefined) return sendFile(response, answer.file);
  if (answer.body === undefined) return void response.end();
  const tag = entityTag(answer.body);
  if (tag !== null) response.setHeader('ETag', tag);
  if (tag !== null && isKnown(request, tag)) return void response.status(304).end();
  response.json(sealCursor(request, answer.body));
}

/**
 * As fast as the client takes it. Whoever can't be given the first line is told why; what breaks later breaks the
 * connection, so that nobody takes a part for the whole.
 */
async function sendFile(response: Response, { name, lines }: NonNullable<Answer['file']>): Promise<void> {
  const left = lines[Symbol.asyncIterator]();
  const first = await left.next();
  response.attachment(name).type('text/csv');
  await pipeline(Readable.from(withFirst(first, left)), response).catch(() => undefined);
}

async function* withFirst(first: IteratorResult<string>, left: AsyncIterator<string>): AsyncGenerator<string> {
  for (let each = first; each.done !== true; each = await left.next()) yield each.value;
}
