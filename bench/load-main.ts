import { loadavg } from 'node:os';
import { onStopRequest, stopped, StopRequest } from '../local/stop-request';
import { Undo } from '../local/undo';
import { OptionError } from './options';
import { enrolling } from './under-load/enrolling';
import { herd } from './under-load/herd';
import { HELP, readLoadOptions, type ScenarioName } from './under-load/options';
import { soak } from './under-load/soak';
import type { Scene } from './under-load/stage';
import { stops } from './under-load/stops';
import { isRight, type Report, words } from './under-load/verdict';
import { webhooks } from './under-load/webhooks';

const PLAYED: Readonly<Record<ScenarioName, (scene: Scene) => Promise<Report>>> = {
  L1: enrolling,
  L3: herd,
  L4: webhooks,
  L8: stops,
  soak,
};

interface End {
  readonly lastLine: string;
  readonly exitCode: number;
}

/** `npm run load`: how much this machine bears, and that nothing is lost, done twice or done at the wrong time on the way. */
async function main(args: readonly string[]): Promise<End> {
  const options = readLoadOptions(args);
  if (options === 'help') return { lastLine: HELP, exitCode: 0 };
  const { engine, scenarios, sizes, isQuick } = options;
  const signal = onStopRequest();
  const [loadBefore = 0] = loadavg();
  const reports: (Report & { readonly scenario: ScenarioName; readonly seconds: number })[] = [];
  for (const scenario of scenarios) {
    const startedMs = performance.now();
    say(`\n${scenario}`);
    const report = await play(PLAYED[scenario], { engine, sizes }, signal);
    reports.push({ scenario, seconds: Math.round((performance.now() - startedMs) / 1_000), ...report });
    say(`\n${scenario}${isQuick ? ' (quick: its figures say nothing)' : ''}\n${words(report)}`);
  }
  const ok = reports.every(({ wrongs }) => isRight(wrongs));
  const byName = Object.fromEntries(
    reports.map(({ scenario, seconds, figures, breaks, wrongs, examples }) => [
      scenario,
      { ...figures, breaks, wrongs, examples, runSeconds: seconds },
    ]),
  );
  return {
    lastLine: JSON.stringify({ ok, engine, isQuick, loadBefore, scenarios: byName }, rounded),
    exitCode: ok ? 0 : 1,
  };
}

/** More digits would only be noise. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

/** With servers of its own, so that no scenario finds what another has left. */
async function play(
  scenario: (scene: Scene) => Promise<Report>,
  scene: Pick<Scene, 'engine' | 'sizes'>,
  signal: AbortSignal,
): Promise<Report> {
  const undo = new Undo();
  let ended: Scene['ended'] = () => undefined;
  const broken = new Promise<never>((_resolve, reject) => {
    ended = (what) => reject(new Error(what));
  });
  // It may break when the scenario is over already.
  broken.catch(() => undefined);
  try {
    return await Promise.race([scenario({ ...scene, undo, ended, tell: say }), stopped(signal), broken]);
  } finally {
    say('stopping');
    await undo.all();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  ({ lastLine, exitCode }) => process.stdout.write(`${lastLine}\n`, () => process.exit(exitCode)),
  (error: unknown) => {
    if (error instanceof StopRequest) process.exit(error.exitCode);
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, () =>
      process.exit(error instanceof OptionError ? 2 : 1),
    );
  },
);
