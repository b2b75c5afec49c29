import { consentsOf } from '../domain/consent';
import type { Decision } from '../domain/decision';
import { lawFor } from '../domain/law';
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
    personAttempts: input.personAttempts.length,
    tzVersion: process.versions.tz ?? null,
  };
}
