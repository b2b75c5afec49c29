import * as z from 'zod';
import { type Contact, findContacts, getContact } from '../../db/contact';
import { changeContact } from '../../db/contact-change';
import { receive } from '../../db/inbox';
import { ChannelSchema } from '../../domain/channel';
import { DomainError } from '../../domain/errors';
import { announce } from '../../engine/announce';
import { mailAddress, phoneAddress } from '../address';
import {
  CONTACT_EXAMPLE,
  ContactAnswer,
  ContactPageAnswer,
  RECEIVED_EXAMPLE,
  ReceivedAnswer,
} from '../answers/contacts';
import { pageExample } from '../answers/fields';
import { ContactChangeSchema } from '../contact-entry';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { idAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { accepted, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /contacts
 * GET /contacts/{id}
 * PATCH /contacts/{id}
 * POST /contacts/{id}/opt-out
 */
export function contactRoutes(deps: ApiDeps): Route[] {
  const { sql, config } = deps;
  return [
    defineRoute({
      method: 'get',
      path: '/contacts',
      role: 'viewer',
      operation: {
        id: 'findContacts',
        tag: 'Contacts',
        summary: 'Find contacts',
        description: 'In a stable order that means nothing.',
        parameters: {
          query: 'Part of a name, an external id of the contact or of a case, or a whole phone number or mail address.',
          listId: 'Only people of cases on this list.',
        },
        answers: { 200: ContactPageAnswer },
        examples: { answer: pageExample(CONTACT_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        query: text(254).min(1).optional(),
        listId: z.uuid().optional(),
        tag: text(60).min(1).optional(),
      }),
      handle: async ({ query: { query = null, limit, cursor, ...filter } }) => {
        const hashes = query === null ? [] : hashesOf(query, config.addressKey);
        const rows = await findContacts(sql, { ...filter, query, hashes, after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ id }) => id, contactDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/contacts/:id',
      role: 'viewer',
      operation: {
        id: 'getContact',
        tag: 'Contacts',
        summary: 'Read a contact',
        answers: { 200: ContactAnswer },
        examples: { answer: CONTACT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(contactDocument(await getContact(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/contacts/:id',
      role: 'editor',
      operation: {
        id: 'changeContact',
        tag: 'Contacts',
        summary: 'Correct what is known of a contact',
        description:
          'Each field that is given takes the place of what stands; null takes it away. Whoever is being reached is planned anew. Addresses are added by putting the contact on a list once more.',
        answers: { 200: ContactAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { lastName: 'Rivera-Lin', revision: 1 },
          answer: { ...CONTACT_EXAMPLE, lastName: 'Rivera-Lin', revision: 2 },
        },
      },
      params: IdParams,
      body: ContactChangeSchema.extend({ revision: RevisionSchema }),
      handle: async ({ params: { id }, body: { revision, ...values }, caller, ifMatch }) => {
        const change = { ...values, revision: revisionAsked(ifMatch, revision) };
        return ok(contactDocument(await changeContact(sql, id, change, caller.actor)));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/contacts/:id/opt-out',
      role: 'editor',
      isUnlimited: true,
      operation: {
        id: 'optOut',
        tag: 'Contacts',
        summary: 'Opt a contact out',
        description: 'Bars the channels at every address of the contact, in every campaign.',
        answers: { 202: ReceivedAnswer },
        examples: { body: { channels: ['voice', 'sms'] }, answer: RECEIVED_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({ channels: z.array(ChannelSchema).min(1).default(['voice', 'sms', 'email']) }),
      handle: async ({ params: { id }, body: { channels }, caller, requestKey }) => {
        await getContact(sql, id);
        const received = await receive(sql, {
          source: 'api',
          eventKey: `opted_out:${requestKey}`,
          raw: { contactId: id, channels },
          actor: caller.actor,
          fact: { body: { kind: 'opted_out', source: 'operator', channels }, contactId: id },
        });
        void announce(deps, received);
        return accepted({ factId: received.factId, duplicate: received.duplicate });
      },
    }),
  ];
}

/** A person's own attributes keep their form, whatever they are called. */
function contactDocument({ attributes, ...contact }: Contact): unknown {
  return { ...(toDocument(contact) as Record<string, unknown>), attributes };
}

/** What is searched for may be a whole address, which is found by its hash alone. */
function hashesOf(query: string, addressKey: string): string[] {
  return [phoneAddress, mailAddress].flatMap((read) => {
    try {
      return [read(query, addressKey).hash];
    } catch (error) {
      if (error instanceof DomainError) return [];
      throw error;
    }
  });
}
