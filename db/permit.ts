import { addressOf } from '../domain/candidate';
import { consentsOf } from '../domain/consent';
import type { Decision, Touch } from '../domain/decision';
import { lawFor } from '../domain/law';
import { basisOf, solicitsOn } from '../domain/number-rules';
import type { PlannerFrame } from './planner-input';

/** The evidence why this was allowed, without anything that names the person (INV-15). */
export function permitOf({ input }: PlannerFrame, decision: Decision & { kind: 'touch' }): Record<string, unknown> {
  const { company, contact } = input;
  return {
    at: input.now,
    decision,
    planVersionId: input.planVersionId,
    policyVersionId: input.policyVersionId,
    settingsRevision: company.revision,
    lawRevision: company.law.revision,
    legalRules: lawFor(company.law, contact, decision.touch.channel).rules,
    closingMarginMs: company.closingMarginMs,
    zones: contact.zones,
    states: contact.states,
    countries: contact.countries,
    placeKnown: contact.placeKnown,
    consentIds: consentsOf(input, decision.touch),
    number: numberOf(input, decision.touch),
    personAttempts: input.personAttempts.length,
    tzVersion: process.versions.tz ?? null,
  };
}

/** What the registries had said of the number, and what a solicitation rests on beside (C10, C11, T25). */
function numberOf(input: PlannerFrame['input'], { toHash, channel }: Touch): Record<string, unknown> | null {
  const address = addressOf(input, toHash);
  if (address === null || channel === 'email') return null;
  const solicits = solicitsOn(input, channel);
  return {
    country: address.country,
    ...address.checks,
    solicits,
    ...(solicits ? { basis: basisOf(input, channel) } : {}),
  };
}
