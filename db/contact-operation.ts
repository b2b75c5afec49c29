import type { ContactOrder, OrderReason } from '../domain/contact-order';
import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { type EnrollmentFilter, matching } from './enrollment-list';
import type { ContactName } from './enrollment-views';
import { enrollCarriers, matchIds } from './external-id';
import { Refusal } from './refusal';

/** Orders for many contacts of a campaign. Whom they are about is settled when they are given; carrying out follows. */

export interface ContactOperation {
  readonly id: string;
  readonly seq: number;
  readonly campaignId: string;
  readonly kind: ContactOrder;
  readonly source: 'ids' | 'filter' | 'import';
  readonly note: string | null;
  readonly state: 'running' | 'done';
  readonly total: number;
  readonly done: number;
  /** Of the done: they stood so already. */
  readonly unchanged: number;
  readonly skipped: number;
  readonly repeated: number;
  readonly actor: string;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

export interface OrderResult {
  readonly position: number;
  /** As the file has it; null = it was no file, or the person was erased, or the results are too old to be kept. */
  readonly given: string | null;
  readonly enrollmentId: string | null;
  readonly contact: ContactName | null;
  /** Null = still to be looked at. */
  readonly result: 'done' | 'skipped' | null;
  readonly reason: OrderReason | null;
  readonly detail: string | null;
}

/** What names an operation and says who wants it; with the same id it is given once. */
export interface NewOperation {
  readonly id: string;
  readonly campaignId: string;
  readonly kind: ContactOrder;
  readonly note?: string | undefined;
  readonly actor: string;
}

/** One line of a file: an id, or why there is none to be read. */
export type IdLine = { readonly line: number } & ({ readonly id: string } | { readonly broken: string });

/** More than anybody has; so that no order can take the database for hours. */
export const MOST_CONTACTS = 1_000_000;

export async function orderByIds(sql: Sql, operation: NewOperation, ids: readonly string[]): Promise<ContactOperation> {
  const distinct = [...new Set(ids.map((id) => id.toLowerCase()))];
  return give(sql, operation, 'ids', ids.length - distinct.length, async (tx) => {
    await tx`
      insert into contact_operation_item (operation_id, position, enrollment_id, given, result, reason)
      select ${operation.id}, g.position, e.id, case when e.id is null then g.id::text end,
        case when e.id is null then 'skipped' end, case when e.id is null then 'no_contact' end
      from unnest(${distinct}::uuid[]) with ordinality as g (id, position)
      left join enrollment e on e.id = g.id and e.campaign_id = ${operation.campaignId}`;
  });
}

/** Everybody of the filter as it stands now, provided that they are as many as were seen. */
export async function orderByFilter(
  sql: Sql,
  operation: NewOperation,
  { count, filter }: { readonly count: number; readonly filter: Omit<EnrollmentFilter, 'campaignId'> },
): Promise<ContactOperation> {
  return give(sql, operation, 'filter', 0, async (tx) => {
    const [chosen] = await matching(tx, { ...filter, campaignId: operation.campaignId });
    const { count: found } = await tx`
      insert into contact_operation_item (operation_id, position, enrollment_id)
      select ${operation.id}, row_number() over (order by seq), id
      from (${chosen} limit ${MOST_CONTACTS + 1}) found`;
    if (found === count && found <= MOST_CONTACTS) return;
    throw new Refusal('order_refused', countRefusal(found, count), [
      { pointer: '#/count', detail: `must be the number of contacts that match now, ${found}`, value: count },
    ]);
  });
}

/** S1-97..S1-101: marks completed whoever carries one of the ids and is the only one who does. */
export async function orderByExternalIds(
  sql: Sql,
  operation: Omit<NewOperation, 'kind'>,
  { lines, repeated }: { readonly lines: readonly IdLine[]; readonly repeated: number },
): Promise<ContactOperation> {
  const { id, campaignId } = operation;
  return give(sql, { ...operation, kind: 'complete' }, 'import', repeated, async (tx) => {
    const readable = lines.flatMap((line) => ('id' in line ? [line] : []));
    const broken = lines.flatMap((line) => ('broken' in line ? [line] : []));
    await enrollCarriers(
      tx,
      campaignId,
      readable.map((line) => line.id),
    );
    await tx`
      insert into contact_operation_item (operation_id, position, result, reason, detail)
      select ${id}, line, 'skipped', 'unreadable', rule
      from unnest(${broken.map(({ line }) => line)}::int[], ${broken.map((line) => line.broken)}::text[]) as b (line, rule)`;
    await tx`
      insert into contact_operation_item (operation_id, position, given, enrollment_id, result, reason, detail)
      select ${id}, f.line, f.given, case when f.found = 1 then f.enrollment_id end,
        case when f.found <> 1 then 'skipped' end,
        case when f.found = 0 then 'no_contact' when f.found > 1 then 'several_contacts' end,
        case when f.found > 1 then f.found::text end
      from (${matchIds(tx, campaignId, readable)}) f`;
  });
}

/** Writes the operation down with its contacts, once; whoever gives it again under its id is told how far it is. */
async function give(
  sql: Sql,
  { id, campaignId, kind, note, actor }: NewOperation,
  source: ContactOperation['source'],
  repeated: number,
  choose: (tx: Tx) => Promise<void>,
): Promise<ContactOperation> {
  return inTransaction(sql, async (tx) => {
    await requireContacts(tx, campaignId);
    const given = await tx`
      insert into contact_operation (id, campaign_id, kind, source, note, total, repeated, actor, created_at)
      values (${id}, ${campaignId}, ${kind}, ${source}, ${note ?? null}, 0, ${repeated}, ${actor}, app_now())
      on conflict (id) do nothing
      returning id`;
    if (given.length === 0) return getOperation(tx, id);
    await choose(tx);
    await tx`
      update contact_operation o set total = i.total, skipped = i.skipped
      from (select count(*) as total, count(*) filter (where result = 'skipped') as skipped
        from contact_operation_item where operation_id = ${id}) i
      where o.id = ${id}`;
    await finishOperation(tx, id);
    const operation = await getOperation(tx, id);
    const data = { operationId: id, source, contacts: operation.total };
    await recordChange(tx, { entity: 'campaign', entityId: campaignId, change: `contacts_${kind}`, data, actor });
    return operation;
  });
}

/** A draft has none; the lock keeps it from being deleted under the order. */
async function requireContacts(tx: Tx, campaignId: string): Promise<void> {
  const [campaign] = await tx<{ status: string }[]>`
    select status from campaign where id = ${campaignId} for key share`;
  if (campaign === undefined) throw new Refusal('not_found', `there is no campaign ${campaignId}`);
  if (campaign.status !== 'draft') return;
  throw new Refusal('wrong_status', 'the campaign is a draft, which nobody is enrolled in yet');
}

function countRefusal(found: number, count: number): string {
  if (found > MOST_CONTACTS) return `more than ${MOST_CONTACTS} contacts match; narrow the filter`;
  return `${found} contacts match now, not ${count}; look again and confirm the new number`;
}

/** It is over as soon as nobody is left to be looked at. */
export async function finishOperation(db: Db, id: string): Promise<void> {
  await db`
    update contact_operation o set finished_at = app_now(), finished_rt = clock_timestamp()
    where o.id = ${id} and o.finished_at is null
      and not exists (select from contact_operation_item i where i.operation_id = o.id and i.result is null)`;
}

export async function getOperation(db: Db, id: string): Promise<ContactOperation> {
  const [row] = await db<ContactOperation[]>`select ${columns(db)} from contact_operation o where o.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no operation ${id}`);
  return row;
}

export interface OperationPage {
  readonly campaignId: string;
  readonly after: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function listOperations(db: Db, { campaignId, after, limit }: OperationPage): Promise<ContactOperation[]> {
  return db<ContactOperation[]>`
    select ${columns(db)} from contact_operation o
    where o.campaign_id = ${campaignId} and (${after}::bigint is null or o.seq < ${after})
    order by o.seq desc
    limit ${limit}`;
}

export interface ResultPage {
  readonly operationId: string;
  readonly result?: 'done' | 'skipped' | undefined;
  /** Position of the last one of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

/** In the order in which the contacts were named. */
export async function listResults(db: Db, { operationId, result, after, limit }: ResultPage): Promise<OrderResult[]> {
  return db<OrderResult[]>`
    select i.position, i.given, i.enrollment_id, i.result, i.reason, i.detail,
      case when p.id is not null then json_build_object(
        'id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) end as contact
    from contact_operation_item i
    left join enrollment e on e.id = i.enrollment_id
    left join contact p on p.id = e.contact_id
    where i.operation_id = ${operationId} and i.position > ${after ?? 0}
      and ${result === undefined ? db`true` : db`i.result = ${result}`}
    order by i.position
    limit ${limit}`;
}

function columns(db: Db) {
  return db`
    o.id, o.seq::int, o.campaign_id, o.kind, o.source, o.note, o.total, o.done, o.unchanged, o.skipped, o.repeated, o.actor,
    case when o.finished_at is null then 'running' else 'done' end as state,
    ms(o.created_at) as created_at, ms(o.finished_at) as finished_at`;
}
