import * as z from 'zod';
import { addContact, type Placed, removeContact } from '../../db/campaign-contact';
import { announce } from '../../engine/announce';
import { PLACED_CONTACT_EXAMPLE, placedDocument, PlacedContactAnswer } from '../answers/campaign-contacts';
import { EXAMPLE_IDS } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { type Answer, defineRoute, IdParams, ok, type Route } from '../route';

/**
 * POST /campaigns/{id}/contacts: adds one contact to a campaign that lives
 * DELETE /campaigns/{id}/contacts/{contactId}: takes one out of it
 */
export function campaignContactRoutes(deps: ApiDeps): Route[] {
  const { sql } = deps;
  return [
    defineRoute({
      method: 'post',
      path: '/campaigns/:id/contacts',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'addCampaignContact',
        tag: 'Enrollments',
        summary: 'Add one contact to a campaign that lives',
        description: ADDING,
        answers: { 200: PlacedContactAnswer },
        problems: ['wrong_status', 'order_refused', 'unknown_reference'],
        examples: { body: { contactId: EXAMPLE_IDS.contact }, answer: PLACED_CONTACT_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({
        contactId: z.uuid(),
        caseId: z.uuid().optional().describe("Left out = every case of the contact that is of the list's type."),
      }),
      handle: async ({ params: { id: campaignId }, body: { contactId, caseId = null }, caller, requestKey }) =>
        placed(await addContact(sql, { campaignId, contactId, caseId, actor: caller.actor, requestKey })),
    }),
    defineRoute({
      method: 'delete',
      path: '/campaigns/:id/contacts/:contactId',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'removeCampaignContact',
        tag: 'Enrollments',
        summary: 'Take one contact out of a campaign',
        description: REMOVING,
        answers: { 200: PlacedContactAnswer },
        problems: ['wrong_status'],
        examples: {
          answer: {
            ...PLACED_CONTACT_EXAMPLE,
            change: 'removed',
            state: 'ended',
            status: 'completed',
            reason: 'removed_by_operator',
            sentence: 'The contact is out; nothing more is begun.',
          },
        },
      },
      params: IdParams.extend({ contactId: z.uuid() }),
      handle: async ({ params: { id: campaignId, contactId }, caller, requestKey }) =>
        placed(await removeContact(sql, { campaignId, contactId, actor: caller.actor, requestKey })),
    }),
  ];

  function placed(place: Placed): Answer {
    if (place.received !== null) void announce(deps, place.received);
    return ok(placedDocument(place));
  }
}

const ADDING = `
Whoever is not on the campaign's list joins this campaign alone, with a case of the type that the list is about; the list stays as it is. The contact is enrolled at once, or rejected with the reason.
Adding whoever is in it already changes nothing. Whoever was removed, or had left with the list, comes back; whoever was rejected is looked at again.
`.trim();

const REMOVING = `
Outreach to the contact ends in this campaign: no call and no message is begun after the answer, and a call that rings is let come to its end. The list stays as it is.
Neither Resume Outreach nor the list brings the contact back, only adding. Removing whoever is out already changes nothing.
`.trim();
