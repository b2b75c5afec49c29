import { type ContactOrder, judgeOrder } from '../domain/contact-order';
import { inTransaction, type Sql, type Tx } from './client';
import { finishOperation } from './contact-operation';
import { lockEnrollment } from './enrollment';
import { standingOf } from './enrollment-views';
import { type Received, receiveIn } from './inbox';

/** Carries operations on, contact by contact: whoever is killed in the middle has done what is written down, and no more. */

/** So many contacts of one operation are looked at by one page, and so many of them at once. */
const PAGE = 100;
const PARALLEL = 4;
/** A process that stands still must not hold the locks of a person for longer. */
const TIMEOUTS = { transactionTimeoutMs: 15_000 };
/** Who was asked about, line by line, is kept for so long; the numbers stay. */
const KEEP_DAYS = 30;

export type Tell = (received: Received) => Promise<void>;

/** The one that had to wait longest; null = there is nothing to do. */
export async function nextOperation(sql: Sql): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    update contact_operation set carried_rt = clock_timestamp()
    where id = (
      select id from contact_operation where finished_at is null
      order by carried_rt nulls first, seq limit 1 for update skip locked)
    returning id`;
  return row?.id ?? null;
}

interface Item {
  readonly position: number;
  readonly enrollmentId: string;
}

/** One page of the operation; `tell` hears of each contact whose workflow has to look. Answers whether more is left. */
export async function carryOn(sql: Sql, operationId: string, tell: Tell): Promise<boolean> {
  const items = await sql<Item[]>`
    select position, enrollment_id from contact_operation_item
    where operation_id = ${operationId} and result is null
    order by position limit ${PAGE}`;
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const received = await carryOut(sql, operationId, item);
      if (received !== null) await tell(received);
    }
  };
  // Whatever fails is still there for the next page, and the others come to their end before that.
  const ended = await Promise.allSettled(Array.from({ length: PARALLEL }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  await finishOperation(sql, operationId);
  return items.length === PAGE;
}

/** Judged, ordered and written down in one transaction, so that each contact is ordered once. */
async function carryOut(sql: Sql, operationId: string, { position, enrollmentId }: Item): Promise<Received | null> {
  return inTransaction(
    sql,
    async (tx) => {
      await lockEnrollment(tx, enrollmentId);
      const operation = await openItem(tx, operationId, position);
      if (operation === null) return null;
      const { kind, note, actor } = operation;
      const { gives, result, reason, detail } = judgeOrder(kind, await standingOf(tx, enrollmentId));
      const received = gives
        ? await receiveIn(tx, {
            source: 'api',
            eventKey: `contact_operation:${operationId}:${position}`,
            raw: { enrollmentId, operationId, order: kind },
            actor,
            fact: { body: { kind: 'order', order: kind, ...(note === null ? {} : { note }) }, enrollmentId },
          })
        : null;
      await tx`
        update contact_operation_item set result = ${result}, reason = ${reason}, detail = ${detail}
        where operation_id = ${operationId} and position = ${position}`;
      // The last statement: everybody who works on the operation wants this row.
      await tx`
        update contact_operation set
          done = done + ${result === 'done' ? 1 : 0}, skipped = skipped + ${result === 'skipped' ? 1 : 0},
          unchanged = unchanged + ${reason === 'already_completed' ? 1 : 0}
        where id = ${operationId}`;
      return received;
    },
    TIMEOUTS,
  );
}

interface OpenItem {
  readonly kind: ContactOrder;
  readonly note: string | null;
  readonly actor: string;
}

/** Null = somebody else has carried it out meanwhile. */
async function openItem(tx: Tx, operationId: string, position: number): Promise<OpenItem | null> {
  const [row] = await tx<OpenItem[]>`
    select o.kind, o.note, o.actor
    from contact_operation_item i join contact_operation o on o.id = i.operation_id
    where i.operation_id = ${operationId} and i.position = ${position} and i.result is null
    for no key update of i`;
  return row ?? null;
}

/** Answers whether there was one: whom the lines of an old operation were about is nobody's business any more. */
export async function forgetResults(sql: Sql): Promise<boolean> {
  return inTransaction(sql, async (tx) => {
    const [row] = await tx<{ id: string }[]>`
      update contact_operation set forgotten_rt = clock_timestamp(), note = null
      where id = (
        select id from contact_operation
        where finished_at is not null and forgotten_rt is null
          and finished_rt < clock_timestamp() - make_interval(days => ${KEEP_DAYS})
        limit 1 for update skip locked)
      returning id`;
    if (row !== undefined) await tx`delete from contact_operation_item where operation_id = ${row.id}`;
    return row !== undefined;
  });
}
