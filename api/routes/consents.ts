import * as z from 'zod';
import { appNow } from '../../db/clock';
import { listConsents, recordConsent, revokeConsent } from '../../db/consent';
import { idOfRequest } from '../../db/tokens';
import { ConsentClassSchema } from '../../domain/consent';
import { toIso } from '../../domain/instant';
import { CONSENT_BODY_EXAMPLE, CONSENT_EXAMPLE, ConsentListAnswer, ConsentRecordAnswer } from '../answers/consents';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { InstantSchema } from '../instant';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /contacts/{id}/consents
 * POST /contacts/{id}/consents
 * POST /consents/{id}/revoke
 */
export function consentRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/contacts/:id/consents',
      role: 'viewer',
      concerns: 'contact',
      operation: {
        id: 'listConsents',
        tag: 'Contacts',
        summary: 'List what a contact has agreed to',
        description: 'With what was taken back.',
        answers: { 200: ConsentListAnswer },
        examples: { answer: { items: [CONSENT_EXAMPLE] } },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument({ items: await listConsents(sql, id) })),
    }),
    defineRoute({
      method: 'post',
      path: '/contacts/:id/consents',
      role: 'editor',
      concerns: 'contact',
      operation: {
        id: 'recordConsent',
        tag: 'Contacts',
        summary: 'Record what a contact has agreed to',
        description:
          'A step of a plan that asks for a class of consent is carried out only for who has agreed to it. Whoever is being reached is planned anew.',
        answers: { 201: ConsentRecordAnswer },
        examples: { body: CONSENT_BODY_EXAMPLE, answer: CONSENT_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({
        class: ConsentClassSchema,
        source: text(200).min(1),
        text: text(4000).min(1),
        seller: text(200).default(''),
        givenAt: InstantSchema.optional(),
      }),
      handle: async ({ params: { id }, body: { givenAt = null, ...consent }, caller, requestKey }) => {
        if (givenAt !== null && givenAt > (await appNow(sql))) throw inFuture(givenAt);
        const record = await recordConsent(sql, id, { ...consent, givenAt, id: idOfRequest(requestKey) }, caller.actor);
        return created(toDocument(record), `/contacts/${id}/consents`);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/consents/:id/revoke',
      role: 'editor',
      concerns: 'consent',
      isUnlimited: true,
      operation: {
        id: 'revokeConsent',
        tag: 'Contacts',
        summary: 'Take a consent back',
        description:
          'Nothing that needs it begins afterwards. It bars no address: to opt a contact out is another operation.',
        answers: { 200: ConsentRecordAnswer },
        examples: {
          body: { reason: 'said so on the phone' },
          answer: {
            ...CONSENT_EXAMPLE,
            revokedAt: '2027-03-02T14:00:00.000Z',
            revokedBy: 'key:Ada',
            revokedReason: 'said so on the phone',
          },
        },
      },
      params: IdParams,
      body: z.strictObject({ reason: text(500).default('') }),
      handle: async ({ params: { id }, body: { reason }, caller }) =>
        ok(toDocument(await revokeConsent(sql, id, reason, caller.actor))),
    }),
  ];
}

function inFuture(givenAt: number): ApiError {
  const detail = 'must not be later than now';
  return new ApiError('invalid_body', `#/givenAt: ${detail}`, [
    { pointer: '#/givenAt', detail, value: toIso(givenAt) },
  ]);
}
