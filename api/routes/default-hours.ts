import * as z from 'zod';
import { takeDefaultHours } from '../../db/default-hours';
import { CAMPAIGN_EXAMPLE, WrittenCampaignAnswer } from '../answers/campaigns';
import type { ApiDeps } from '../deps';
import { RevisionSchema, revisionRequired } from '../revision';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { campaignDocument } from './campaigns';

/** POST /campaigns/{id}/use-default-hours */
export function defaultHoursRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/campaigns/:id/use-default-hours',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'useDefaultHours',
        tag: 'Campaigns',
        summary: "Copy the company's default hours into a draft",
        description:
          'Its slots become those of the campaign, its weekdays those of each run in company times. It is a copy: what the company changes later changes no campaign. The draft need not be complete. What was launched is published anew instead.',
        answers: { 200: WrittenCampaignAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: { body: { revision: 1 }, answer: { ...CAMPAIGN_EXAMPLE, revision: 2 } },
      },
      params: IdParams,
      body: z.strictObject({ revision: RevisionSchema }),
      handle: async ({ params: { id }, body, caller, ifMatch }) => {
        const revision = revisionRequired(ifMatch, body.revision);
        return ok(campaignDocument(await takeDefaultHours(sql, id, revision, caller.actor)));
      },
    }),
  ];
}
