import * as z from 'zod';
import { catalogueOf } from '../../db/attribute';
import { createContact } from '../../db/new-contact';
import { idOfRequest } from '../../db/tokens';
import { fitAttributes } from '../../domain/attribute';
import { ChannelSchema } from '../../domain/channel';
import { CaseInputSchema, ContactInputSchema, readContact } from '../../imports/contact-entry';
import { CONTACT_BODY_EXAMPLE, CONTACT_EXAMPLE, ContactAnswer } from '../answers/contacts';
import { EXAMPLE_IDS } from '../answers/fields';
import { contactDocument } from '../contact-document';
import type { ApiDeps } from '../deps';
import { ApiError, type Fault } from '../errors';
import { pointerOf } from '../faults';
import { created, defineRoute, type Route } from '../route';
import { text } from '../text';

const CasesSchema = z
  .array(CaseInputSchema.extend({ caseType: text(120).min(1).optional().describe('Left out = that of the list.') }))
  .max(50)
  .default([])
  .check(({ value, issues }) => {
    value.forEach(({ externalId }, at) => {
      if (externalId !== undefined && value.findIndex((other) => other.externalId === externalId) < at)
        issues.push({ code: 'custom', path: [at, 'externalId'], input: externalId, message: 'is named twice' });
    });
  });

/** POST /contacts: one person by hand */
export function newContactRoutes({ sql, config: { addressKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/contacts',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'createContact',
        tag: 'Contacts',
        summary: 'Create a contact',
        description:
          'With phone numbers and mail addresses in the order of their use, cases, consents and opt-outs, and onto a list where one is named: all of it or nothing. Somebody who is known already, by the rules of imports, is named in the refusal and not changed. An address that is barred stays barred, and `optOut` adds to it.',
        answers: { 201: ContactAnswer },
        problems: ['wrong_status', 'unknown_reference', 'case_conflict', 'contact_exists'],
        examples: {
          body: CONTACT_BODY_EXAMPLE,
          answer: {
            ...CONTACT_EXAMPLE,
            externalId: CONTACT_BODY_EXAMPLE.externalId,
            cases: CONTACT_BODY_EXAMPLE.cases.map((each) => ({ id: EXAMPLE_IDS.case, ...each })),
          },
        },
      },
      body: z.strictObject({
        ...ContactInputSchema.shape,
        cases: CasesSchema,
        optOut: z.array(ChannelSchema).max(3).default([]).describe('What the person wants nothing on.'),
        listId: z.uuid().optional().describe('The cases come onto it; without cases one is made of its type.'),
      }),
      handle: async ({ body: { cases, optOut, listId = null, ...input }, caller, requestKey }) => {
        const { contact, faults } = readContact(input, addressKey);
        const attributes = fitAttributes(await catalogueOf(sql), contact.attributes);
        refuse([
          ...faults.map(({ path, rule, value }) => faultAt(path.slice(1), rule, value)),
          ...attributes.faults.map(({ name, rule, value }) => faultAt(['attributes', name], rule, value)),
        ]);
        const made = await createContact(
          sql,
          {
            id: idOfRequest(requestKey),
            contact: { ...contact, attributes: attributes.values },
            cases: cases.map(({ externalId = null, caseType = null, title = null, status = null }) => ({
              externalId,
              caseType,
              title,
              status: status === '' ? null : status,
            })),
            optOut,
            listId,
          },
          caller.actor,
        );
        return created(contactDocument(made), `/contacts/${made.id}`);
      },
    }),
  ];
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  throw new ApiError('invalid_body', faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), faults);
}

function faultAt(path: readonly PropertyKey[], detail: string, value: unknown): Fault {
  return { pointer: pointerOf(path), detail, ...(value === undefined ? {} : { value }) };
}
