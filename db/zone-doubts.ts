import type { Instant } from '../domain/instant';
import type { Db } from './client';
import { bindingBeside, compareZones, type ZoneDifference, type ZoneTable } from './zone-tables';

/** What this process knows of where its own table of zones and the database's differ; nothing until it has looked. */
let differences: readonly ZoneDifference[] | null = null;
let beside: ReadonlyMap<string, readonly string[]> = new Map();

/** At the start of a process: its table is its own, and does not change while it runs. */
export async function learnZoneDifferences(
  db: Db,
  from: Instant,
  table?: ZoneTable,
): Promise<readonly ZoneDifference[]> {
  differences = table === undefined ? await comparedOnce(db, from) : await compareZones(db, from, table);
  beside = bindingBeside(differences);
  return differences;
}

/** A process that is started again asks nothing that another one has found out within a day. */
async function comparedOnce(db: Db, from: Instant): Promise<readonly ZoneDifference[]> {
  const [kept] = await db<{ differences: ZoneDifference[] }[]>`
    select differences from zone_comparison
    where node_table = ${NODE_TABLE} and server_started_rt = pg_postmaster_start_time()
      and compared_rt > clock_timestamp() - interval '1 day'`;
  if (kept !== undefined) return kept.differences;
  const found = await compareZones(db, from);
  await db`
    with gone as (delete from zone_comparison where compared_rt < clock_timestamp() - interval '30 days')
    insert into zone_comparison (node_table, server_started_rt, differences, compared_rt)
    values (${NODE_TABLE}, pg_postmaster_start_time(), ${JSON.stringify(found)}::text::jsonb, clock_timestamp())
    on conflict (node_table, server_started_rt) do update
      set differences = excluded.differences, compared_rt = excluded.compared_rt`;
  return found;
}

const NODE_TABLE = process.versions.tz ?? process.version;

/** Null = not compared yet. */
export function knownZoneDifferences(): readonly ZoneDifference[] | null {
  return differences;
}

/** Where the two tables differ, the hours of both bind: nobody is called at an hour that one of them calls the night. */
export function zonesInDoubt(zones: readonly string[]): readonly string[] {
  if (beside.size === 0) return zones;
  const more = zones.flatMap((zone) => beside.get(zone) ?? []);
  return more.length === 0 ? zones : [...new Set([...zones, ...more])];
}
