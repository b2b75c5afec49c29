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
  differences = await compareZones(db, from, table);
  beside = bindingBeside(differences);
  return differences;
}

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
