/** What is measured, on which engine, and how much of it. */

/** What is measured where nothing is said. */
export const USUAL_PARTS = ['contacts', 'starts', 'facts', 'planner', 'forecast'] as const;
/** A million rows take minutes of their own. */
export const PARTS = [...USUAL_PARTS, 'imports'] as const;
export type PartName = (typeof PARTS)[number];

export type EngineName = 'memory' | 'postgres';

export interface BenchOptions {
  readonly engine: EngineName;
  readonly parts: readonly PartName[];
  readonly size: Size;
  readonly isQuick: boolean;
  /** Prints the figures as a Markdown table for docs/performance.md, too. */
  readonly isMarkdown: boolean;
  /** False when nothing but pure functions is measured. */
  readonly needsServers: boolean;
}

export interface Size {
  /** Contacts of one round; each pair is a round of ours and one of the bare engine. */
  readonly contacts: number;
  /** Before the first pair, so that code is compiled and plans are made. */
  readonly warmUp: number;
  readonly pairs: number;
  readonly enrolled: number;
  /** How long workflows are started. */
  readonly startSeconds: number;
  readonly factSeconds: number;
  readonly plannerSeconds: number;
  /** Rows of one file. */
  readonly importRows: number;
  readonly forecastContacts: number;
}

const COMMON = {
  enrolled: 10_000,
  startSeconds: 30,
  factSeconds: 15,
  plannerSeconds: 3,
  importRows: 1_000_000,
  forecastContacts: 100_000,
};
const FULL: Readonly<Record<EngineName, Size>> = {
  memory: { ...COMMON, contacts: 300, warmUp: 300, pairs: 5 },
  postgres: { ...COMMON, contacts: 200, warmUp: 200, pairs: 4 },
};
const QUICK: Size = {
  contacts: 60,
  warmUp: 20,
  pairs: 1,
  enrolled: 1_500,
  startSeconds: 5,
  factSeconds: 2,
  plannerSeconds: 0.3,
  importRows: 5_000,
  forecastContacts: 1_000,
};

export class OptionError extends Error {
  override readonly name = 'OptionError';
}

export const HELP = `Usage: npm run bench [-- options]

  --engine memory|postgres   Temporal's development server in memory (default), or its real server on PostgreSQL
  --only NAME                one part: ${PARTS.join(', ')}; may be given more than once
  --quick                    small numbers, to see that it works; its figures say nothing
  --markdown                 the figures as a Markdown table as well
  --help                     this

The last line of output is one JSON object with the figures.`;

export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  let engine: EngineName = 'memory';
  const only: PartName[] = [];
  let isQuick = false;
  let isMarkdown = false;
  const rest = [...args];
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    if (option === '--help' || option === '-h') return 'help';
    else if (option === '--quick') isQuick = true;
    else if (option === '--markdown') isMarkdown = true;
    else if (option === '--engine') engine = engineOf(rest.shift());
    else if (option === '--only') only.push(partOf(rest.shift()));
    else throw new OptionError(`"${option}" is not an option.\n${HELP}`);
  }
  const parts: readonly PartName[] = only.length === 0 ? USUAL_PARTS : PARTS.filter((part) => only.includes(part));
  const needsServers = parts.some((part) => part !== 'planner' && part !== 'forecast');
  return { engine, parts, size: isQuick ? QUICK : FULL[engine], isQuick, isMarkdown, needsServers };
}

export function engineOf(value: string | undefined): EngineName {
  if (value === 'memory' || value === 'postgres') return value;
  throw new OptionError(`--engine is "${value ?? ''}"; it must be memory or postgres`);
}

function partOf(value: string | undefined): PartName {
  const part = PARTS.find((name) => name === value);
  if (part === undefined) throw new OptionError(`--only is "${value ?? ''}"; it must be one of ${PARTS.join(', ')}`);
  return part;
}
