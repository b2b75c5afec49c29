import * as z from 'zod';
import type { CommitmentState } from '../../db/commitment-views';
import { Actor, At, CONTACT_NAME_EXAMPLE, ContactNameAnswer, EXAMPLE_IDS, Id, oneOf, pageOfAnswers } from './fields';

const text = z.string();

export const CommitmentStateSchema = oneOf<CommitmentState>()('open', 'kept', 'moved', 'broken');

const CommitmentAnswer = z
  .object({
    id: Id,
    campaignId: Id,
    enrollmentId: Id,
    contact: ContactNameAnswer,
    promisedAt: At.describe('When the call was promised for.'),
    state: CommitmentStateSchema,
    reason: text
      .nullable()
      .describe('How the call ended that kept it (`answered`, `no_answer`, …), or why it was moved or broken.'),
    actor: Actor,
    attemptId: Id.nullable(),
    calledAt: At.nullable().describe('When the call that was to keep it was placed.'),
    createdAt: At,
    closedAt: At.nullable(),
  })
  .meta({ id: 'Commitment', description: 'A promise to call back, and what became of it.' });

export const CommitmentPageAnswer = pageOfAnswers('Commitment', CommitmentAnswer);

export const COMMITMENT_EXAMPLE = {
  id: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a09',
  campaignId: EXAMPLE_IDS.campaign,
  enrollmentId: EXAMPLE_IDS.enrollment,
  contact: CONTACT_NAME_EXAMPLE,
  promisedAt: '2027-03-09T20:00:00.000Z',
  state: 'kept',
  reason: 'answered',
  actor: 'contact',
  attemptId: EXAMPLE_IDS.attempt,
  calledAt: '2027-03-09T20:00:00.250Z',
  createdAt: '2027-03-08T17:02:11.000Z',
  closedAt: '2027-03-09T20:03:10.000Z',
};
