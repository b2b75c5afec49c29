import { beginErasure, getErasure } from '../../db/erasure';
import { ERASURE_EXAMPLE, ErasureAnswer, erasureDocument } from '../answers/erasures';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { accepted, defineRoute, IdParams, ok, type Route } from '../route';

/**
 * POST /contacts/{id}/erase
 * GET /contacts/{id}/erasure
 */
export function erasureRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/contacts/:id/erase',
      role: 'admin',
      concerns: 'contact',
      operation: {
        id: 'eraseContact',
        tag: 'Contacts',
        summary: 'Erase a contact for good',
        description:
          'From the answer on nobody reaches the person: enrollments have ended, and what rings is let come to its end. Then everything personal goes, here, at the telephone provider and in Temporal; `GET /v1/contacts/{id}/erasure` says how far it is. Opt-outs stay by keyed hashes, so who is imported again is still left alone. Asked again, it answers how far it is.',
        answers: { 202: ErasureAnswer },
        examples: { answer: ERASURE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) =>
        accepted(toDocument(erasureDocument(await beginErasure(sql, id, caller.actor)))),
    }),
    defineRoute({
      method: 'get',
      path: '/contacts/:id/erasure',
      role: 'viewer',
      concerns: 'contact',
      operation: {
        id: 'getErasure',
        tag: 'Contacts',
        summary: 'Read the certificate of an erasure',
        answers: { 200: ErasureAnswer },
        examples: { answer: ERASURE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument(erasureDocument(await getErasure(sql, id)))),
    }),
  ];
}
