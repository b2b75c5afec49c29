import * as z from 'zod';
import { PlanSchema } from '../../domain/plan';
import { PolicySchema } from '../../domain/policy';
import { InsideSchema } from '../../domain/publication';
import { type Effect, EFFECTS } from '../../domain/publish-effect';
import { DEFINITION_EXAMPLE } from './campaigns';
import { ENROLLMENT_SUMMARY_EXAMPLE, NextAnswer } from './enrollments';
import { Actor, At, CONTACT_NAME_EXAMPLE, ContactNameAnswer, Count, EXAMPLE_IDS, Id, pageOfAnswers } from './fields';

const text = z.string();

const summary = {
  id: Id,
  campaignId: Id,
  number: z.int().min(1),
  inside: InsideSchema,
  createdAt: At,
  actor: Actor,
};

const VersionSummaryAnswer = z.object(summary).meta({ id: 'VersionSummary' });
export const VersionPageAnswer = pageOfAnswers('Version', VersionSummaryAnswer);

export const VersionAnswer = z
  .object({ ...summary, plan: PlanSchema, policy: PolicySchema })
  .meta({ id: 'Version', description: 'What a launch or a publish froze; it never changes.' });

export const VERSION_SUMMARY_EXAMPLE = {
  id: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a0a',
  campaignId: EXAMPLE_IDS.campaign,
  number: 1,
  inside: 'adopt',
  createdAt: '2027-03-08T13:00:00.000Z',
  actor: 'key:console',
};

export const VERSION_EXAMPLE = {
  ...VERSION_SUMMARY_EXAMPLE,
  plan: PlanSchema.parse(DEFINITION_EXAMPLE.plan),
  policy: PolicySchema.parse(DEFINITION_EXAMPLE.policy),
};

const EffectSchema = z
  .enum(EFFECTS)
  .describe(
    '`undecided`: what is held or under way is planned when that is over. `other_words`: the same touch at the same time.',
  );

const effectCounts = Object.fromEntries(EFFECTS.map((effect) => [effect, Count.optional()])) as Record<
  // The keys are those of the list.
  Effect,
  z.ZodOptional<typeof Count>
>;

const PreviewedContactAnswer = z
  .object({
    enrollmentId: Id,
    contact: ContactNameAnswer,
    effect: EffectSchema,
    before: NextAnswer,
    after: NextAnswer,
  })
  .meta({ id: 'PreviewedContact', description: 'What comes next for a contact as it is, and as it would be.' });

export const PublishPreviewAnswer = z
  .object({
    differences: z.array(
      z.object({
        at: text.describe('Field names and keys of the way there, as in `plan/runs/two-days/calls/attempts`.'),
        before: z.unknown().optional().describe('Left out = it was not there.'),
        after: z.unknown().optional().describe('Left out = it is there no more.'),
      }),
    ),
    problems: z
      .array(z.object({ pointer: text, detail: text, value: z.unknown().optional() }))
      .describe('What keeps it from being published.'),
    open: Count.describe('Contacts who are inside.'),
    lookedAt: Count.describe('The effects were counted over so many of them, evenly drawn.'),
    effects: z.object(effectCounts).describe('Effects that nobody meets are left out.'),
    newSteps: z.array(
      z.object({
        step: text,
        reached: Count,
        notReached: Count.describe('It comes in behind their place, or they are kept out of it.'),
      }),
    ),
    removedSteps: z.array(z.object({ step: text, contacts: Count.describe('They stand before it.') })),
    items: z.array(PreviewedContactAnswer),
    nextCursor: text.nullable().describe('Send it as `cursor`, with the same body, for the next page.'),
  })
  .meta({ id: 'PublishPreview' });

const { next } = ENROLLMENT_SUMMARY_EXAMPLE;

export const PREVIEW_EXAMPLE = {
  differences: [{ at: 'plan/runs/two-days/calls/attempts', before: 3, after: 4 }],
  problems: [],
  open: 120,
  lookedAt: 120,
  effects: { unchanged: 118, undecided: 2 },
  newSteps: [],
  removedSteps: [],
  items: [
    {
      enrollmentId: EXAMPLE_IDS.enrollment,
      contact: CONTACT_NAME_EXAMPLE,
      effect: 'unchanged',
      before: next,
      after: next,
    },
  ],
  nextCursor: null,
};
