import * as z from 'zod';
import type { CaseDraft, ContactDraft, DraftAddress } from '../db/contact-import';
import { ConsentClassSchema } from '../domain/consent';
import { DomainError } from '../domain/errors';
import { isZone } from '../domain/local-time';
import { countryOf, stateOf } from '../domain/places';
import { mailAddress, phoneAddress } from './address';
import { text } from './text';

/** One person with cases as a list takes them in, by JSON or as a row of a CSV file. */

const ConsentInputSchema = z.strictObject({
  class: ConsentClassSchema,
  source: text(200).min(1),
  /** What the person agreed to, word by word. */
  text: text(4000).default(''),
});

export const ContactInputSchema = z.strictObject({
  externalId: text(200).min(1).optional(),
  firstName: text(100).optional(),
  lastName: text(100).optional(),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language like en or es-MX')
    .optional(),
  zone: z.string().refine(isZone, 'must be an IANA time zone like America/New_York').optional(),
  state: text(60)
    .refine((value) => stateOf(value) !== null, 'must be a US state, territory or Canadian province')
    .optional(),
  country: text(60)
    .refine((value) => countryOf(value) !== null, 'must be an ISO country code like US')
    .optional(),
  postalCode: text(20).optional(),
  phones: z.array(text(60)).max(10).default([]),
  emails: z.array(text(254)).max(10).default([]),
  attributes: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a name like claim_number'), text(1000))
    .refine((attributes) => Object.keys(attributes).length <= 50, 'must be at most 50')
    .default({}),
  tags: z.array(text(60).min(1)).max(50).default([]),
  consents: z.array(ConsentInputSchema).max(20).default([]),
});

export const CaseInputSchema = z.strictObject({
  externalId: text(200).min(1).optional(),
  title: text(200).optional(),
  status: text(120).optional(),
});

/** How an entry should look. Each is read by itself, so one that does not spoils none of the others. */
export const EntryInputSchema = z.strictObject({
  contact: ContactInputSchema,
  cases: z.array(CaseInputSchema).max(50).default([]),
});
type ContactInput = z.output<typeof ContactInputSchema>;

const { shape } = ContactInputSchema;

/** What is corrected of a person; null takes away what was known. */
export const ContactChangeSchema = z.strictObject({
  firstName: shape.firstName,
  lastName: shape.lastName,
  language: shape.language,
  zone: shape.zone.unwrap().nullable().optional(),
  state: shape.state.unwrap().transform(stateOf).nullable().optional(),
  country: shape.country.unwrap().transform(countryOf).nullable().optional(),
  postalCode: shape.postalCode.unwrap().nullable().optional(),
  attributes: shape.attributes.unwrap().optional(),
  tags: shape.tags.unwrap().optional(),
});

/** What is wrong with a field. The value goes back to whoever sent it and nowhere else. */
export interface EntryFault {
  readonly path: readonly PropertyKey[];
  readonly value?: unknown;
  readonly rule: string;
}

/** A null entry can't be stored at all; otherwise the faults name addresses that were left out. */
export interface ReadEntry {
  readonly entry: { readonly contact: ContactDraft; readonly cases: readonly CaseDraft[] } | null;
  readonly faults: readonly EntryFault[];
}

export function readEntry(input: unknown, addressKey: string): ReadEntry {
  const result = EntryInputSchema.safeParse(input, { reportInput: true });
  if (!result.success) return { entry: null, faults: result.error.issues.flatMap(faultsOfIssue) };
  const { contact, cases } = result.data;
  const { addresses, faults } = readAddresses(contact, addressKey);
  if (addresses.length === 0) return { entry: null, faults: [...faults, NOT_REACHABLE] };
  return { entry: { contact: draftOf(contact, addresses), cases: cases.map(caseDraftOf) }, faults };
}

/** One person by hand: whatever can't be read is a fault, and nothing is left out. */
export function readContact(
  contact: ContactInput,
  addressKey: string,
): { readonly contact: ContactDraft; readonly faults: readonly EntryFault[] } {
  const { addresses, faults } = readAddresses(contact, addressKey);
  const missing = addresses.length === 0 && faults.length === 0 ? [NOT_REACHABLE] : [];
  return { contact: draftOf(contact, addresses), faults: [...faults, ...missing] };
}

const NOT_REACHABLE: EntryFault = { path: ['contact'], rule: 'a contact needs a usable phone number or mail address' };

function faultsOfIssue(issue: z.core.$ZodIssue): EntryFault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], rule: 'this field is not known' }));
  return [{ path: issue.path, value: issue.input, rule: issue.message }];
}

function readAddresses({ phones, emails, country }: ContactInput, addressKey: string) {
  const addresses = new Map<string, DraftAddress>();
  const faults: EntryFault[] = [];
  const take = (path: EntryFault['path'], value: string, read: (value: string, addressKey: string) => DraftAddress) => {
    if (value === '') return;
    try {
      const address = read(value, addressKey);
      addresses.set(address.hash, address);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      faults.push({ path, value, rule: error.message });
    }
  };
  const home = country === undefined ? 'US' : (countryOf(country) ?? 'US');
  phones.forEach((phone, ix) => take(['contact', 'phones', ix], phone, (value, key) => phoneAddress(value, key, home)));
  emails.forEach((email, ix) => take(['contact', 'emails', ix], email, mailAddress));
  return { addresses: [...addresses.values()], faults };
}

/** Empty text says nothing, as in a file with a column that not every row fills. */
function draftOf(contact: ContactInput, addresses: readonly DraftAddress[]): ContactDraft {
  return {
    externalId: contact.externalId ?? null,
    firstName: contact.firstName || null,
    lastName: contact.lastName || null,
    language: contact.language ?? null,
    zone: contact.zone ?? null,
    state: contact.state === undefined ? null : stateOf(contact.state),
    country: contact.country === undefined ? null : countryOf(contact.country),
    postalCode: contact.postalCode || null,
    addresses,
    attributes: contact.attributes,
    tags: contact.tags,
    consents: contact.consents,
  };
}

function caseDraftOf({ externalId, title, status }: z.output<typeof CaseInputSchema>): CaseDraft {
  return { externalId: externalId ?? null, title: title || null, status: status || null };
}
