import type { FactBody } from '../../domain/fact';
import { inTransaction, type Sql, type Tx } from '../client';
import { lockEnrollment } from '../enrollment';
import type { StoredFact } from '../fold-state';
import { tryToFold } from '../fold-stored';
import { mappedOutcome } from '../rule-setting';

const PAGE = 100;

interface Orphan {
  readonly id: string;
  readonly enrollmentId: string;
}

/** What was told of a call before anybody knew whose it was, such as an outcome that overtook the provider's own answer. */
export async function adoptFacts(sql: Sql): Promise<number> {
  const orphans = await sql<Orphan[]>`
    select f.id, t.enrollment_id
    from fact f
    join attempt t on t.provider_sid = f.call_sid
    where f.attempt_id is null and f.call_sid is not null
    order by f.seq
    limit ${PAGE}`;
  for (const orphan of orphans) await adopt(sql, orphan);
  return orphans.length;
}

/** A second wish for a person on the same call becomes part of its story and fires nothing (S0-67). */
async function adopt(sql: Sql, { id, enrollmentId }: Orphan): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await lockEnrollment(tx, enrollmentId);
    const [fact] = await tx<(StoredFact & { isRepeated: boolean })[]>`
      update fact f set attempt_id = t.id, enrollment_id = t.enrollment_id, contact_id = e.contact_id
      from attempt t
      join enrollment e on e.id = t.enrollment_id
      where f.id = ${id} and f.attempt_id is null and t.provider_sid = f.call_sid
      returning f.id, f.body, f.enrollment_id, f.contact_id, f.attempt_id, f.actor,
        f.kind = 'handoff_requested' and exists (
          select 1 from fact o where o.attempt_id = t.id and o.kind = f.kind) as is_repeated`;
    if (fact === undefined || fact.isRepeated) return;
    const body = await known(tx, fact.body, enrollmentId);
    await tx`
      update fact set kind = ${body.kind}, body = ${JSON.stringify(body)}::text::jsonb, folded_rt = null, fold_error = null
      where id = ${id}`;
    await tryToFold(tx, { ...fact, body });
  });
}

/** An outcome of the firm's own (S0-48): only now that the call has a campaign is there a mapping that knows it. */
async function known(tx: Tx, body: FactBody, enrollmentId: string): Promise<FactBody> {
  if (body.kind !== 'outcome_unmapped') return body;
  const outcome = await mappedOutcome(tx, enrollmentId, body.named);
  return outcome === null ? body : { ...body, kind: 'call_outcome', outcome, by: 'agent' };
}
