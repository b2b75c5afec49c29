import type { ContactsResult, Round } from './contacts';
import type { FactsResult } from './facts';
import type { ImportsResult } from './imports';
import type { ForecastResult } from './forecast';
import type { HistoryCost } from './histories';
import type { EngineName } from './options';
import type { Meters } from './process-use';
import type { StartsResult } from './starts';

/** The figures as JSON for machines and as tables for people. */

export type Tell = (line: string) => void;

export interface Measured {
  readonly contacts?: ContactsResult & { readonly history: { readonly ours: HistoryCost; readonly bare: HistoryCost } };
  readonly starts?: StartsResult;
  readonly facts?: FactsResult;
  readonly decisionsPerSecond?: number;
  readonly imports?: ImportsResult;
  readonly forecast?: ForecastResult;
}

export interface Circumstances {
  readonly engine: EngineName;
  readonly isQuick: boolean;
  /** Of the machine in the minute before the bench began: above 1, others were at work and the figures are worth little. */
  readonly loadBefore: number;
  readonly seconds: number;
}

/** A key that was not measured is null, so that the keys are always the same. */
export function figuresOf(
  { contacts, starts, facts, decisionsPerSecond, imports, forecast }: Measured,
  circumstances: Circumstances,
) {
  const pairs =
    contacts?.ours.map((round, n) => ratio(round.contactsPerSecond, contacts.bare[n]?.contactsPerSecond)) ?? [];
  return {
    contactsRatio: median(pairs),
    contactsRatioOfPairs: pairs.map((value) => rounded(value)),
    contactsPerSecond: median(contacts?.ours.map(speedOf) ?? []),
    bareContactsPerSecond: median(contacts?.bare.map(speedOf) ?? []),
    cpuMsPerContact: sumOf(cpuOf(contacts?.ours), ['simulator']),
    bareCpuMsPerContact: sumOf(cpuOf(contacts?.bare)),
    startsRatio: ratio(starts?.ours.startsPerSecond, starts?.bare.startsPerSecond),
    startsPerSecond: rounded(starts?.ours.startsPerSecond),
    bareStartsPerSecond: rounded(starts?.bare.startsPerSecond),
    asleepPerSecond: rounded(starts?.ours.asleepPerSecond),
    bareAsleepPerSecond: rounded(starts?.bare.asleepPerSecond),
    enrolledPerSecond: rounded(starts?.enrolledPerSecond),
    importsPerSecond: rounded(starts?.importsPerSecond),
    factsPerSecond: rounded(facts?.ours.perSecond),
    bareFactsPerSecond: rounded(facts?.bare.perSecond),
    factsP99Ms: rounded(facts?.ours.p99Ms),
    bareFactsP99Ms: rounded(facts?.bare.p99Ms),
    apiCpuMsPerFact: rounded(facts?.apiCpuMsPerFact),
    decisionsPerSecond: rounded(decisionsPerSecond),
    forecastContactsPerSecond: rounded(forecast?.contactsPerSecond),
    forecastSeconds: rounded(forecast?.seconds),
    forecastTouches: forecast?.touches ?? null,
    eventsPerContact: rounded(contacts?.history.ours.events),
    bareEventsPerContact: rounded(contacts?.history.bare.events),
    workflowTasksPerContact: rounded(contacts?.history.ours.workflowTasks),
    bareWorkflowTasksPerContact: rounded(contacts?.history.bare.workflowTasks),
    workerBytesPerContact: rounded(starts?.ours.workerBytesPerContact),
    bareWorkerBytesPerContact: rounded(starts?.bare.workerBytesPerContact),
    postgresBytesPerContact: rounded(starts?.postgresBytesPerContact),
    importRows: imports?.rows ?? null,
    importRowsPerSecond: rounded(imports?.rowsPerSecond),
    importUploadSeconds: rounded(imports?.uploadSeconds),
    importApiPeakMb: rounded(imports?.apiPeakMb),
    importWorkerPeakMb: rounded(imports?.workerPeakMb),
    waitingContacts: starts?.ours.workflows ?? null,
    ...circumstances,
  };
}
export type Figures = ReturnType<typeof figuresOf>;

interface Line {
  readonly what: string;
  readonly ours: number | null;
  readonly bare?: number | null;
  readonly ratio?: number | null;
}

function linesOf(figures: Figures): Line[] {
  const { contactsRatio, startsRatio } = figures;
  return [
    {
      what: 'contacts/s, launch to end',
      ours: figures.contactsPerSecond,
      bare: figures.bareContactsPerSecond,
      ratio: contactsRatio,
    },
    {
      what: 'CPU ms per contact, without the simulator',
      ours: figures.cpuMsPerContact,
      bare: figures.bareCpuMsPerContact,
    },
    { what: 'events per contact', ours: figures.eventsPerContact, bare: figures.bareEventsPerContact },
    {
      what: 'workflow tasks per contact',
      ours: figures.workflowTasksPerContact,
      bare: figures.bareWorkflowTasksPerContact,
    },
    { what: 'starts/s', ours: figures.startsPerSecond, bare: figures.bareStartsPerSecond, ratio: startsRatio },
    { what: 'started and asleep/s', ours: figures.asleepPerSecond, bare: figures.bareAsleepPerSecond },
    { what: 'facts/s through the webhook', ours: figures.factsPerSecond, bare: figures.bareFactsPerSecond },
    { what: 'p99 of a fact at 300/s, ms', ours: figures.factsP99Ms, bare: figures.bareFactsP99Ms },
    { what: 'planner decisions/s', ours: figures.decisionsPerSecond },
    { what: 'contacts forecast/s', ours: figures.forecastContactsPerSecond },
    { what: 'the forecast, s', ours: figures.forecastSeconds },
    {
      what: 'worker bytes per waiting contact',
      ours: figures.workerBytesPerContact,
      bare: figures.bareWorkerBytesPerContact,
    },
    { what: 'Postgres bytes per waiting contact', ours: figures.postgresBytesPerContact },
    { what: 'rows/s of an import', ours: figures.importRowsPerSecond },
    { what: 'most memory of the worker at an import, MB', ours: figures.importWorkerPeakMb },
    { what: 'most memory of the API at an import, MB', ours: figures.importApiPeakMb },
  ];
}

export function table(figures: Figures): string {
  const rows = linesOf(figures).map(({ what, ...values }) => [what, ...cellsOf(values)]);
  return grid([['', 'ours', 'bare', 'ours ÷ bare'], ...rows]);
}

export function markdown(figures: Figures): string {
  const rows = linesOf(figures).map(({ what, ...values }) => `| ${[what, ...cellsOf(values)].join(' | ')} |`);
  return [`| ${figures.engine} | ours | bare | ours ÷ bare |`, '| --- | ---: | ---: | ---: |', ...rows].join('\n');
}

/** Where the CPU of a contact goes, by process. */
export function cpuTable(contacts: ContactsResult): string {
  const rows = [['CPU ms per contact', '']];
  for (const [name, rounds] of [
    ['ours', contacts.ours],
    ['bare', contacts.bare],
  ] as const)
    for (const [process, ms] of Object.entries(cpuOf(rounds))) rows.push([`  ${name}: ${process}`, format(ms)]);
  return grid(rows);
}

function cellsOf({ ours, bare, ratio: times }: Omit<Line, 'what'>): string[] {
  return [format(ours), bare === undefined ? '' : format(bare), times === undefined ? '' : format(times)];
}

function grid(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, n) => Math.max(most[n] ?? 0, cell.length)), []);
  const line = (row: readonly string[]) =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

/** Three digits say all that such a figure knows. */
function format(value: number | null): string {
  if (value === null) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

/** The median of each process over all rounds. */
function cpuOf(rounds: readonly Round[] | undefined): Meters {
  const names = new Set((rounds ?? []).flatMap(({ cpuMs }) => Object.keys(cpuMs)));
  return Object.fromEntries(
    [...names].map((name) => [name, median((rounds ?? []).flatMap(({ cpuMs }) => cpuMs[name] ?? [])) ?? 0]),
  );
}

function sumOf(cpu: Meters, without: readonly string[] = []): number | null {
  const counted = Object.entries(cpu).filter(([name]) => !without.includes(name));
  return counted.length === 0 ? null : rounded(counted.reduce((sum, [, ms]) => sum + ms, 0));
}

function speedOf({ contactsPerSecond }: Round): number {
  return contactsPerSecond;
}

export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.flatMap((value) => value ?? []).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : rounded((low + high) / 2);
}

function ratio(ours: number | undefined, bare: number | undefined): number | null {
  return ours === undefined || bare === undefined ? null : rounded(ours / bare);
}

/** More digits would only be noise. */
function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(4));
}
