import { engineOf, type EngineName, OptionError } from '../options';

/** Which scenarios are played, on which engine, and how large. */

export const SCENARIOS = ['L1', 'L3', 'L4', 'L8', 'soak'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface LoadOptions {
  readonly engine: EngineName;
  readonly scenarios: readonly ScenarioName[];
  readonly sizes: Sizes;
  readonly isQuick: boolean;
}

export interface Sizes {
  readonly L1: { readonly people: number; readonly startSeconds: number };
  readonly L3: HerdSize;
  readonly L4: WebhookSize;
  readonly L8: { readonly people: number; readonly seconds: number };
  readonly soak: { readonly seconds: number; readonly killEverySeconds: number };
}

export interface HerdSize {
  readonly people: number;
  readonly campaigns: number;
  /** The herd is watched for so long at most. */
  readonly seconds: number;
}

export interface WebhookSize {
  readonly people: number;
  readonly seconds: number;
  readonly burstSeconds: number;
  /** Of each rate that is tried on the way up. */
  readonly stepSeconds: number;
}

const FULL: Sizes = {
  L1: { people: 100_000, startSeconds: 60 },
  L3: { people: 2_000, campaigns: 20, seconds: 600 },
  L4: { people: 2_000, seconds: 60, burstSeconds: 10, stepSeconds: 5 },
  L8: { people: 1_000, seconds: 60 },
  soak: { seconds: 1_800, killEverySeconds: 120 },
};
const QUICK: Sizes = {
  L1: { people: 3_000, startSeconds: 5 },
  L3: { people: 80, campaigns: 5, seconds: 40 },
  L4: { people: 60, seconds: 3, burstSeconds: 1, stepSeconds: 1 },
  L8: { people: 60, seconds: 5 },
  soak: { seconds: 40, killEverySeconds: 12 },
};

export const HELP = `Usage: npm run load [-- options]

  --only NAME                one scenario: ${SCENARIOS.join(', ')}; may be given more than once
  --engine memory|postgres   Temporal's development server in memory (default), or its real server on PostgreSQL
  --people N                 how many are enrolled (L1, L3)
  --seconds N                how long the steady part lasts (L4, L8, soak), or the herd is watched (L3)
  --quick                    small numbers, to see that it works; its figures say nothing
  --help                     this

Ends with 1 when something was lost, done twice, or done outside its hours or limits; never for being slow.
The last line of output is one JSON object with all figures.`;

export function readLoadOptions(args: readonly string[]): LoadOptions | 'help' {
  let engine: EngineName = 'memory';
  const only: ScenarioName[] = [];
  let isQuick = false;
  let people: number | undefined;
  let seconds: number | undefined;
  const rest = [...args];
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    if (option === '--help' || option === '-h') return 'help';
    else if (option === '--quick') isQuick = true;
    else if (option === '--engine') engine = engineOf(rest.shift());
    else if (option === '--only') only.push(scenarioOf(rest.shift()));
    else if (option === '--people') people = countOf(option, rest.shift());
    else if (option === '--seconds') seconds = countOf(option, rest.shift());
    else throw new OptionError(`"${option}" is not an option.\n${HELP}`);
  }
  const scenarios = only.length === 0 ? SCENARIOS : SCENARIOS.filter((name) => only.includes(name));
  return { engine, scenarios, sizes: sized(isQuick ? QUICK : FULL, people, seconds), isQuick };
}

function sized(sizes: Sizes, people: number | undefined, seconds: number | undefined): Sizes {
  const crowd = people === undefined ? {} : { people };
  const time = seconds === undefined ? {} : { seconds };
  return {
    L1: { ...sizes.L1, ...crowd },
    L3: { ...sizes.L3, ...crowd, ...time },
    L4: { ...sizes.L4, ...time },
    L8: { ...sizes.L8, ...time },
    soak: { ...sizes.soak, ...time },
  };
}

function scenarioOf(value: string | undefined): ScenarioName {
  const scenario = SCENARIOS.find((name) => name === value);
  if (scenario === undefined)
    throw new OptionError(`--only is "${value ?? ''}"; it must be one of ${SCENARIOS.join(', ')}`);
  return scenario;
}

function countOf(option: string, value: string | undefined): number {
  const count = Number(value);
  if (Number.isInteger(count) && count > 0) return count;
  throw new OptionError(`${option} is "${value ?? ''}"; it must be a whole number above 0`);
}
