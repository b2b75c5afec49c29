import * as z from 'zod';
import { ChannelSchema } from '../../domain/channel';
import { At, EXAMPLE_IDS, Id, pageOfAnswers, Revision } from './fields';

const text = z.string();

const AddressAnswer = z
  .object({
    kind: z.enum(['phone', 'email']),
    value: text.describe('A phone number in E.164, or a mail address.'),
    unusable: z.enum(['wrong_number', 'invalid']).nullable(),
    suppressed: z.array(ChannelSchema).describe('Channels on which nobody may be reached at this address any more.'),
    foundBy: text.nullable().describe('Who found it for us (K-7); null = it was given.'),
  })
  .meta({ id: 'Address' });

const CaseAnswer = z
  .object({
    id: Id,
    externalId: text,
    caseType: text,
    title: text,
    status: text.nullable().describe('As the CRM calls it.'),
  })
  .meta({ id: 'Case' });

const ConsentAnswer = z
  .object({ class: text, source: text, givenAt: At, revokedAt: At.nullable() })
  .meta({ id: 'Consent' });

export const ContactAnswer = z
  .object({
    id: Id,
    externalId: text.nullable().describe('Its id where it came from.'),
    firstName: text,
    lastName: text,
    language: text,
    zone: text.nullable().describe('The time zone that the source stated.'),
    state: text.nullable(),
    country: text.nullable(),
    postalCode: text.nullable(),
    places: z
      .object({
        zones: z
          .array(text)
          .describe('Every zone in which the person may be; outreach keeps to the hours of all of them.'),
        known: z.boolean().describe('false = nothing says where; the narrower hours for unknown places hold.'),
        states: z.array(text).describe('US states and Canadian provinces in which the person may be.'),
        sources: z
          .array(z.object({ source: text, value: text, zones: z.array(text) }))
          .describe('What says so: what the source stated, the postal code, an area code, …'),
      })
      .describe('Where the person may be, from all evidence.'),
    attributes: z.record(text, z.unknown()),
    tags: z.array(text),
    addresses: z.array(AddressAnswer),
    cases: z.array(CaseAnswer),
    consents: z.array(ConsentAnswer),
    erased: z.boolean().describe('Nothing personal is left; `GET /v1/contacts/{id}/erasure` says what was done.'),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
  })
  .meta({ id: 'Contact' });

export const AddressesAnswer = z.object({ contactId: Id, addresses: z.array(AddressAnswer), revision: Revision }).meta({
  id: 'Addresses',
  description: 'The ways to a contact, the one to use first in front; the revision is that of the contact.',
});

export const ContactPageAnswer = pageOfAnswers('Contact', ContactAnswer);

/** What is answered to whoever tells a fact. */
export const ReceivedAnswer = z
  .object({
    factId: Id.nullable().describe('null = it was kept, and changes nothing: an automatic reply, for example.'),
    duplicate: z.boolean().describe('The same was told before and changed nothing now.'),
  })
  .meta({ id: 'Received', description: 'The fact is stored, and whatever follows from it is on its way.' });

export const RECEIVED_EXAMPLE = { factId: EXAMPLE_IDS.fact, duplicate: false };

export const CONTACT_EXAMPLE = {
  id: EXAMPLE_IDS.contact,
  externalId: 'P-1001',
  firstName: 'Asha',
  lastName: 'Rivera',
  language: 'en',
  zone: 'America/New_York',
  state: null,
  country: null,
  postalCode: null,
  places: {
    zones: ['America/New_York'],
    known: true,
    states: ['NY'],
    sources: [{ source: 'area_code', value: '212', zones: ['America/New_York'] }],
  },
  attributes: { claim_number: '77-1' },
  tags: ['spring'],
  addresses: [
    { kind: 'phone', value: '+12125550123', unusable: null, suppressed: [], foundBy: null },
    { kind: 'email', value: 'asha@example.com', unusable: null, suppressed: ['email'], foundBy: null },
  ],
  cases: [{ id: EXAMPLE_IDS.case, externalId: '70001', caseType: 'intake', title: 'Rivera intake', status: 'New' }],
  consents: [{ class: 'live_call', source: 'web form', givenAt: '2027-02-20T15:00:00.000Z', revokedAt: null }],
  erased: false,
  revision: 1,
  createdAt: '2027-03-01T17:00:00.000Z',
  updatedAt: '2027-03-01T17:00:00.000Z',
};

export const CONTACT_BODY_EXAMPLE = {
  externalId: 'P-1009',
  firstName: 'Asha',
  lastName: 'Rivera',
  zone: 'America/New_York',
  phones: ['+12125550123'],
  emails: ['asha@example.com'],
  attributes: { claim_number: '77-1' },
  tags: ['spring'],
  consents: [{ class: 'live_call', source: 'web form', text: 'Yes, call me about my claim.' }],
  cases: [{ externalId: '70009', caseType: 'intake', title: 'Rivera intake', status: 'New' }],
  optOut: ['email'],
};

export const ADDRESSES_EXAMPLE = { contactId: EXAMPLE_IDS.contact, addresses: CONTACT_EXAMPLE.addresses, revision: 1 };

export const ADDRESSES_BODY_EXAMPLE = {
  addresses: [
    { kind: 'phone', value: '+12125550123' },
    { kind: 'email', value: 'asha@example.com' },
  ],
  revision: 1,
};
