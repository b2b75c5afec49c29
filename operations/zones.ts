import type { Logger } from 'pino';
import type { Sql } from '../db/client';
import { knownZoneDifferences, learnZoneDifferences } from '../db/zone-doubts';
import type { ZoneDifference, ZoneTable } from '../db/zone-tables';
import type { Part } from './readiness';

const MOST_NAMED = 20;

/** Looks once where Node's and PostgreSQL's tables of zones differ, and says so. Without an answer nothing is narrowed. */
export async function compareZoneTables(sql: Sql, log: Logger, table?: ZoneTable): Promise<void> {
  try {
    const differences = await learnZoneDifferences(sql, Date.now(), table);
    if (differences.length > 0)
      log.warn({ zones: differences.map(told) }, 'Node and PostgreSQL have different tables of time zones');
  } catch (err) {
    log.error({ err }, 'the tables of time zones of Node and PostgreSQL could not be compared');
  }
}

/** Names the zones and the dates; a process is of use all the same, for there the hours of both bind. */
export const zonesPart: Part = {
  name: 'zones',
  isNeeded: false,
  check: async () => {
    const known = knownZoneDifferences();
    if (known === null) return 'not compared yet';
    const lasting = known.filter(({ isBrief }) => !isBrief);
    return lasting.length === 0 ? null : `differ: ${lasting.slice(0, MOST_NAMED).map(told).join(', ')}`;
  },
};

function told({ zone, fromAt, untilAt, ours, theirs }: ZoneDifference): string {
  return `${zone} ${day(fromAt)} to ${day(untilAt)} (UTC${hours(ours)} here, UTC${hours(theirs)} in PostgreSQL)`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function hours(minutes: number): string {
  return `${minutes < 0 ? '-' : '+'}${Math.abs(minutes) / 60}`;
}
