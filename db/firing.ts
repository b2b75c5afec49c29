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
  if (changes.executions.length === 0) return;
  const ordered = changes.executions.map(({ ofOutcome, ...effect }) => ({
    ...effect,
    factId: ofOutcome ? tagFact : fact.id,
  }));
  await tx`
    insert into execution (fact_id, rule_key, action_ix, case_id, enrollment_id, kind, payload, state, result, at, finished_at)
    select "factId", "ruleKey", "actionIx", "caseId", ${enrollmentId}::uuid, kind, payload,
      case when done is null then 'pending' else 'done' end, done, at_ms(${frame.state.now}),
      case when done is not null then at_ms(${frame.state.now}) end
    from jsonb_to_recordset(${JSON.stringify(ordered)}::text::jsonb) as x (
      "factId" uuid, "ruleKey" text, "actionIx" integer, "caseId" uuid, kind text, payload jsonb, done text)
    on conflict do nothing`;
}

/** A tag's rules belong to the tag, also when the end of the call came after it and completed them. */
async function outcomeFact(tx: Tx, fact: StoredFact, { firings }: Changes): Promise<string> {
  if (fact.attemptId === null || !firings.some(({ ofOutcome }) => ofOutcome)) return fact.id;
  const [row] = await tx<
    { outcomeFactId: string | null }[]
  >`select outcome_fact_id from attempt where id = ${fact.attemptId}`;
  return row?.outcomeFactId ?? fact.id;
}
