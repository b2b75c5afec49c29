import type { Correspondents } from './content';
import type { Db } from './client';
import { Refusal } from './refusal';

/** Who a text is tried on: a contact, or somebody who is none. */
export type Reader = Omit<Correspondents, 'to'>;

interface Tried {
  readonly contactId: string | null;
  readonly campaignId: string | null;
}

/** What texts call the matter where no campaign says it. */
const NO_SUBJECT = 'general';
const NOBODY = { firstName: 'Asha', lastName: 'Rivera', language: 'en', attributes: {} };

export async function readerOf(db: Db, { contactId, campaignId }: Tried): Promise<Reader> {
  const [company] = await db<Omit<Reader, 'firstName' | 'lastName' | 'language' | 'attributes'>[]>`
    select s.company_name, s.company_address, s.company_phone, s.caller_numbers, s.mail_from,
      coalesce((select subject from campaign where id = ${campaignId}), ${NO_SUBJECT}) as subject
    from settings s`;
  if (company === undefined) throw new Error('the settings row is missing; were all migrations applied?');
  return { ...company, ...(contactId === null ? NOBODY : await contactOf(db, contactId)) };
}

async function contactOf(db: Db, id: string): Promise<typeof NOBODY> {
  const [row] = await db<(typeof NOBODY)[]>`
    select first_name, last_name, language, attributes from contact where id = ${id} and erased_rt is null`;
  if (row === undefined)
    throw new Refusal('unknown_reference', `there is no contact ${id}`, [
      { pointer: '#/contactId', detail: 'there is no such contact', value: id },
    ]);
  return row;
}
