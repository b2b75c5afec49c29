import { createHash } from 'node:crypto';
import express, { type Request, Router } from 'express';
import * as z from 'zod';
import { type CrmArrival, takeRecord } from '../../db/crm-arrival';
import { storableJson } from '../../db/storable';
import { takeStatuses } from '../../db/crm-status';
import { connectionNamedBy } from '../../db/tokens';
import { crmFields, type CrmFields, readOrder, readRecord } from '../../domain/crm-record';
import { announce } from '../../engine/announce';
import { readEntry } from '../../imports/contact-entry';
import { requireShallow } from '../body';
import { admitCrm } from '../crm-webhook';
import type { ApiDeps } from '../deps';
import { ApiError, type Fault } from '../errors';

const LIMIT = '64kb';
const MOST_NAME = 200;
/** Bodies as they came, for those who sign them. */
const received = new WeakMap<object, Buffer>();
const verify = (request: object, _: object, body: Buffer) => void received.set(request, body);

/**
 * POST /crm/{token}: what a CRM tells of one case, as JSON or as a form. The token proves that the address came from us;
 * parameters of the address say about lists what the record itself does not (K-18). The same again changes nothing.
 */
export function crmRouter(deps: ApiDeps): Router {
  const router = Router();
  router.post(
    '/crm/:token',
    express.json({ limit: LIMIT, verify }),
    express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: 500, verify }),
    async (request, response) => {
      const connectionId = await connectionOf(deps, request);
      const { arrival, leftOut } = arrivalOf(deps, connectionId, request);
      await tellStatus(deps, arrival);
      const outcome = await takeRecord(deps.sql, arrival, `crm:${connectionId}`);
      response.status(200).json({ ...outcome, leftOut });
    },
  );
  return router;
}

/** U-1: another status of a case that is known may end outreach, and rules may wait for it. A record says how things are, not that they have just become so. */
async function tellStatus(deps: ApiDeps, { connectionId, caseExternalId, status }: CrmArrival): Promise<void> {
  if (status === null || status === '') return;
  const statuses = [{ field: 'status', value: status }] as const;
  const { received } = await takeStatuses(deps.sql, { connectionId, caseExternalId, statuses, how: 'asked' });
  for (const each of received) void announce(deps, each);
}

/** A CRM that signs may name the connection by its id, in place of the secret that says it as well. */
async function connectionOf(deps: ApiDeps, request: Request): Promise<string> {
  const named = String(request.params['token']);
  const isId = z.uuid().safeParse(named).success;
  return admitCrm(deps, request, {
    of: 'records',
    connectionId: isId ? named : connectionNamedBy(named),
    token: isId ? null : named,
    body: received.get(request) ?? Buffer.alloc(0),
  });
}

function arrivalOf({ config: { addressKey } }: ApiDeps, connectionId: string, request: Request) {
  if (request.body === undefined)
    throw new ApiError(
      'unsupported_media_type',
      'this operation takes application/json and application/x-www-form-urlencoded',
    );
  requireShallow(request.body);
  const body: unknown = JSON.parse(storableJson(request.body));
  const parameters = crmFields(JSON.parse(storableJson(request.query)));
  const fields = crmFields(body);
  const { order, faults: orderFaults } = readOrder(new Map([...fields, ...parameters]));
  const { contact, caseExternalId, caseType, title, status, leftOut } = readRecord(fields);
  const faults = [
    ...orderFaults.map(({ name, value, rule }): Fault => ({ pointer: `#/${name}`, in: 'query', detail: rule, value })),
    ...faultsOf({ caseExternalId, caseType, title, status }),
  ];
  if (faults.length > 0) throw refused(faults);
  const ofCase = { externalId: caseExternalId, title: title ?? '', status: status ?? '' };
  const { entry, faults: entryFaults } = readEntry({ contact, cases: [ofCase] }, addressKey);
  const untaken = entryFaults.map(({ path, rule }) => ({ field: path.slice(1).join('.'), rule }));
  const arrival: CrmArrival = {
    connectionId,
    caseExternalId,
    caseType,
    title,
    status,
    entry,
    untaken: untaken.map(({ field, rule }) => (field === '' ? rule : `${field}: ${rule}`)).join('; '),
    order,
    bodyHash: hashOf(new Map([...fields, ...parameters])),
  };
  return { arrival, leftOut: [...leftOut, ...untaken.flatMap(({ field }) => (field === '' ? [] : [field]))] };
}

/** Whatever the order of the fields. */
function hashOf(fields: CrmFields): string {
  return createHash('sha256')
    .update(JSON.stringify([...fields].sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex');
}

function faultsOf({
  caseExternalId,
  ...texts
}: Pick<CrmArrival, 'caseExternalId' | 'caseType' | 'title' | 'status'>): Fault[] {
  const missing = caseExternalId === '' ? [{ pointer: '#/LeadId', detail: 'must say which case it is' }] : [];
  const long = Object.entries({ LeadId: caseExternalId, ...texts }).flatMap(([name, value]) =>
    value !== null && value.length > MOST_NAME
      ? [{ pointer: `#/${name}`, detail: `must have at most ${MOST_NAME} characters` }]
      : [],
  );
  return [...missing, ...long];
}

function refused(faults: readonly Fault[]): ApiError {
  const isParameter = faults.some((fault) => fault.in === 'query');
  return new ApiError(
    isParameter ? 'invalid_parameter' : 'invalid_body',
    faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '),
    faults,
  );
}
