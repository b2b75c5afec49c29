import type { FactBody } from '../domain/fact';
import { signalOf, type SignalName } from '../domain/signal';
import { recordFact } from './change-log';
import { inTransaction, savepoint, type Sql, type Tx } from './client';
import { storeInboundMessage } from './conversation';
import { applyFact } from './apply-fact';
import type { StoredFact } from './fold-state';
import { errorName, tryToFold } from './fold-stored';
import { isOutOfReach } from './out-of-reach';
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
const TIMEOUTS = { transactionTimeoutMs: 15_000, isUniform: true };

export async function receive(sql: Sql, arrival: Arrival): Promise<Received> {
  try {
    return await inTransaction(sql, async (tx) => take(tx, arrival, applyFact), TIMEOUTS);
  } catch (error) {
    if (isOutOfReach(error)) throw error;
    // A fact that can't be folded, or came at a bad moment: once more, with a net under the fold.
    return inTransaction(sql, async (tx) => receiveIn(tx, arrival), TIMEOUTS);
  }
}

/** The same within a transaction that is already open. */
export async function receiveIn(tx: Tx, arrival: Arrival): Promise<Received> {
  return take(tx, arrival, async (inner, fact) => ({ wakes: await tryToFold(inner, fact) }));
}

type Fold = (tx: Tx, fact: StoredFact) => Promise<{ readonly wakes: boolean }>;

async function take(tx: Tx, arrival: Arrival, fold: Fold): Promise<Received> {
  const stored = await store(tx, arrival);
  if (stored === null) return { factId: null, duplicate: true, enrollmentId: null, signal: null };
  const { fact, inboxId } = stored;
  await keepText(tx, fact, arrival, inboxId);
  await recordFact(tx, fact);
  const { wakes } = await fold(tx, fact);
  return {
    factId: fact.id,
    duplicate: false,
    enrollmentId: fact.enrollmentId,
    signal: wakes && fact.enrollmentId !== null ? signalOf(fact.body.kind) : null,
  };
}

interface Stored {
  readonly fact: StoredFact;
  readonly inboxId: number;
}

/** Null when it was known. */
async function store(tx: Tx, { source, eventKey, raw, actor, fact }: Arrival): Promise<Stored | null> {
  const { body } = fact;
  const [row] = await tx<(Pick<StoredFact, 'attemptId' | 'enrollmentId' | 'contactId'> & TakenIn)[]>`
    select * from take_in_fact(${source}, ${storableText(eventKey)}, ${storableJson(raw)}, ${body.kind}, ${storableJson(body)}, ${actor},
      ${fact.attemptId ?? null}, ${fact.enrollmentId ?? null}, ${fact.contactId ?? null}, ${fact.callSid ?? null})`;
  if (row === undefined) return null;
  const { factId, inboxId, attemptId, enrollmentId, contactId } = row;
  return { fact: { id: factId, attemptId, enrollmentId, contactId, body, actor }, inboxId };
}

interface TakenIn {
  readonly factId: string;
  readonly inboxId: number;
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
