import * as z from 'zod';
import { type Plan, PlanSchema } from './plan';
import { type Policy, PolicySchema } from './policy';
import { checkPlannedTexts, isSpokenFor } from './planned-texts';
import { ReportScheduleListSchema } from './report-schedule';
import type { Rule } from './rule';

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
    /** Mailed from the launch on (S1-37). */
    reports: ReportScheduleListSchema.optional(),
  })
  .check(({ value: { plan, policy }, issues }) => {
    if (plan.formId !== null || isSpokenFor(plan)) return;
    for (const at of formRules(policy.rules))
      issues.push({
        code: 'custom',
        path: ['policy', 'rules', at, 'when', 'trigger'],
        input: 'form',
        message: NEEDS_FORM,
      });
  })
  .check(checkExternalSchedule)
  .check(checkPlannedTexts);

/** K-8: nobody here knows when the first call comes, so nothing can be sent ahead of it. */
function checkExternalSchedule({ value: { plan, policy }, issues }: z.core.ParsePayload<Planned>): void {
  if (policy.callsScheduledExternally !== true) return;
  plan.runs.forEach(({ messages }, run) => {
    messages.forEach(({ when }, at) => {
      if (when.kind !== 'before_call') return;
      const path = ['plan', 'runs', run, 'messages', at, 'when', 'kind'];
      const message = 'calls that are scheduled elsewhere have no text ahead: nobody here knows when one comes (K-8)';
      issues.push({ code: 'custom', path, input: when.kind, message });
    });
  });
}

interface Planned {
  readonly plan: Plan;
  readonly policy: Policy;
}

/** S0-32. */
export const NEEDS_FORM = 'a form rule needs a form attached to the campaign (S0-32)';

/** Where the rules stand that wait for a form. */
export function formRules(rules: readonly Rule[]): number[] {
  return rules.flatMap(({ when }, at) => (when.trigger === 'form' ? [at] : []));
}

export type CampaignDefinition = z.infer<typeof CampaignDefinitionSchema>;

export const CampaignStatusSchema = z.enum(['draft', 'active', 'paused', 'completed', 'archived']);
export type CampaignStatus = z.infer<typeof CampaignStatusSchema>;
