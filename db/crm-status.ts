import {
  isSameStatus,
  isStatusOf,
  type StatusRef,
  statusKey,
  statusPlace,
  StatusRefSchema,
} from '../domain/crm-status';
import { connectionOf } from './campaign-connection';
import { inTransaction, type Sql, type Tx } from './client';
import { getMapping, noteStatuses } from './crm-mapping';
import { awaitEnrolling } from './crm-standing';
import { type Received, receiveIn } from './inbox';

/** What a CRM says of the status of a case: recorded with the case, and told to every enrollment that it concerns (U-1). */

export interface StatusNews {
  readonly connectionId: string;
  /** The case as its external id has it. */
  readonly caseExternalId: string;
  readonly statuses: readonly StatusRef[];
  /** A webhook says that something has changed; what was asked for may have been so for long. */
  readonly how: 'told' | 'asked';
}

export interface StatusOutcome {
  /** Null = we know of no such case. */
  readonly caseId: string | null;
  /** How many of the statuses are others than we knew. */
  readonly changed: number;
  readonly received: readonly Received[];
}

const UNKNOWN: StatusOutcome = { caseId: null, changed: 0, received: [] };
const TIMEOUTS = { transactionTimeoutMs: 15_000, isUniform: true };

/** The same once more changes nothing, however often it is told or asked for. */
export async function takeStatuses(sql: Sql, news: StatusNews): Promise<StatusOutcome> {
  return inTransaction(
    sql,
    async (tx) => {
      const { connectionId } = news;
      await awaitEnrolling(tx, connectionId);
      // Whatever a CRM tells: what is no name of a status could be kept and never be read again.
      const statuses = news.statuses.filter((status) => StatusRefSchema.safeParse(status).success);
      await noteStatuses(tx, connectionId, statuses);
      const [found] = await tx<{ id: string; contactId: string; status: string | null }[]>`
        select id, contact_id, status from cases where external_id = ${news.caseExternalId}`;
      if (found === undefined) return UNKNOWN;
      // Enrollments are locked before anything else of the person, as everybody does.
      const concerned = await enrollmentsOf(tx, connectionId, found);
      const known = await lockKnown(tx, connectionId, found.id);
      const ours = await writtenByUs(tx, { connectionId, caseId: found.id }, known.changedRt);
      const received: Received[] = [];
      let changed = 0;
      for (const status of statuses) {
        const change = judge(status, { known: known.statuses, imported: found.status, ours, how: news.how });
        if (change === 'same') continue;
        changed++;
        await remember(tx, news.connectionId, found.id, status);
        if (change !== 'news') continue;
        received.push(...(await tell(tx, { news, status, caseId: found.id, concerned, nth: known.changes + changed })));
      }
      return { caseId: found.id, changed, received };
    },
    TIMEOUTS,
  );
}

interface Known {
  /** Real time of the last change that we know of. */
  readonly changedRt: number | null;
  readonly statuses: Readonly<Record<string, string>>;
  readonly changes: number;
}

async function lockKnown(tx: Tx, connectionId: string, caseId: string): Promise<Known> {
  await tx`
    insert into crm_case (connection_id, case_id) values (${connectionId}, ${caseId}) on conflict do nothing`;
  const [row] = await tx<Known[]>`
    select statuses, changes, ms(changed_rt) as changed_rt from crm_case
    where connection_id = ${connectionId} and case_id = ${caseId} for update`;
  return row ?? { statuses: {}, changes: 0, changedRt: null };
}

/**
 * Statuses that our own actions have written there since: their echo is no news from the firm. What the CRM has turned down
 * was never written, nor was here what went to another one; so whoever sets the same here is one of the firm.
 */
async function writtenByUs(
  tx: Tx,
  { connectionId, caseId }: { readonly connectionId: string; readonly caseId: string },
  sinceRt: number | null,
): Promise<ReadonlySet<string>> {
  const rows = await tx<{ status: string; field: StatusRef['field'] | null; group: string | null }[]>`
    select payload ->> 'status' as status, payload ->> 'field' as field, payload ->> 'group' as "group"
    from execution
    where case_id = ${caseId} and kind = 'crm_status' and sent_rt is not null
      and (connection_id is null or connection_id = ${connectionId})
      and not (state = 'failed' and coalesce(error_code, '') in ('refused', 'unknown_case', 'not_supported'))
      and (${sinceRt}::float8 is null or sent_rt > at_ms(${sinceRt}))
    order by seq desc limit 50`;
  return new Set(
    rows.map(({ status, field, group }) =>
      statusKey({ value: status, field: field ?? 'status', ...(group === null ? {} : { group }) }),
    ),
  );
}

interface Before {
  readonly known: Readonly<Record<string, string>>;
  /** As the case came in. */
  readonly imported: string | null;
  readonly ours: ReadonlySet<string>;
  readonly how: StatusNews['how'];
}

/** What is heard for the first time is news if the CRM told it; if we asked, only if it is another than the case came in with. */
function judge(status: StatusRef, { known, imported, ours, how }: Before): 'same' | 'echo' | 'news' | 'first' {
  if (isStatusOf(known, status)) return 'same';
  if (ours.has(statusKey(status))) return 'echo';
  if (known[statusPlace(status)] !== undefined || how === 'told') return 'news';
  const isAsImported = status.field === 'substatus' || imported === null || isSameStatus(imported, status.value);
  return isAsImported ? 'first' : 'news';
}

async function remember(tx: Tx, connectionId: string, caseId: string, status: StatusRef): Promise<void> {
  await tx`
    update crm_case set statuses = statuses || ${JSON.stringify({ [statusPlace(status)]: status.value })}::text::jsonb,
      changes = changes + 1, changed_at = app_now(), changed_rt = clock_timestamp()
    where connection_id = ${connectionId} and case_id = ${caseId}`;
  if (status.field === 'status')
    await tx`update cases set status = ${status.value}, actor = ${`crm:${connectionId}`} where id = ${caseId}`;
}

interface Telling {
  readonly news: StatusNews;
  readonly status: StatusRef;
  readonly caseId: string;
  readonly concerned: readonly string[];
  readonly nth: number;
}

/** One fact for each enrollment; without one what arrived is kept, and stands with the case. */
async function tell(tx: Tx, { news, status, caseId, concerned, nth }: Telling): Promise<Received[]> {
  const { mapping } = await getMapping(tx, news.connectionId);
  const mapped = mapping.statuses.find((each) => statusKey(each) === statusKey(status));
  const { field, value, group } = status;
  const body = {
    kind: 'crm_status' as const,
    caseId,
    field,
    value,
    ...(group === undefined ? {} : { group }),
    stops: mapped?.stopsOutreach === true,
  };
  const received: Received[] = [];
  for (const enrollmentId of concerned)
    received.push(
      await receiveIn(tx, {
        source: 'crm',
        eventKey: `crm:${news.connectionId}:${caseId}:${nth}:${enrollmentId}`,
        raw: { how: news.how, field, group, value },
        actor: 'crm',
        fact: { body, enrollmentId },
      }),
    );
  return received;
}

/**
 * Those that are about the case, in campaigns whose actions go to this connection; locked in their order. A case that came onto
 * the list after its client was enrolled is one of them. Whoever could not be enrolled is told nothing, but locked as well: who
 * takes them in meanwhile sees what is told here, or is seen.
 */
async function enrollmentsOf(
  tx: Tx,
  connectionId: string,
  { id, contactId }: { readonly id: string; readonly contactId: string },
): Promise<string[]> {
  const rows = await tx<{ id: string; state: string }[]>`
    select e.id, e.state from enrollment e join campaign k on k.id = e.campaign_id
    where e.contact_id = ${contactId}
      and (${id} = any (e.cases) or exists (select from list_member m where m.list_id = k.list_id and m.case_id = ${id}))
      and ${connectionOf(tx)} = ${connectionId}
    order by e.id
    for no key update of e`;
  return rows.flatMap(({ id: enrollmentId, state }) => (state === 'rejected' ? [] : [enrollmentId]));
}

export interface PolledCase {
  readonly connectionId: string;
  readonly caseExternalId: string;
}

const POLLS_PER_ROUND = 20;

/** Cases of people who are still reached, whose CRM is to be asked for their status; each is taken by one worker. */
export async function takeDuePolls(sql: Sql): Promise<PolledCase[]> {
  return sql<PolledCase[]>`
    with wanted as (
      select m.connection_id, (m.mapping ->> 'pollMinutes')::int as minutes
      from crm_mapping m join connection c on c.id = m.connection_id
      where m.mapping ->> 'pollMinutes' is not null and c.state = 'ok'
    ), due as materialized (
      select distinct w.connection_id, s.id as case_id, s.external_id, p.polled_rt
      from wanted w
      join campaign k on k.status in ('active', 'paused') and ${connectionOf(sql)} = w.connection_id
      join enrollment e on e.campaign_id = k.id and e.state = 'open'
      join cases s on s.id = any (e.cases)
      left join crm_case p on p.connection_id = w.connection_id and p.case_id = s.id
      where p.polled_rt is null or p.polled_rt < clock_timestamp() - make_interval(mins => w.minutes)
      order by p.polled_rt nulls first, s.id
      limit ${POLLS_PER_ROUND}
    ), taken as (
      insert into crm_case (connection_id, case_id, polled_rt)
      select connection_id, case_id, clock_timestamp() from due
      on conflict (connection_id, case_id) do update set polled_rt = excluded.polled_rt
      returning connection_id, case_id
    )
    select d.connection_id, d.external_id as case_external_id
    from taken t join due d on d.connection_id = t.connection_id and d.case_id = t.case_id`;
}
