import express, { type Request, type RequestHandler, Router } from 'express';
import { recordChange } from '../../db/change-log';
import { inTransaction } from '../../db/client';
import { inRequest } from '../../db/request-context';
import { createPayloadCodec, type Payload, PayloadCodecError } from '../../engine/payload-codec';
import { type Payloads, PayloadsSchema } from '../answers/payloads';
import { authenticate } from '../authenticate';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';
import { faultsOf } from '../faults';
import { clientOf } from '../mount';
import { REQUEST_ID } from '../problem-handler';
import type { Caller } from '../route';

type Work = 'decode' | 'encode';

/** Temporal's UI sends what a page of a history holds; a payload has two megabytes at most. */
const readJson = express.json({ limit: '8mb' });
const PREFLIGHT_SECONDS = '600';

/**
 * POST /codec/decode, POST /codec/encode: Temporal's UI shows what is encrypted by asking here. Admins alone, with a key or
 * with the cookie of a session, which pages of the UI may send along; every look is in the change log.
 */
export function codecRouter({ sql, config }: ApiDeps): Router {
  const router = Router();
  const codec = createPayloadCodec(config.payloadKeys ?? []);
  const uiOrigin = config.temporalUiUrl === null ? null : new URL(config.temporalUiUrl).origin;
  const admitted = async (request: Request): Promise<Caller> => {
    const client = clientOf(request, config.publicUrl);
    const caller = await authenticate(sql, request, client, config.publicUrl, uiOrigin);
    if (caller.role !== 'admin')
      throw new ApiError('forbidden', `this needs a key with the role admin; yours is ${caller.role}`);
    if (caller.scopes !== null)
      throw new ApiError('forbidden', 'this key is limited to some scopes; this is none of them');
    return caller;
  };
  const answer = (work: Work): RequestHandler => {
    return async (request, response) => {
      const caller = await admitted(request);
      await read(request, response);
      const payloads = payloadsOf(request.body).map(fromJson);
      const done = await codec[work](payloads).catch(throwAsProblem);
      const requestId = String(response.getHeader(REQUEST_ID));
      await inRequest({ requestId, keyId: caller.keyId }, () =>
        inTransaction(sql, (tx) =>
          recordChange(tx, {
            entity: 'payload',
            entityId: 'temporal',
            change: `${work}d`,
            data: { payloads: payloads.length },
            actor: caller.actor,
          }),
        ),
      );
      response.setHeader('Cache-Control', 'no-store');
      response.json({ payloads: done.map(toJson) });
    };
  };
  router.use(allowOrigin(uiOrigin));
  router.post('/decode', answer('decode'));
  router.post('/encode', answer('encode'));
  return router;
}

/** Pages of Temporal's UI may read the answers, and nobody else's. */
function allowOrigin(origin: string | null): RequestHandler {
  return (request, response, next) => {
    response.setHeader('Vary', 'Origin');
    if (origin === null || request.get('origin') !== origin) return next();
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    // The UI's pages are from elsewhere by nature; the browser is told that they are welcome.
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (request.method !== 'OPTIONS') return next();
    response.setHeader('Access-Control-Allow-Methods', 'POST');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type, x-namespace');
    response.setHeader('Access-Control-Max-Age', PREFLIGHT_SECONDS);
    response.status(204).end();
  };
}

/** After the caller was let in, so that a stranger can't make us read. */
async function read(request: Request, response: Parameters<RequestHandler>[1]): Promise<void> {
  if (request.is('application/json') === false)
    throw new ApiError('unsupported_media_type', 'this operation takes application/json');
  await new Promise<void>((resolve, reject) => {
    readJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
}

function payloadsOf(body: unknown): Payloads['payloads'] {
  const parsed = PayloadsSchema.safeParse(body ?? {});
  if (parsed.success) return parsed.data.payloads;
  // Without the values: what is wrong with a payload may stand beside what is in it.
  const faults = faultsOf(parsed.error);
  throw new ApiError('invalid_body', faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), faults);
}

function throwAsProblem(error: unknown): never {
  if (error instanceof PayloadCodecError) throw new ApiError('invalid_body', error.message);
  throw error;
}

function fromJson({ metadata = {}, data }: Payloads['payloads'][number]): Payload {
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
    data: Buffer.from(data ?? '', 'base64'),
  };
}

function toJson({ metadata, data }: Payload): Payloads['payloads'][number] {
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
    data: base64(data),
  };
}

function base64(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}
