import * as z from 'zod';
import { type Contact, getContact } from '../../db/contact';
import { type AddressEntry, setAddresses } from '../../db/contact-address';
import { DomainError } from '../../domain/errors';
import { mailAddress, phoneAddress } from '../../imports/address';
import { ADDRESSES_BODY_EXAMPLE, ADDRESSES_EXAMPLE, AddressesAnswer } from '../answers/contacts';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError, type Fault } from '../errors';
import { pointerOf } from '../faults';
import { RevisionSchema, revisionRequired } from '../revision';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const MOST_OF_A_KIND = 10;

const EntrySchema = z
  .strictObject({
    kind: z.enum(['phone', 'email']),
    value: text(254).min(1),
    unusable: z.enum(['wrong_number', 'invalid']).nullable().optional(),
  })
  .meta({ id: 'AddressEntry', description: 'A mark `unusable` that is left out stays as it is; null takes it away.' });
type EntryInput = z.output<typeof EntrySchema>;

const AddressesSchema = z
  .array(EntrySchema)
  .min(1)
  .max(2 * MOST_OF_A_KIND)
  .refine(
    (entries) =>
      ['phone', 'email'].every((kind) => entries.filter((each) => each.kind === kind).length <= MOST_OF_A_KIND),
    {
      error: `must be at most ${MOST_OF_A_KIND} of a kind`,
    },
  );

/**
 * GET /contacts/{id}/addresses
 * PUT /contacts/{id}/addresses: add, remove, reorder, mark, all in one
 */
export function contactAddressRoutes({ sql, config: { addressKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/contacts/:id/addresses',
      role: 'viewer',
      concerns: 'contact',
      operation: {
        id: 'getAddresses',
        tag: 'Contacts',
        summary: 'List the addresses of a contact in the order of use',
        answers: { 200: AddressesAnswer },
        examples: { answer: ADDRESSES_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(addressesOf(await getContact(sql, id))),
    }),
    defineRoute({
      method: 'put',
      path: '/contacts/:id/addresses',
      role: 'editor',
      concerns: 'contact',
      operation: {
        id: 'setAddresses',
        tag: 'Contacts',
        summary: 'Set the addresses of a contact in the order of use',
        description:
          'Adds, removes, reorders and marks. The first usable one of a kind is used; one that turns out to be wrong or invalid gives way to the next. What was said at an address that is removed goes on holding for the person, and what was sent to it counts; an import does not bring it back. Whoever is being reached is planned anew.',
        answers: { 200: AddressesAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: { body: ADDRESSES_BODY_EXAMPLE, answer: { ...ADDRESSES_EXAMPLE, revision: 2 } },
      },
      params: IdParams,
      body: z.strictObject({ addresses: AddressesSchema, revision: RevisionSchema }),
      handle: async ({ params: { id }, body: { addresses, revision }, caller, ifMatch }) => {
        const asked = revisionRequired(ifMatch, revision);
        const { country } = await getContact(sql, id);
        const change = { addresses: entriesOf(addresses, country ?? 'US', addressKey), revision: asked };
        return ok(addressesOf(await setAddresses(sql, id, change, caller.actor)));
      },
    }),
  ];
}

function addressesOf({ id, addresses, revision }: Contact): unknown {
  return toDocument({ contactId: id, addresses, revision });
}

function entriesOf(inputs: readonly EntryInput[], country: string, addressKey: string): AddressEntry[] {
  const faults: Fault[] = [];
  const entries = new Map<string, AddressEntry>();
  inputs.forEach(({ kind, value, unusable }, at) => {
    const refuse = (detail: string) => faults.push({ pointer: pointerOf(['addresses', at, 'value']), detail, value });
    try {
      const address = kind === 'phone' ? phoneAddress(value, addressKey, country) : mailAddress(value, addressKey);
      if (entries.has(address.hash)) refuse('stands here twice');
      entries.set(address.hash, { ...address, unusable });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refuse(error.message);
    }
  });
  if (faults.length > 0)
    throw new ApiError('invalid_body', faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), faults);
  return [...entries.values()];
}
