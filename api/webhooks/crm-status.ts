import { createHash } from 'node:crypto';
import express, { type Request, Router } from 'express';
import * as z from 'zod';
import { keepArrival } from '../../db/arrival';
import { hookOf } from '../../db/crm-hook';
import { takeStatuses } from '../../db/crm-status';
import { storableText } from '../../db/storable';
import { type CrmHook, readHook, type ToldStatus } from '../../domain/crm-hook';
import type { StatusRef } from '../../domain/crm-status';
import { announce } from '../../engine/announce';
import { admitCrm } from '../crm-webhook';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';

/**
 * POST /<connection>: somebody has changed the status of a case in the CRM. Its secret stands in the address, for most CRMs
 * can't sign; one that can sends a signature, and then it has to be right. No answer waits for Temporal.
 */
export function crmStatusRouter(deps: ApiDeps): Router {
  const { sql, log } = deps;
  const router = Router();
  router.post('/:connection', express.raw({ type: () => true, limit: '64kb' }), async (request, response) => {
    const { success, data } = z.uuid().safeParse(request.params['connection']);
    const { token } = request.query;
    const connectionId = await admitCrm(deps, request, {
      of: 'statuses',
      connectionId: success ? data : null,
      token: typeof token === 'string' ? token : null,
      body: bodyOf(request),
    });
    const hook = await hookOf(sql, connectionId);
    const told = readHook(documentOf(request), hook);
    if (told === null) {
      log.warn({ connectionId }, 'a CRM told of a change that names no case or no status');
      throw unreadable(hook);
    }
    await take(deps, connectionId, told);
    response.status(204).end();
  });
  return router;
}

function unreadable({ caseId, status }: CrmHook): ApiError {
  const detail = 'it names no case, or nothing of its status; where they stand is set by the hook of the mapping';
  return new ApiError('invalid_body', detail, [
    { pointer: `#${caseId}`, detail: 'must name a case by its external id' },
    { pointer: `#${status}`, detail: 'must be a status of at most 120 characters' },
  ]);
}

async function take(deps: ApiDeps, connectionId: string, told: ToldStatus): Promise<void> {
  const { sql } = deps;
  const caseExternalId = storableText(told.caseId);
  const statuses = refsOf(told);
  const { caseId, received } = await takeStatuses(sql, { connectionId, caseExternalId, statuses, how: 'told' });
  for (const each of received) void announce(deps, each);
  if (caseId !== null) return;
  // Somebody whom we don't know: that it came is kept, and nothing about the person.
  const name = createHash('sha256')
    .update(JSON.stringify([caseExternalId, statuses]), 'utf8')
    .digest('hex');
  await keepArrival(sql, { source: 'crm', eventKey: `crm:${connectionId}:unknown:${name}`, raw: { statuses } });
}

function refsOf({ status, substatus }: ToldStatus): StatusRef[] {
  return [
    ...(status === null ? [] : [{ field: 'status' as const, value: storableText(status) }]),
    ...(substatus === null
      ? []
      : [
          {
            field: 'substatus' as const,
            value: storableText(substatus.value),
            ...(substatus.group === null ? {} : { group: storableText(substatus.group) }),
          },
        ]),
  ];
}

function bodyOf({ body }: Request): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** JSON or a form, whatever the header says. */
function documentOf(request: Request): unknown {
  const text = bodyOf(request).toString('utf8');
  if (
    request.is('application/x-www-form-urlencoded') !== false &&
    request.is('application/x-www-form-urlencoded') !== null
  )
    return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new ApiError('malformed_body', 'the body is neither JSON nor a form');
  }
}
