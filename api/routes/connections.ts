import * as z from 'zod';
import {
  changeConnection,
  connectionOfCampaign,
  type ConnectionRow,
  createConnection,
  disableConnection,
  getConnection,
  listConnections,
  requestCheck,
  resumeConnection,
  setCampaignConnection,
} from '../../db/connection';
import { idOfRequest } from '../../db/tokens';
import { toIso } from '../../domain/instant';
import {
  CAMPAIGN_CONNECTION_EXAMPLE,
  CampaignConnectionAnswer,
  CONNECTION_BODY_EXAMPLE,
  CONNECTION_EXAMPLE,
  ConnectionAnswer,
  ConnectionPageAnswer,
} from '../answers/connections';
import { pageExample } from '../answers/fields';
import { changedConnection, NewConnectionSchema, requireFitting, requireHttps } from '../connection-entry';
import type { ApiDeps } from '../deps';
import { numberAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { accepted, created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * POST /connections · GET /connections · GET /connections/{id} · PATCH /connections/{id}
 * POST /connections/{id}/test · /resume · /disable
 * GET /campaigns/{id}/connection · PUT /campaigns/{id}/connection
 */
export function connectionRoutes(deps: ApiDeps): Route[] {
  return [...settingUp(deps), ...operating(deps), ...ofCampaigns(deps)];
}

function settingUp({ sql, config: { secretKey, simulated } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/connections',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'createConnection',
        tag: 'Connections',
        summary: 'Connect a CRM',
        description:
          'Credentials are kept encrypted and are in no answer. Paths and texts of bodies are templates over `case.id`, `status`, `note`, `marker` and `operationId`.',
        answers: { 201: ConnectionAnswer },
        problems: ['wrong_status'],
        examples: { body: CONNECTION_BODY_EXAMPLE, answer: CONNECTION_EXAMPLE },
      },
      body: NewConnectionSchema,
      handle: async ({ body, caller, requestKey }) => {
        requireHttps(body.settings, simulated);
        if (body.kind === 'http') requireFitting(body.settings, body.credentials);
        const row = await createConnection(sql, secretKey, { ...body, id: idOfRequest(requestKey) }, caller.actor);
        return created(connectionDocument(row), `/connections/${row.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/connections',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listConnections',
        tag: 'Connections',
        summary: 'List the connections',
        description: 'Oldest first. The one of the environment appears when a worker has started.',
        answers: { 200: ConnectionPageAnswer },
        examples: { answer: pageExample(CONNECTION_EXAMPLE) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listConnections(sql, { after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ seq }) => seq, connectionDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/connections/:id',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getConnection',
        tag: 'Connections',
        summary: 'Get a connection',
        answers: { 200: ConnectionAnswer },
        examples: { answer: CONNECTION_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(connectionDocument(await getConnection(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/connections/:id',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeConnection',
        tag: 'Connections',
        summary: 'Change or mend a connection',
        description:
          'Settings and credentials are given whole, as when it was created. When one of them changes, a held connection is asked at once whether it is well, and what waits goes on.',
        answers: { 200: ConnectionAnswer },
        problems: ['revision_conflict', 'precondition_failed', 'wrong_status'],
        examples: { body: { credentials: { token: 'the next key' } }, answer: { ...CONNECTION_EXAMPLE, revision: 2 } },
      },
      params: IdParams,
      body: z.strictObject({
        revision: RevisionSchema,
        name: text(80).min(1).optional(),
        settings: z.record(z.string(), z.unknown()).optional(),
        credentials: z.record(z.string(), z.unknown()).optional(),
        isDefault: z.boolean().optional(),
      }),
      handle: async ({ params: { id }, body: { revision, ...change }, caller, ifMatch }) => {
        const checked = changedConnection(await getConnection(sql, id), change, simulated);
        const asked = { ...checked, revision: revisionAsked(ifMatch, revision) };
        return ok(connectionDocument(await changeConnection(sql, secretKey, id, asked, caller.actor)));
      },
    }),
  ];
}

function operating({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/connections/:id/test',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'testConnection',
        tag: 'Connections',
        summary: 'Ask a connection whether it is well',
        description: 'A worker asks, soon: `lastCheck` then says how it went. A held connection that is well goes on.',
        answers: { 202: ConnectionAnswer },
        examples: { answer: { ...CONNECTION_EXAMPLE, nextCheckAt: '2027-03-01T14:00:00.000Z' } },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => accepted(connectionDocument(await requestCheck(sql, id))),
    }),
    defineRoute({
      method: 'post',
      path: '/connections/:id/resume',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'resumeConnection',
        tag: 'Connections',
        summary: 'Let a held or disabled connection go on',
        description: 'One of the actions that wait tries first; the others follow when it has gone through.',
        answers: { 200: ConnectionAnswer },
        examples: { answer: { ...CONNECTION_EXAMPLE, proven: false } },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) =>
        ok(connectionDocument(await resumeConnection(sql, id, caller.actor))),
    }),
    defineRoute({
      method: 'post',
      path: '/connections/:id/disable',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'disableConnection',
        tag: 'Connections',
        summary: 'Disable a connection',
        description: 'Its actions wait until it is resumed, for 30 days at most.',
        answers: { 200: ConnectionAnswer },
        examples: { answer: { ...CONNECTION_EXAMPLE, state: 'disabled', reason: 'by_hand' } },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) =>
        ok(connectionDocument(await disableConnection(sql, id, caller.actor))),
    }),
  ];
}

function ofCampaigns({ sql }: ApiDeps): Route[] {
  const answer = async (id: string) => ok({ connectionId: await connectionOfCampaign(sql, id) });
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/connection',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'getCampaignConnection',
        tag: 'Connections',
        summary: 'Say where the actions of a campaign go',
        answers: { 200: CampaignConnectionAnswer },
        examples: { answer: CAMPAIGN_CONNECTION_EXAMPLE },
      },
      params: IdParams,
      handle: ({ params: { id } }) => answer(id),
    }),
    defineRoute({
      method: 'put',
      path: '/campaigns/:id/connection',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'setCampaignConnection',
        tag: 'Connections',
        summary: 'Choose where the actions of a campaign go',
        description: 'For those to come, and for those that wait and were never sent.',
        answers: { 200: CampaignConnectionAnswer },
        problems: ['unknown_reference'],
        examples: { body: CAMPAIGN_CONNECTION_EXAMPLE, answer: CAMPAIGN_CONNECTION_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({ connectionId: z.uuid().nullable() }),
      handle: async ({ params: { id }, body: { connectionId }, caller }) => {
        await setCampaignConnection(sql, id, connectionId, caller.actor);
        return answer(id);
      },
    }),
  ];
}

function connectionDocument(row: ConnectionRow) {
  const {
    seq: _,
    sinceRt,
    isProven,
    heldSinceRt,
    nextCheckRt,
    checkedRt,
    checkResult,
    createdAt,
    updatedAt,
    ...rest
  } = row;
  return {
    ...rest,
    since: toIso(sinceRt),
    proven: isProven,
    heldSince: isoOrNull(heldSinceRt),
    nextCheckAt: isoOrNull(nextCheckRt),
    lastCheck: checkedRt === null ? null : { at: toIso(checkedRt), result: checkResult ?? 'ok' },
    createdAt: toIso(createdAt),
    updatedAt: toIso(updatedAt),
  };
}

function isoOrNull(instant: number | null): string | null {
  return instant === null ? null : toIso(instant);
}
