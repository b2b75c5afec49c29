import type { Balance, compareLedger } from '../../db/balance';

/** What came of a scenario: how fast it was, which nobody fails for, and what was wrong, which nobody is forgiven. */

export const WRONGS = ['lost', 'doubled', 'outside', 'overLimit'] as const;
/** `outside`: when, or although, the person may not be contacted. */
export type Wrongs = Readonly<Record<(typeof WRONGS)[number], number>>;

export interface Line {
  readonly what: string;
  readonly demanded: string;
  readonly reached: string;
}

export interface Report {
  readonly lines: readonly Line[];
  /** Where this machine can't follow any more, in a sentence. */
  readonly breaks: string;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly wrongs: Wrongs;
  /** Names of what was wrong, a few of each. */
  readonly examples: readonly string[];
}

export const NOTHING_WRONG: Wrongs = { lost: 0, doubled: 0, outside: 0, overLimit: 0 };

export function sumOf(all: readonly Wrongs[]): Wrongs {
  const total = (kind: (typeof WRONGS)[number]) => all.reduce((sum, wrongs) => sum + wrongs[kind], 0);
  return {
    lost: total('lost'),
    doubled: total('doubled'),
    outside: total('outside'),
    overLimit: total('overLimit'),
  };
}

export function isRight(wrongs: Wrongs): boolean {
  return WRONGS.every((kind) => wrongs[kind] === 0);
}

/** Which kind of wrong it is when the two sides of an equation of the auditor differ; all others mean that something was lost. */
const KIND_OF_EQUATION: Readonly<Record<string, keyof Wrongs>> = {
  windows: 'outside',
  creates: 'doubled',
  suppressions: 'outside',
  executions: 'doubled',
  open_calls: 'doubled',
  consents: 'outside',
  solicitations: 'outside',
  reassigned: 'outside',
  countries: 'outside',
  caps: 'overLimit',
  legal_caps: 'overLimit',
  spending: 'overLimit',
  leases: 'overLimit',
  lines: 'overLimit',
};

export function wrongsOfBalance({ equations }: Pick<Balance, 'equations'>): { wrongs: Wrongs; examples: string[] } {
  const broken = equations.filter(({ ok }) => !ok);
  const wrongs = broken.map(({ name, left, right }) => ({
    ...NOTHING_WRONG,
    [KIND_OF_EQUATION[name] ?? 'lost']: Math.max(1, Math.abs(left - right)),
  }));
  return { wrongs: sumOf(wrongs), examples: broken.map(({ name, examples }) => `${name}: ${examples.join(', ')}`) };
}

export function wrongsOfLedger(ledger: Awaited<ReturnType<typeof compareLedger>>): {
  wrongs: Wrongs;
  examples: string[];
} {
  const { unmatchedCreates, unmatchedAttempts, duplicates, outside } = ledger;
  const found = { 'not recorded': unmatchedCreates, 'never made': unmatchedAttempts, twice: duplicates, outside };
  return {
    wrongs: {
      lost: unmatchedAttempts.length + unmatchedCreates.length,
      doubled: duplicates.length,
      outside: outside.length,
      overLimit: 0,
    },
    examples: Object.entries(found).flatMap(([what, ids]) =>
      ids.length === 0 ? [] : [`${what}: ${ids.slice(0, 3).join(', ')}`],
    ),
  };
}

/** For people: a table of what was demanded and reached, where it breaks, and what was wrong. */
export function words({ lines, breaks, wrongs, examples }: Report): string {
  const rows = [['', 'demanded', 'reached'], ...lines.map(({ what, demanded, reached }) => [what, demanded, reached])];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const counted = WRONGS.map((kind) => `${kind} ${wrongs[kind]}`).join(', ');
  const verdict = isRight(wrongs) ? 'RIGHT' : 'WRONG';
  return [...table, `breaks: ${breaks}`, `${verdict}: ${counted}`, ...examples.map((one) => `  ${one}`)].join('\n');
}

/** Three digits say all that such a figure knows. */
export function shown(value: number | null, unit = ''): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const digits =
    Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
  return unit === '' ? digits : `${digits} ${unit}`;
}
