import * as z from 'zod';
import type { Candidate } from './candidate';
import type { Channel } from './channel';
import type { Touch } from './decision';
import type { PlannedMessage, Run } from './plan';
import type { PlannerInput } from './planner-input';

/** What a person can agree to (compliance §7). */
export const ConsentClassSchema = z.enum(['live_call', 'ai_voice', 'prerecorded', 'marketing_sms', 'marketing_email']);
export type ConsentClass = z.infer<typeof ConsentClassSchema>;

export const CONSENT_CHANNEL: Readonly<Record<ConsentClass, Channel>> = {
  live_call: 'voice',
  ai_voice: 'voice',
  prerecorded: 'voice',
  marketing_sms: 'sms',
  marketing_email: 'email',
};

/** An unrevoked consent. */
export interface Consent {
  readonly id: string;
  readonly class: ConsentClass;
}

/** What the touch can't happen without (C12, INV-4), as the plan says of its step; nothing where it says nothing. */
export function requiredConsents(
  { plan }: Pick<PlannerInput, 'plan'>,
  { run, stepKey, channel }: Pick<Candidate, 'run' | 'stepKey' | 'channel'>,
): ConsentClass[] {
  const classOf = (each: Run) =>
    channel === 'voice' ? each.calls?.requiresConsent : messageOf(each, stepKey)?.requiresConsent;
  // A promised call speaks as the calls of the plan do: the strict reading asks for everything that one of them needs.
  const runs = run === null ? plan.runs : [run];
  return [...new Set(runs.flatMap((each) => classOf(each) ?? []))];
}

/** The first class that the person has not agreed to, or no more; null = nothing is missing. */
export function missingConsent(
  input: Pick<PlannerInput, 'plan' | 'contact'>,
  candidate: Pick<Candidate, 'run' | 'stepKey' | 'channel'>,
): ConsentClass | null {
  const { consents } = input.contact;
  const isGiven = (needed: ConsentClass) => consents.some((consent) => consent.class === needed);
  return requiredConsents(input, candidate).find((each) => !isGiven(each)) ?? null;
}

/** The consents that the touch rests on: the oldest unrevoked one of each class that it needs. */
export function consentsOf(
  input: Pick<PlannerInput, 'plan' | 'contact'>,
  touch: Pick<Touch, 'runKey' | 'stepKey' | 'channel'>,
): string[] {
  const run = input.plan.runs.find(({ key }) => key === touch.runKey) ?? null;
  const required = requiredConsents(input, { ...touch, run });
  return required.flatMap((each) => input.contact.consents.find((consent) => consent.class === each)?.id ?? []);
}

function messageOf({ messages }: Run, stepKey: string): PlannedMessage | undefined {
  return messages.find(({ key }) => key === stepKey);
}
