import * as z from 'zod';
import type { Placed } from '../../db/campaign-contact';
import { explainRejection } from '../../domain/forecast-rejection';
import { toDocument } from '../document';
import { ContactStatusSchema, EnrollmentStateSchema } from './enrollments';
import { EXAMPLE_IDS, Id, oneOf } from './fields';

const text = z.string();

export const PlacedContactAnswer = z
  .object({
    enrollmentId: Id,
    campaignId: Id,
    contactId: Id,
    change: oneOf<Placed['change']>()('enrolled', 'rejected', 'reopened', 'removed', 'unchanged').describe(
      '`rejected`: they can not be reached, or a status in the CRM keeps them out; `reopened`: was removed, or had left with the list, before; `unchanged`: it stood so already.',
    ),
    state: EnrollmentStateSchema,
    status: ContactStatusSchema,
    reason: text.nullable().describe('Why the contact was rejected or has ended.'),
    sentence: text.describe('The same in words.'),
  })
  .meta({ id: 'PlacedContact', description: 'Where a contact stands in a campaign after being added or removed.' });

export function placedDocument({ change, enrollment }: Placed): unknown {
  const { id: enrollmentId, campaignId, contact, state, status, reason } = enrollment;
  const sentence = sentenceOf(change, state, reason);
  return toDocument({ enrollmentId, campaignId, contactId: contact.id, change, state, status, reason, sentence });
}

function sentenceOf(change: Placed['change'], state: string, reason: string | null): string {
  switch (change) {
    case 'enrolled':
      return 'The contact is enrolled.';
    case 'reopened':
      return 'The contact is back; outreach goes on where the plan stands.';
    case 'removed':
      return 'The contact is out; nothing more is begun.';
    case 'rejected':
      return reason === 'stopped_in_crm' ? explainRejection(reason) : `The contact can not be reached: ${reason}.`;
    case 'unchanged':
      return state === 'open'
        ? 'The contact is in the campaign already.'
        : `Nothing was changed: the contact is ${state} (${reason}).`;
  }
}

export const PLACED_CONTACT_EXAMPLE = {
  enrollmentId: EXAMPLE_IDS.enrollment,
  campaignId: EXAMPLE_IDS.campaign,
  contactId: EXAMPLE_IDS.contact,
  change: 'enrolled',
  state: 'open',
  status: 'active',
  reason: null,
  sentence: 'The contact is enrolled.',
};
