import * as z from 'zod';
import { StatusFieldSchema, type StatusRef, statusKey } from './crm-status';

/** A WHEN/THEN card of a campaign (S0-2). The screens call it a workflow. */

export const CallOutcomeSchema = z.enum(['successful', 'unsuccessful', 'converted', 'disqualified']);
export type CallOutcome = z.infer<typeof CallOutcomeSchema>;

/** Buckets are an open list (S0-28): these are the ones the built-in classifier knows. */
const BUCKET = /^[a-z0-9][a-z0-9_]{0,39}$/;
export const BucketSchema = z.string().regex(BUCKET, 'must be a bucket like needs_follow_up');

/** How a call came out: one of ours, or a name that the mapping of the connected CRM has for it (S0-48). */
export const OutcomeNameSchema = z.string().regex(BUCKET, 'must be an outcome like successful or no_show');

const crmNameSchema = z.string().trim().min(1).max(120);
/** Left out = the status of the case itself (S0-50). */
const crmField = { field: StatusFieldSchema.optional(), group: crmNameSchema.optional() };

/** S0-18: four kinds of trigger, each with its own outcomes, and what somebody changed in the CRM (U-1). */
const TriggerSchema = z.discriminatedUnion('trigger', [
  z.strictObject({ trigger: z.literal('call_outcome'), outcome: OutcomeNameSchema }),
  z.strictObject({ trigger: z.literal('reply_bucket'), outcome: BucketSchema }),
  z.strictObject({ trigger: z.literal('handoff'), outcome: z.literal('requested') }),
  z.strictObject({ trigger: z.literal('form'), outcome: z.literal('completed') }),
  z.strictObject({ trigger: z.literal('crm_status'), outcome: crmNameSchema, ...crmField }),
]);
export type Trigger = z.infer<typeof TriggerSchema>;

const ActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stop_calls') }),
  z.strictObject({ kind: z.literal('stop_messaging') }),
  z.strictObject({ kind: z.literal('stop_campaign') }),
  z.strictObject({ kind: z.literal('crm_status'), status: crmNameSchema, ...crmField }),
  z.strictObject({
    kind: z.literal('crm_note'),
    text: z.string().trim().min(1).max(4000),
    /** One of the types that the CRM of the campaign has (S0-47); left out = the one that its mapping gives to ours. */
    noteType: crmNameSchema.optional(),
  }),
]);
export type Action = z.infer<typeof ActionSchema>;

export const RuleSchema = z.strictObject({
  key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 characters a–z, 0–9 or "-"'),
  when: TriggerSchema,
  /** S0-71: a rule without any action cannot be saved. */
  then: z.array(ActionSchema).min(1, 'a rule needs at least one action').max(20),
  /** S0-42: posted at every firing, whatever the actions are. */
  note: z.string().trim().min(1).max(4000).nullable().default(null),
  /** false = switched off: it stays in its place and doesn't fire. */
  enabled: z.boolean().optional(),
});
export type Rule = z.infer<typeof RuleSchema>;

/** The action that stands for the card's own note; it has its own place so that an equal Post CRM Note makes a second note. */
const NOTE_ACTION_IX = -1;

export interface OrderedAction {
  readonly ix: number;
  readonly action: Action;
}

/** Everything a firing of the rule orders: its actions in order, then the card's note (S0-75). */
export function actionsOf(rule: Rule): OrderedAction[] {
  const ordered = rule.then.map((action, ix): OrderedAction => ({ ix, action }));
  if (rule.note === null) return ordered;
  return [...ordered, { ix: NOTE_ACTION_IX, action: { kind: 'crm_note', text: rule.note } }];
}

/** Rules are independent (S0-17): every rule with this trigger and outcome fires, unless it is switched off. */
export function matchingRules(rules: readonly Rule[], trigger: Trigger): Rule[] {
  return rules.filter(({ when, enabled }) => enabled !== false && isSame(when, trigger));
}

function isSame(when: Trigger, trigger: Trigger): boolean {
  if (when.trigger === 'crm_status' && trigger.trigger === 'crm_status')
    return statusKey(statusOfTrigger(when)) === statusKey(statusOfTrigger(trigger));
  return when.trigger === trigger.trigger && when.outcome === trigger.outcome;
}

/** The status of the CRM that a trigger waits for. */
export function statusOfTrigger({ outcome, field, group }: Trigger & { readonly trigger: 'crm_status' }): StatusRef {
  return statusRef(outcome, field, group);
}

/** The status of the CRM that an action writes. */
export function statusOfAction({ status, field, group }: Action & { readonly kind: 'crm_status' }): StatusRef {
  return statusRef(status, field, group);
}

function statusRef(value: string, field: StatusRef['field'] = 'status', group?: string): StatusRef {
  return { field, value, ...(group === undefined ? {} : { group }) };
}

const OUTCOME_NOUN = {
  call_outcome: 'Call',
  reply_bucket: 'Reply',
  handoff: 'Handoff',
  form: 'Form',
} as const;

/** S0-58: the trigger with its outcome as one phrase, for example "Unsuccessful Call". */
export function triggerPhrase(trigger: Trigger): string {
  if (trigger.trigger === 'crm_status') return `CRM Status "${trigger.outcome}"`;
  const words = trigger.outcome.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join(' ')} ${OUTCOME_NOUN[trigger.trigger]}`;
}
