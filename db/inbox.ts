import type { FactBody } from '../domain/fact';
import { signalOf, type SignalName } from '../domain/signal';
import { recordFact } from './change-log';
import { inTransaction, savepoint, type Sql, type Tx } from './client';
import { storeInboundMessage } from './conversation';
import { lockEnrollment } from './enrollment';
import type { StoredFact } from './fold-state';
import { errorName, tryToFold } from './fold-stored';
import { storableJson, storableText } from './storable';

/** The one door for facts: written down first, then folded, all in one transaction; nothing that arrived is ever lost. */

export interface Arrival {
  readonly source: string;
  /** Unique name of what happened; the same again changes nothing. */
  readonly eventKey: string;
  /** As it arrived, kept for evidence. */
  readonly raw: unknown;
  readonly actor: string;
  readonly fact: NewFact;
}

export interface NewFact {
  readonly body: FactBody;
  readonly attemptId?: string;
  readonly enrollmentId?: string;
  readonly contactId?: string;
  /** Names a call that no attempt is known to be yet: the fact is its own as soon as one is. */
  readonly callSid?: string;
  /** What a person wrote: kept with the conversation, never inside the fact. */
  readonly text?: string;
  readonly subject?: string;
  readonly fromHash?: string;
  /** Our own address, as a hash. */
  readonly toHash?: string;
}

export interface Received {
  readonly factId: string | null;
  readonly duplicate: boolean;
  readonly enrollmentId: string | null;
  /** Set when the plan can change, so that the workflow is worth waking. */
  readonly signal: SignalName | null;
}

/** A process that stands still must not hold the locks of a person for longer. */
const TIMEOUTS = { transactionTimeoutMs: 15_000 };

export async function receive(sql: Sql, arrival: Arrival): Promise<Received> {
  return inTransaction(sql, async (tx) => receiveIn(tx, arrival), TIMEOUTS);
}

/** The same within a transaction that is already open. */
export async function receiveIn(tx: Tx, arrival: Arrival): Promise<Received> {
  const inboxId = await storeRaw(tx, arrival);
  if (inboxId === null) return { factId: null, duplicate: true, enrollmentId: null, signal: null };
  const fact = await storeFact(tx, arrival, inboxId);
  await keepText(tx, fact, arrival, inboxId);
  await recordFact(tx, fact);
  const wakes = await tryToFold(tx, fact);
  return {
    factId: fact.id,
    duplicate: false,
    enrollmentId: fact.enrollmentId,
    signal: wakes && fact.enrollmentId !== null ? signalOf(fact.body.kind) : null,
  };
}

async function storeRaw(tx: Tx, { source, eventKey, raw }: Arrival): Promise<number | null> {
  const [row] = await tx<{ id: number }[]>`
    insert into inbox (source, event_key, raw, at)
    values (${source}, ${storableText(eventKey)}, ${storableJson(raw)}::text::jsonb, app_now())
    on conflict (event_key) do nothing
    returning id`;
  return row?.id ?? null;
}

type Owner = Pick<StoredFact, 'attemptId' | 'enrollmentId' | 'contactId'>;

/** The enrollment is locked before anything refers to it: facts of one enrollment are numbered in the order in which they are folded. */
async function storeFact(tx: Tx, { actor, fact }: Arrival, inboxId: number): Promise<StoredFact> {
  const owner = await ownerOf(tx, fact);
  if (owner.enrollmentId !== null) await lockEnrollment(tx, owner.enrollmentId);
  const [row] = await tx<{ id: string }[]>`
    insert into fact (inbox_id, kind, enrollment_id, contact_id, attempt_id, call_sid, body, actor, at)
    values (${inboxId}, ${fact.body.kind}, ${owner.enrollmentId}, ${owner.contactId}, ${owner.attemptId}, ${fact.callSid ?? null},
      ${storableJson(fact.body)}::text::jsonb, ${actor}, app_now())
    returning id`;
  if (row === undefined) throw new Error('the fact was not stored');
  return { id: row.id, ...owner, body: fact.body, actor };
}

/** An attempt knows its enrollment, and that its contact; what is named and not there (a lost row, a forged id) makes a fact of nobody. */
async function ownerOf(tx: Tx, { attemptId, enrollmentId, contactId }: NewFact): Promise<Owner> {
  const [owner] = await tx<Owner[]>`
    select t.id as attempt_id, e.id as enrollment_id, coalesce(e.contact_id, p.id) as contact_id
    from (select 1) one
    left join attempt t on t.id = ${attemptId ?? null}::uuid
    left join enrollment e on e.id = coalesce(t.enrollment_id, ${enrollmentId ?? null}::uuid)
    left join contact p on p.id = ${contactId ?? null}::uuid`;
  return owner ?? { attemptId: null, enrollmentId: null, contactId: null };
}

/** What a person wrote is kept whether or not the fact can be folded, and the other way round. */
async function keepText(tx: Tx, fact: StoredFact, arrival: Arrival, inboxId: number): Promise<void> {
  if (arrival.fact.text === undefined) return;
  try {
    await savepoint(tx, async (inner) => storeInboundMessage(inner, fact, arrival.fact));
  } catch (error) {
    await tx`update inbox set fold_error = ${errorName(error)} where id = ${inboxId}`;
  }
}
