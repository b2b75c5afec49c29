import * as z from 'zod';
import { catalogueOf } from '../../db/attribute';
import { findContacts, getContact } from '../../db/contact';
import { changeContact } from '../../db/contact-change';
import { fitAttributes } from '../../domain/attribute';
import { ChannelSchema } from '../../domain/channel';
import { DomainError } from '../../domain/errors';
import { mailAddress, phoneAddress } from '../../imports/address';
import { CONTACT_EXAMPLE, ContactAnswer, ContactPageAnswer } from '../answers/contacts';
import { pageExample } from '../answers/fields';
import { ContactChangeSchema } from '../../imports/contact-entry';
import { contactDocument } from '../contact-document';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';
import { idAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /contacts
 * GET /contacts/{id}
 * PATCH /contacts/{id}
 */
export function contactRoutes({ sql, config }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/contacts',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'findContacts',
        tag: 'Contacts',
        summary: 'Find contacts',
        description: 'In a stable order that means nothing.',
        parameters: {
          query: 'Part of a name, an external id of the contact or of a case, or a whole phone number or mail address.',
          listId: 'Only people of cases on this list.',
          caseType: 'Only people with a case of this type.',
          optedOut: 'Only people who opted out of the channel; of calls also where only about cases of one type.',
          attribute: 'Name and value with a colon between them, as `injury:Knee`.',
        },
        answers: { 200: ContactPageAnswer },
        examples: { answer: pageExample(CONTACT_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        query: text(254).min(1).optional(),
        listId: z.uuid().optional(),
        tag: text(60).min(1).optional(),
        language: text(10).min(1).optional(),
        caseType: text(120).min(1).optional(),
        optedOut: ChannelSchema.optional(),
        attribute: text(1100)
          .regex(/^[a-z][a-z0-9_]{0,39}:/, 'must be a name and a value like claim_number:77-1')
          .optional(),
      }),
      handle: async ({ query: { query = null, attribute, limit, cursor, ...filter } }) => {
        const hashes = query === null ? [] : hashesOf(query, config.addressKey);
        const rows = await findContacts(sql, {
          ...filter,
          attribute: attributeOf(attribute),
          query,
          hashes,
          after: idAt(cursor),
          limit: limit + 1,
        });
        return ok(pageOf(rows, limit, ({ id }) => id, contactDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/contacts/:id',
      role: 'viewer',
      concerns: 'contact',
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
      concerns: 'contact',
      operation: {
        id: 'changeContact',
        tag: 'Contacts',
        summary: 'Correct what is known of a contact',
        description:
          'Each field that is given takes the place of what stands; null takes it away. Whoever is being reached is planned anew. Attributes are checked by the catalogue. Addresses have an operation of their own.',
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
        const attributes = values.attributes === undefined ? undefined : await fitted(values.attributes);
        const change = { ...values, attributes, revision: revisionAsked(ifMatch, revision) };
        return ok(contactDocument(await changeContact(sql, id, change, caller.actor)));
      },
    }),
  ];

  /** As the catalogue has them kept; refuses what does not fit. */
  async function fitted(attributes: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
    const { values, faults } = fitAttributes(await catalogueOf(sql), attributes);
    if (faults.length === 0) return values;
    throw new ApiError(
      'invalid_body',
      faults.map(({ name, rule }) => `#/attributes/${name}: ${rule}`).join('; '),
      faults.map(({ name, value, rule }) => ({ pointer: `#/attributes/${name}`, detail: rule, value })),
    );
  }
}

function attributeOf(asked: string | undefined): { name: string; value: string } | undefined {
  if (asked === undefined) return undefined;
  const colon = asked.indexOf(':');
  return { name: asked.slice(0, colon), value: asked.slice(colon + 1).trim() };
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
