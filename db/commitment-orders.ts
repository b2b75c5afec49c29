import type { FactBody } from '../domain/fact';
import type { Instant } from '../domain/instant';
import { inTransaction, type Sql, type Tx } from './client';
import { lockEnrollment } from './enrollment';
import { type Received, receiveIn } from './inbox';
import { Refusal } from './refusal';

interface Order {
  readonly commitmentId: string;
  /** The same again changes nothing. */
  readonly eventKey: string;
  readonly actor: string;
}

/** The promise ends as "moved", and another one stands for the new time. */
export async function moveCommitment(sql: Sql, order: Order & { readonly at: Instant }): Promise<Received> {
  return give(sql, order, { kind: 'callback_requested', at: order.at, by: 'operator' });
}

/** The promise ends as "broken", by an operator's order. */
export async function cancelCommitment(sql: Sql, order: Order & { readonly note?: string }): Promise<Received> {
  const { note } = order;
  return give(sql, order, { kind: 'order', order: 'cancel_callback', ...(note === undefined ? {} : { note }) });
}

async function give(sql: Sql, { commitmentId, eventKey, actor }: Order, body: FactBody): Promise<Received> {
  return inTransaction(sql, async (tx) => {
    const enrollmentId = await lockedOwner(tx, commitmentId);
    const known = await tx`select from inbox where event_key = ${eventKey}`;
    if (known.length === 0) await requireOpen(tx, commitmentId);
    return receiveIn(tx, {
      source: 'api',
      eventKey,
      raw: { commitmentId, ...body },
      actor,
      fact: { body, enrollmentId },
    });
  });
}

async function lockedOwner(tx: Tx, id: string): Promise<string> {
  const [owner] = await tx<{ enrollmentId: string }[]>`select enrollment_id from commitment where id = ${id}`;
  if (owner === undefined) throw new Refusal('not_found', `there is no commitment ${id}`);
  await lockEnrollment(tx, owner.enrollmentId);
  return owner.enrollmentId;
}

async function requireOpen(tx: Tx, id: string): Promise<void> {
  const [row] = await tx<{ state: string; isCalling: boolean }[]>`
    select k.state, exists (select from attempt t where t.id = k.attempt_id and t.state in ('claimed', 'unknown', 'accepted')) as is_calling
    from commitment k where k.id = ${id}`;
  if (row?.state !== 'open') throw new Refusal('wrong_status', `the commitment is ${row?.state} already`);
  if (row.isCalling) throw new Refusal('wrong_status', 'the callback is being made just now');
}
