import type { DraftSteps } from '../domain/draft';
import {
  copyName,
  type Kind,
  KindSchema,
  portable,
  type PortableCampaign,
  type Reference,
  referenceIn,
  withReference,
} from '../domain/portable-campaign';
import { caseTypesInView, isInView } from './case-scope';
import { type Db, inTransaction, type Sql } from './client';
import { addDraft, type Draft, getWritten } from './draft';
import { isId } from './draft-check';

/** What became of one thing that an imported campaign refers to. */
export interface Match {
  readonly kind: Kind;
  readonly name: string;
  readonly from: string;
  /** Null = there is none here of this id, nor exactly one of this name. */
  readonly to: string | null;
  readonly by: 'id' | 'name' | null;
}

/** A new draft with everything that a campaign of any status says, from its first step on, and with its CRM. */
export async function duplicateCampaign(
  sql: Sql,
  source: string,
  { id, name }: { readonly id: string; readonly name: string | undefined },
  actor: string,
): Promise<Draft> {
  return inTransaction(sql, async (tx) => {
    const written = await getWritten(tx, source);
    const steps = { ...written.steps, basics: { ...written.steps.basics, name: name ?? copyName(written.name) } };
    const draft = await addDraft(tx, id, { steps, lastStep: 'basics' }, actor);
    await tx`
      update campaign set connection_id = source.connection_id from campaign source
      where campaign.id = ${id} and source.id = ${source}`;
    return draft;
  });
}

export async function exportCampaign(db: Db, id: string): Promise<PortableCampaign> {
  const { steps, lastStep } = await getWritten(db, id);
  const references: Reference[] = [];
  for (const kind of KindSchema.options) {
    const named = referenceIn(steps, kind);
    const found = isId(named) ? await findById(db, kind, named) : null;
    if (found !== null) references.push(found);
  }
  return portable(steps, lastStep, references);
}

/** What has another id here is found by its name, if exactly one has it; nothing else of the file is changed. */
export async function importCampaign(
  sql: Sql,
  id: string,
  { steps: sent, lastStep, references }: PortableCampaign,
  actor: string,
): Promise<{ draft: Draft; matches: Match[] }> {
  return inTransaction(sql, async (tx) => {
    let steps: DraftSteps = sent;
    const matches: Match[] = [];
    for (const kind of KindSchema.options) {
      const from = referenceIn(steps, kind);
      const reference = references.find((each) => each.kind === kind && each.id === from);
      // A key of another system means the same everywhere.
      if (from === null || (reference === undefined && !isId(from))) continue;
      const match = await matched(tx, kind, from, reference);
      matches.push(match);
      // What the caller may not see is not there: it must not come back by its id either.
      if (match.to !== null || caseTypesInView() !== null) steps = withReference(steps, kind, match.to ?? '');
    }
    return { draft: await addDraft(tx, id, { steps, lastStep }, actor), matches };
  });
}

async function matched(db: Db, kind: Kind, from: string, reference: Reference | undefined): Promise<Match> {
  const byId = isId(from) ? await findById(db, kind, from) : null;
  if (byId !== null) return { kind, name: byId.name, from, to: byId.id, by: 'id' };
  const name = reference?.name ?? '';
  const [one, other] = reference === undefined ? [] : await findByName(db, kind, reference);
  const to = one === undefined || other !== undefined ? null : one.id;
  return { kind, name, from, to, by: to === null ? null : 'name' };
}

async function findById(db: Db, kind: Kind, id: string): Promise<Reference | null> {
  const [row] = await db<Omit<Reference, 'kind'>[]>`
    select id, name, ${caseTypeOf(db, kind)} as case_type from ${tableOf(db, kind)} t
    where t.id = ${id} and ${isInView(db, kind, db`t.id`)}`;
  return row === undefined ? null : { kind, ...row };
}

/** Two are enough to see that it isn't the only one. */
async function findByName(db: Db, kind: Kind, { name, caseType }: Reference): Promise<{ id: string }[]> {
  return db<{ id: string }[]>`
    select id from ${tableOf(db, kind)} t
    where name = ${name} and ${isInView(db, kind, db`t.id`)} and (${kind} = 'agent' or ${caseTypeOf(db, kind)} is not distinct from ${caseType})
    limit 2`;
}

function tableOf(db: Db, kind: Kind) {
  if (kind === 'list') return db`list`;
  return kind === 'agent' ? db`agent` : db`form`;
}

function caseTypeOf(db: Db, kind: Kind) {
  return kind === 'agent' ? db`null::text` : db`case_type`;
}
