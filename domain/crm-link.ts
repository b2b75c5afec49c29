import * as z from 'zod';
import { CrmFieldMappingSchema } from './crm-field';
import { StatusRefSchema, statusKey, type StatusRef } from './crm-status';

/** What a campaign wants of its CRM beside the actions of its rules; everything is off where nothing is said. */
export const CrmLinkSchema = z.strictObject({
  /** K-15: each text, in or out, becomes a note. */
  mirrorTexts: z.boolean().default(false),
  /** U-1: outreach to a contact ends when somebody sets one of these in the CRM. */
  stopOn: z.array(StatusRefSchema).max(200).default([]),
  /** S1-108: what is written into fields of the CRM when the form is finished or a call is tagged. */
  fields: z.array(CrmFieldMappingSchema).max(200).default([]),
});

/** Does outreach end at this status? */
export function endsOutreach(stopOn: readonly StatusRef[], status: StatusRef): boolean {
  return stopOn.some((each) => statusKey(each) === statusKey(status));
}
