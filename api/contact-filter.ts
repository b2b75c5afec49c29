import { ContactStatusSchema, EnrollmentStateSchema } from './answers/enrollments';
import { InstantSchema } from './instant';
import { text } from './text';

/** Which contacts of a campaign are meant: the same words wherever they are listed, counted or ordered about. */
export const contactFilter = {
  state: EnrollmentStateSchema.optional(),
  status: ContactStatusSchema.optional(),
  reason: text(60).min(1).optional().describe('Why it was rejected or has ended: `opted_out`, `plan_through`, …'),
  dueBefore: InstantSchema.optional().describe('Only those that are open and looked at again before this instant.'),
  query: text(254)
    .min(1)
    .optional()
    .describe(
      'Part of the name (one or two letters: the beginning of a part of it), or an external id of the contact or of a case.',
    ),
};
