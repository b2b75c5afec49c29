import type { Changes } from '../domain/changes';
import type { Tx } from './client';
import type { FoldFrame, StoredFact } from './fold-state';

/** Records which rules fired and orders their effects: once per fact, rule, action and case, however often it is folded (INV-6). */
export async function storeFirings(tx: Tx, fact: StoredFact, frame: FoldFrame, changes: Changes): Promise<void> {
  const { enrollmentId } = fact;
  if (enrollmentId === null) return;
  const tagFact = await outcomeFact(tx, fact, changes);
  for (const { ruleKey, phrase, ofOutcome } of changes.firings) {
    await tx`
      insert into rule_firing (fact_id, rule_key, enrollment_id, campaign_id, version_id, phrase, at)
      values (${ofOutcome ? tagFact : fact.id}, ${ruleKey}, ${enrollmentId}, ${frame.campaignId}, ${frame.versionId}, ${phrase}, at_ms(${frame.state.now}))
      on conflict do nothing`;
  }
  for (const effect of changes.executions) {
    const done = effect.done !== null;
    await tx`
      insert into execution (fact_id, rule_key, action_ix, case_id, enrollment_id, kind, payload, state, result, at, finished_at)
      values (${effect.ofOutcome ? tagFact : fact.id}, ${effect.ruleKey}, ${effect.actionIx}, ${effect.caseId}, ${enrollmentId}, ${effect.kind},
        ${JSON.stringify(effect.payload)}::text::jsonb, ${done ? 'done' : 'pending'}, ${effect.done}, at_ms(${frame.state.now}),
        ${done ? tx`at_ms(${frame.state.now})` : null})
      on conflict do nothing`;
  }
}

/** A tag's rules belong to the tag, also when the end of the call came after it and completed them. */
async function outcomeFact(tx: Tx, fact: StoredFact, { firings }: Changes): Promise<string> {
  if (fact.attemptId === null || !firings.some(({ ofOutcome }) => ofOutcome)) return fact.id;
  const [row] = await tx<
    { outcomeFactId: string | null }[]
  >`select outcome_fact_id from attempt where id = ${fact.attemptId}`;
  return row?.outcomeFactId ?? fact.id;
}
