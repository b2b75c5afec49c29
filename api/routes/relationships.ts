import * as z from 'zod';
import { appNow } from '../../db/clock';
import { listRelationships, recordRelationship, withdrawRelationship } from '../../db/relationship';
import { idOfRequest } from '../../db/tokens';
import { toIso } from '../../domain/instant';
import { isLocalDate } from '../../domain/local-time';
import { RelationshipKindSchema } from '../../domain/number-check';
import {
  RELATIONSHIP_BODY_EXAMPLE,
  RELATIONSHIP_EXAMPLE,
  RelationshipAnswer,
  RelationshipListAnswer,
} from '../answers/relationships';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /contacts/{id}/relationships
 * POST /contacts/{id}/relationships
 * POST /relationships/{id}/withdraw
 */
export function relationshipRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/contacts/:id/relationships',
      role: 'viewer',
      concerns: 'contact',
      operation: {
        id: 'listRelationships',
        tag: 'Contacts',
        summary: 'List the purchases and inquiries of a contact',
        description: 'With what was withdrawn.',
        answers: { 200: RelationshipListAnswer },
        examples: { answer: { items: [RELATIONSHIP_EXAMPLE] } },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument({ items: await listRelationships(sql, id) })),
    }),
    defineRoute({
      method: 'post',
      path: '/contacts/:id/relationships',
      role: 'editor',
      concerns: 'contact',
      operation: {
        id: 'recordRelationship',
        tag: 'Contacts',
        summary: 'Record a purchase or an inquiry of a contact',
        description:
          'For 18 months after a purchase and 3 months after an inquiry a campaign that solicits may call and text the contact though the number is on the Do-Not-Call list. Whoever is being reached is planned anew.',
        answers: { 201: RelationshipAnswer },
        examples: { body: RELATIONSHIP_BODY_EXAMPLE, answer: RELATIONSHIP_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({
        kind: RelationshipKindSchema,
        happenedOn: z.string().refine(isLocalDate, 'must be a day like 2026-01-15'),
        source: text(200).min(1),
      }),
      handle: async ({ params: { id }, body, caller, requestKey }) => {
        if (body.happenedOn > toIso(await appNow(sql)).slice(0, 10)) throw inFuture(body.happenedOn);
        const record = await recordRelationship(sql, id, { ...body, id: idOfRequest(requestKey) }, caller.actor);
        return created(toDocument(record), `/contacts/${id}/relationships`);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/relationships/:id/withdraw',
      role: 'editor',
      concerns: 'relationship',
      isUnlimited: true,
      operation: {
        id: 'withdrawRelationship',
        tag: 'Contacts',
        summary: 'Withdraw a purchase or an inquiry that was none',
        description: 'Nothing that rests on it begins afterwards.',
        answers: { 200: RelationshipAnswer },
        examples: {
          body: { reason: 'the order was cancelled' },
          answer: {
            ...RELATIONSHIP_EXAMPLE,
            withdrawnAt: '2026-03-02T14:00:00.000Z',
            withdrawnBy: 'key:Ada',
            withdrawnReason: 'the order was cancelled',
          },
        },
      },
      params: IdParams,
      body: z.strictObject({ reason: text(500).default('') }),
      handle: async ({ params: { id }, body: { reason }, caller }) =>
        ok(toDocument(await withdrawRelationship(sql, id, reason, caller.actor))),
    }),
  ];
}

function inFuture(value: string): ApiError {
  const detail = 'must not be later than today (UTC)';
  return new ApiError('invalid_body', `#/happenedOn: ${detail}`, [{ pointer: '#/happenedOn', detail, value }]);
}
