import { isStatusOf, type StatusRef } from '../domain/crm-status';
import { connectionOf } from './campaign-connection';
import type { Tx } from './client';
import { getVersion } from './versions';

/** U-1: what the CRM says already of those who are to be taken into a campaign, where a status of it ends outreach. */

interface Stops {
  readonly campaignId: string;
  readonly connectionId: string;
  /** Of the campaign itself, and of the mapping of its connection. */
  readonly statuses: readonly StatusRef[];
}

/** Null = no status keeps anybody out: the only look that such a campaign costs. */
export async function stopsOf(tx: Tx, campaignId: string): Promise<Stops | null> {
  const [row] = await tx<{ connectionId: string | null; versionId: string | null; mapped: readonly StatusRef[] }[]>`
    select way.connection_id, k.current_version_id as version_id,
      (select coalesce(jsonb_agg(each), '[]')
        from crm_mapping m cross join jsonb_array_elements(m.mapping -> 'statuses') each
        where m.connection_id = way.connection_id and (each ->> 'stopsOutreach')::boolean) as mapped
    from campaign k cross join lateral (select ${connectionOf(tx)} as connection_id) way
    where k.id = ${campaignId}`;
  if (row === undefined || row.connectionId === null || row.versionId === null) return null;
  const { policy } = await getVersion(tx, row.versionId);
  const statuses = [...(policy.crm?.stopOn ?? []), ...row.mapped];
  return statuses.length === 0 ? null : { campaignId, connectionId: row.connectionId, statuses };
}

/**
 * The same for whoever gives people their first row: nobody sees that row before it is committed, so what the CRM tells
 * meanwhile waits until it is. Taken after the campaign and before anything of a person.
 */
export async function lockStops(tx: Tx, campaignId: string): Promise<Stops | null> {
  const stops = await stopsOf(tx, campaignId);
  if (stops !== null) await tx`select pg_advisory_xact_lock(${keyOf(tx, stops.connectionId)})`;
  return stops;
}

/** Whoever takes what a CRM tells begins with this; as many at once as like to. */
export async function awaitEnrolling(tx: Tx, connectionId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${keyOf(tx, connectionId)})`;
}

function keyOf(tx: Tx, connectionId: string) {
  return tx`hashtextextended(${`crm_status:${connectionId}`}, 0)`;
}

/** Of those who were taken in just now, whoever has a case at such a status is rejected. Answers which enrollments. */
export async function rejectStopped(
  tx: Tx,
  stops: Stops | null,
  contactIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (stops === null || contactIds.length === 0) return new Set();
  const { campaignId, connectionId, statuses } = stops;
  const known = await tx<{ id: string; statuses: Readonly<Record<string, string>> }[]>`
    select e.id, p.statuses
    from enrollment e
    cross join unnest(e.cases) as own (case_id)
    join crm_case p on p.connection_id = ${connectionId} and p.case_id = own.case_id
    where e.campaign_id = ${campaignId} and e.contact_id = any (${[...contactIds]}::uuid[]) and e.state = 'open'`;
  const stopped = known.filter((each) => statuses.some((status) => isStatusOf(each.statuses, status)));
  const ids = new Set(stopped.map(({ id }) => id));
  if (ids.size > 0)
    await tx`
      update enrollment set state = 'rejected', reason = 'stopped_in_crm', wants_workflow = false
      where id = any (${[...ids]}::uuid[])`;
  return ids;
}
