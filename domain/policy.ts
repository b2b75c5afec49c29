import * as z from 'zod';
import { CalendarDaySchema } from './calendar-day';
import { CrmLinkSchema } from './crm-link';
import { EnrichmentPolicySchema } from './enrichment';
import { HandoffAlertsSchema } from './handoff-alert';
import { RuleSchema } from './rule';
import { slotListSchema } from './slots';

/** The part of a version that binds everybody at once: hours, caps, limits, rules. Always the current version's. */

const capSchema = z.int().min(1).max(1000);

export const PolicySchema = z
  .strictObject({
    /** The blocks that runs in "company times" share (K-3); R-13: noon to eight where nothing is said. */
    companySlots: slotListSchema.default([{ open: '12:00', close: '20:00' }]),
    /** Days without outreach: holidays and blackouts. */
    closedOn: z.array(CalendarDaySchema).max(400).default([]),
    /** Attempts of any campaign at this person, voice and SMS together, in rolling windows; the company's caps bind as well. */
    caps: z
      .strictObject({ perDay: capSchema.optional(), perWeek: capSchema.optional(), perMonth: capSchema.optional() })
      .default({}),
    /** S1-58: most simultaneous calls; 0 = no limit of its own. */
    concurrencyLimit: z.int().min(0).max(100_000).default(0),
    /** S1-59: new calls a minute; null = no pacing. */
    callsPerMinute: z.int().min(1).max(10_000).nullable().default(null),
    /** K-6: take in new contacts and stay active after everybody is through. */
    neverEnding: z.boolean().default(false),
    /** Whoever leaves the list leaves the campaign as well; otherwise they are only not taken in any more. */
    leavesWithList: z.boolean().default(false),
    /** fire "Unsuccessful" at every failed call, not once per series. */
    eachFailedCall: z.boolean().default(false),
    /** K-8: somebody else says when each call is placed; left out = the plan does. */
    callsScheduledExternally: z.boolean().optional(),
    /** Most callbacks kept for one contact (K-5). */
    maxCallbacks: z.int().min(0).max(20).default(3),
    /** Its calls and texts sell something: whom it reaches is on no Do-Not-Call list, or there is a reason to (C10). */
    solicits: z.boolean().default(false),
    /** How long outreach waits for a person after a handoff before it goes on by itself. */
    handoffHoldHours: z
      .int()
      .min(1)
      .max(24 * 90)
      .default(72),
    /** Who of the team is told when somebody waits for a person (U-4). */
    handoffAlerts: HandoffAlertsSchema.prefault({}),
    /** U-12: the part of the company's numbers that it calls and texts from; none = all of them. */
    callerNumbers: z
      .array(z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 like +12125550123'))
      .max(100)
      .default([]),
    /** U-12: call from the number that is nearest to the person's. */
    localPresence: z.boolean().default(false),
    /** K-7: look up what is missing of people. */
    enrichment: EnrichmentPolicySchema.prefault({}),
    /** Phrases that put a reply into a bucket of the campaign's own choice. */
    phrases: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9_]{0,39}$/), z.array(z.string().trim().min(1).max(200)).max(100))
      .default({}),
    rules: z.array(RuleSchema).max(500).default([]),
    /** Texts as notes, statuses that end outreach, fields; left out = none of it. */
    crm: CrmLinkSchema.optional(),
  })
  .check(({ value, issues }) => {
    value.rules.forEach((rule, at) => {
      if (value.rules.findIndex(({ key }) => key === rule.key) < at)
        issues.push({
          code: 'custom',
          path: ['rules', at, 'key'],
          input: rule.key,
          message: `the rule key "${rule.key}" is used twice`,
        });
    });
  });

export type Policy = z.infer<typeof PolicySchema>;
