import { setTimeout as delay } from 'node:timers/promises';
import { resolve } from 'node:path';
import { loadExample } from './example';
import { figuresOf, isOver, progressOf, type Figures } from './figures';
import { HELP, OptionError, readOptions, type StartOptions } from './options';
import { isPortFree } from './port';
import { createScreen, summaryTable, type Screen } from './screen';
import { startStack, type Stack } from './stack';

/** `npm start`: everything on this machine, the simulator in place of every provider, the example campaign running. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  warnOfCredentials();
  await refuseTakenPorts(options);
  const screen = createScreen(process.stdout, Date.now);
  const stack = await startStack({
    folder: resolve(options.folder),
    port: options.port,
    uiPort: options.uiPort,
    speed: options.speed,
    temporalBinary: process.env['TEMPORAL_BINARY'] ?? 'temporal',
    tell: screen.line,
  });
  const asked = untilAsked();
  try {
    return await Promise.race([run(stack, options, screen), asked, stack.broken.then(fail)]);
  } finally {
    screen.settle();
    screen.line('stopping');
    await stack.stop();
    if (lastLine !== null) process.stdout.write(`${lastLine}\n`);
  }
}

/** Machines read the last line of output, so it is written after everything has stopped. */
let lastLine: string | null = null;

async function run(stack: Stack, options: StartOptions, screen: Screen): Promise<number> {
  const { campaignId, fresh } = await loadExample(stack, options.contacts, screen.line);
  screen.line(fresh ? 'the example campaign is launched' : 'going on where the last start stopped');
  screen.line(addresses(stack));
  for (let progress = await progressOf(stack.sql, campaignId); ; progress = await progressOf(stack.sql, campaignId)) {
    screen.progress(progress);
    if (isOver(progress)) break;
    await delay(1_000);
  }
  const { figures, balance } = await figuresOf(stack.sql, campaignId, stack.simulatorUrl);
  screen.settle();
  screen.line(summaryTable(figures, balance));
  if (options.once) {
    lastLine = JSON.stringify(figures);
    return isGood(figures) ? 0 : 1;
  }
  screen.line(`the campaign has ended; everything keeps running until Ctrl-C\n${addresses(stack)}`);
  return new Promise<number>(() => undefined);
}

function isGood({ balance, ended, enrolled, duplicates, outsideHours }: Figures): boolean {
  return balance === 'ok' && ended === enrolled && duplicates === 0 && outsideHours === 0;
}

function addresses({ apiUrl, uiUrl, adminKeyFile }: Stack): string {
  return [`  API          ${apiUrl}/v1`, `  Temporal UI  ${uiUrl}`, `  admin key    ${adminKeyFile}`].join('\n');
}

async function refuseTakenPorts({ port, uiPort }: StartOptions): Promise<void> {
  for (const [option, wanted] of [
    ['--port', port],
    ['--ui-port', uiPort],
  ] as const) {
    if (!(await isPortFree(wanted)))
      throw new OptionError(
        `Port ${wanted} is in use. Stop what listens there (perhaps another \`npm start\`), or choose another with \`npm start -- ${option} ${wanted + 1}\`.`,
      );
  }
}

/** examples only ever use the simulator. */
function warnOfCredentials(): void {
  if (process.env['TWILIO_AUTH_TOKEN'] !== undefined || process.env['SMTP_URL'] !== undefined)
    process.stdout.write(
      'Provider credentials are set; `npm start` ignores them and uses the simulator. `npm run serve` uses them.\n',
    );
}

function untilAsked(): Promise<number> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(0));
    process.once('SIGTERM', () => resolve(0));
  });
}

function fail(what: string): never {
  throw new Error(`${what} ended unexpectedly`);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exit(code);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof OptionError ? 2 : 1);
  },
);
