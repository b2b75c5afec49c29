import * as z from 'zod';
import { At, CONTACT_NAME_EXAMPLE, ContactNameAnswer, EXAMPLE_IDS, Id, pageOfAnswers } from './fields';

const text = z.string();

const HandoffAnswer = z
  .object({
    kind: z.enum(['held', 'unmatched', 'untagged_call']),
    id: Id.describe('Of the enrollment, the fact or the attempt, by kind.'),
    at: At,
    enrollmentId: Id.nullable(),
    campaignId: Id.nullable(),
    contact: ContactNameAnswer.nullable(),
    reason: text.describe('Why it is held, or what kind of fact found nobody.'),
    heldUntilAt: At.nullable(),
    lastMessage: text.nullable().describe('The last thing that the person wrote.'),
  })
  .meta({ id: 'Handoff', description: 'Something that waits for a person.' });

export const HandoffPageAnswer = pageOfAnswers('Handoff', HandoffAnswer);

export const HANDOFF_EXAMPLE = {
  kind: 'held',
  id: EXAMPLE_IDS.enrollment,
  at: '2027-03-08T16:10:00.000Z',
  enrollmentId: EXAMPLE_IDS.enrollment,
  campaignId: EXAMPLE_IDS.campaign,
  contact: CONTACT_NAME_EXAMPLE,
  reason: 'handoff',
  heldUntilAt: '2027-03-11T16:10:00.000Z',
  lastMessage: 'Can I talk to a person?',
};
