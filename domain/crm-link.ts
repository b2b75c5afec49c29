import * as z from 'zod';

const nameSchema = z.string().trim().min(1).max(120);

/** One answer of the campaign's form, or one attribute of the contact, and the field of the CRM that it is written into. */
const crmFieldMappingSchema = z.strictObject({
  from: z.enum(['answer', 'attribute']),
  /** The name of the question, or of the attribute. */
  key: nameSchema,
  to: nameSchema,
});

/** What a campaign wants of its CRM beside the actions of its rules. */
export const CrmLinkSchema = z.strictObject({
  /** S1-108. */
  fields: z.array(crmFieldMappingSchema).max(200).default([]),
});
