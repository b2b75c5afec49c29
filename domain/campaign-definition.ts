import * as z from 'zod';
import { PlanSchema } from './plan';
import { PolicySchema } from './policy';
import { checkPlannedTexts } from './planned-texts';

/** What a campaign's author writes: whom, what, how and when. A launch freezes plan and policy into a version. */
export const CampaignDefinitionSchema = z
  .strictObject({
    /** */
    name: z.string().trim().min(3).max(120),
    /** Never leaves the team. */
    description: z.string().trim().max(2000).default(''),
    /** What the outreach is about: caps of law count per person and subject. */
    subject: z.string().trim().min(1).max(60).default('general'),
    listId: z.uuid(),
    plan: PlanSchema,
    policy: PolicySchema.prefault({}),
  })
  .check(({ value, issues }) => {
    value.policy.rules.forEach((rule, at) => {
      if (rule.when.trigger === 'form' && value.plan.formId === null)
        issues.push({
          code: 'custom',
          path: ['policy', 'rules', at, 'when', 'trigger'],
          input: rule.when.trigger,
          message: 'a form rule needs a form attached to the campaign (S0-32)',
        });
    });
  })
  .check(checkPlannedTexts);

export type CampaignDefinition = z.infer<typeof CampaignDefinitionSchema>;

export const CampaignStatusSchema = z.enum(['draft', 'active', 'paused', 'completed', 'archived']);
export type CampaignStatus = z.infer<typeof CampaignStatusSchema>;
