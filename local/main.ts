import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadExample } from './example';
import { figuresOf, isOver, progressOf, type Figures } from './figures';
import { HELP, OptionError, readOptions, type StartOptions } from './options';
import { createScreen, summaryTable, type Screen } from './screen';
import { startStack, type Stack } from './stack';
import { Stall } from './stall';
import { onStopRequest, stopped, StopRequest } from './stop-request';
import { refuseTakenPorts } from './taken-ports';

const LOOK_EVERY_MS = 1_000;
/** Five business days at the usual speed: whoever has not moved since will not. */
const STALLED_AFTER_MS = 600_000;

interface Ending {
  readonly exitCode: number;
  /** Machines read it, so it is written after everything has stopped. */
  readonly lastLine?: string;
}

/** `npm start`: everything on this machine, the simulator in place of every provider, the example campaign running. */
async function main(args: readonly string[]): Promise<Ending> {
  const options = readOptions(args, process.env);
  if (options === 'help') return { exitCode: 0, lastLine: HELP };
  const signal = onStopRequest();
  const screen = createScreen(process.stdout, Date.now);
  warnOfCredentials(screen);
  await refuseTakenPorts({ '--port': options.port, '--ui-port': options.uiPort });
  try {
    return await runAll(options, screen, signal);
  } catch (error) {
    if (!(error instanceof StopRequest)) throw error;
    return { exitCode: options.once ? error.exitCode : 0 };
  }
}

async function runAll(options: StartOptions, screen: Screen, signal: AbortSignal): Promise<Ending> {
  const stack = await startStack({
    folder: resolve(options.folder),
    port: options.port,
    uiPort: options.uiPort,
    speed: options.speed,
    temporalBinary: process.env['TEMPORAL_BINARY'] ?? 'temporal',
    tell: screen.line,
    signal,
  });
  const broken = stack.broken.then((what) => new Error(what));
  // Whatever fails because a part is gone is told as what it is.
  const ran = run(stack, options, screen).catch(async (error: unknown) => {
    throw await Promise.race([broken, delay(LOOK_EVERY_MS, error)]);
  });
  try {
    return await Promise.race([ran, broken.then(fail), stopped(signal)]);
  } finally {
    screen.settle();
    screen.line('stopping');
    await stack.stop();
  }
}

async function run(stack: Stack, options: StartOptions, screen: Screen): Promise<Ending> {
  const { campaignId, isDraft } = await loadExample(stack, options.contacts, screen.line);
  screen.line('starting the workers');
  await stack.go();
  if (isDraft) await stack.api.send('POST', `/v1/campaigns/${campaignId}/launch`);
  screen.line(isDraft ? 'the example campaign is launched' : 'going on where the last start stopped');
  const where = await addresses(stack);
  screen.line(where);
  const stall = new Stall(STALLED_AFTER_MS, Date.now);
  for (let progress = await progressOf(stack.sql, campaignId); ; progress = await progressOf(stack.sql, campaignId)) {
    screen.progress(progress);
    if (isOver(progress) || (options.once && stall.isReached(progress))) break;
    await delay(LOOK_EVERY_MS);
  }
  const { figures, books, ledger } = await figuresOf(stack.sql, campaignId, stack.simulatorUrl);
  screen.settle();
  screen.line(summaryTable(figures, books, ledger));
  if (options.once) return { exitCode: isGood(figures) ? 0 : 1, lastLine: JSON.stringify(figures) };
  screen.line(`the campaign has ended; everything keeps running until Ctrl-C\n${where}`);
  return new Promise<Ending>(() => undefined);
}

function isGood({ balance, ended, enrolled, duplicates, outsideHours }: Figures): boolean {
  return balance === 'ok' && ended === enrolled && duplicates === 0 && outsideHours === 0;
}

/** One click signs in: the key is good for this simulation alone, and a fragment is never sent to a server. */
async function addresses({ apiUrl, uiUrl, simulatorUrl, adminKeyFile, logFolder }: Stack): Promise<string> {
  const key = (await readFile(adminKeyFile, 'utf8')).trim();
  return [
    `  page         ${apiUrl}/#key=${key}`,
    `  API          ${apiUrl}/v1`,
    `  admin key    ${adminKeyFile}`,
    `  Temporal UI  ${uiUrl ?? 'where your Temporal server has it (TEMPORAL_UI_URL)'}`,
    `  simulator    ${simulatorUrl}/sim/summary`,
    `  logs         ${logFolder}`,
  ].join('\n');
}

/** examples only ever use the simulator. */
function warnOfCredentials(screen: Screen): void {
  if (process.env['TWILIO_AUTH_TOKEN'] !== undefined || process.env['SMTP_URL'] !== undefined)
    screen.line(
      'Provider credentials are set; `npm start` ignores them and uses the simulator. `npm run serve` uses them.',
    );
}

function fail(error: Error): never {
  throw error;
}

main(process.argv.slice(2)).then(
  ({ exitCode, lastLine }) => {
    if (lastLine === undefined) process.exit(exitCode);
    process.stdout.write(`${lastLine}\n`, () => process.exit(exitCode));
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () =>
      process.exit(error instanceof OptionError ? 2 : 1),
    );
  },
);
