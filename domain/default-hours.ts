import * as z from 'zod';
import type { CampaignDefinition } from './campaign-definition';
import { WeekdaySchema } from './plan';
import { slotListSchema } from './slots';

/** When calls go out where a campaign says nothing else (S1-54, S1-56, S1-57): several slots a day, on the same weekdays. */
export const DefaultHoursSchema = z.strictObject({
  weekdays: z
    .array(WeekdaySchema)
    .min(1)
    .max(7)
    .check(({ value, issues }) => {
      value.forEach((day, at) => {
        if (value.indexOf(day) < at)
          issues.push({ code: 'custom', path: [at], input: day, message: `the weekday ${day} is named twice` });
      });
    }),
  slots: slotListSchema,
});

export type DefaultHours = z.infer<typeof DefaultHoursSchema>;

/** Nothing is wrong, and somebody should look twice. */
export interface Warning {
  readonly code: 'weekend';
  /** RFC 6901, as a fragment, into the document that it comes with. */
  readonly pointer: string;
  readonly detail: string;
}

const WEEKEND: ReadonlyMap<number, string> = new Map([
  [6, 'Saturday'],
  [7, 'Sunday'],
]);

/** K-11: whoever chooses Saturday or Sunday is asked whether they mean it. */
export function weekendWarnings(pointer: string, weekdays: readonly number[]): Warning[] {
  const days = [...WEEKEND].filter(([day]) => weekdays.includes(day)).map(([, name]) => name);
  if (days.length === 0) return [];
  return [{ code: 'weekend', pointer, detail: `people are reached on ${days.join(' and ')}` }];
}

/** The same for every run of a campaign; none of one that is not complete. */
export function campaignWarnings(definition: Pick<CampaignDefinition, 'plan'> | null): Warning[] {
  if (definition === null) return [];
  return definition.plan.runs.flatMap(({ weekdays }, at) =>
    weekendWarnings(`#/definition/plan/runs/${at}/weekdays`, weekdays),
  );
}

/**
 * "Use Defaults" (K-3): the company's slots become the campaign's own, and its weekdays those of the runs in company times.
 * A copy: what the company changes later is its own affair.
 */
export function withDefaultHours(
  definition: CampaignDefinition,
  { weekdays, slots }: DefaultHours,
): CampaignDefinition {
  const runs = definition.plan.runs.map((run) =>
    run.hours.mode === 'company_times' ? { ...run, weekdays: [...weekdays] } : run,
  );
  return {
    ...definition,
    plan: { ...definition.plan, runs },
    policy: { ...definition.policy, companySlots: slots.map((slot) => ({ ...slot })) },
  };
}
