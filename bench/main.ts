import { loadavg } from 'node:os';
import { onStopRequest, stopped, StopRequest } from '../local/stop-request';
import { Undo } from '../local/undo';
import { startBare } from './bare';
import { measureContacts } from './contacts';
import { measureFacts } from './facts';
import { measureImports } from './imports';
import { measureForecast } from './forecast';
import { historyCost, workflowIdsOf } from './histories';
import { type BenchOptions, HELP, OptionError, readOptions } from './options';
import { measurePlanner } from './planner';
import { startProduct } from './product';
import { cpuTable, figuresOf, markdown, type Measured, table } from './report';
import { startServers } from './servers';
import { measureStarts } from './starts';

/** Somebody else was at work before we began. */
const BUSY_LOAD = 1;

/** `npm run bench`: each figure of the product beside the same work on the bare engine, in one run. */
async function main(args: readonly string[]): Promise<string> {
  const options = readOptions(args);
  if (options === 'help') return HELP;
  const signal = onStopRequest();
  const undo = new Undo();
  const startedMs = performance.now();
  const [loadBefore = 0] = loadavg();
  try {
    let fail: (what: string) => void = () => undefined;
    const broken = new Promise<never>((_resolve, reject) => {
      fail = (what) => reject(new Error(what));
    });
    const measured = await Promise.race([measure(options, undo, fail), stopped(signal), broken]);
    const { engine, isQuick } = options;
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const figures = figuresOf(measured, { engine, isQuick, loadBefore, seconds });
    if (loadBefore > BUSY_LOAD) say(`\nTHE MACHINE WAS BUSY (load ${loadBefore.toFixed(1)} when this began)`);
    say(`\n${table(figures)}`);
    if (measured.contacts !== undefined) say(`\n${cpuTable(measured.contacts)}`);
    if (options.isMarkdown) say(`\n${markdown(figures)}`);
    return JSON.stringify(figures);
  } finally {
    say('stopping');
    await undo.all();
  }
}

async function measure(
  { engine, parts, size, needsServers }: BenchOptions,
  undo: Undo,
  ended: (what: string) => void,
): Promise<Measured> {
  const planner = {
    ...(parts.includes('planner') ? { decisionsPerSecond: measurePlanner(size.plannerSeconds) } : {}),
    ...(parts.includes('forecast') ? { forecast: measureForecast(size.forecastContacts) } : {}),
  };
  if (!needsServers) return planner;
  say(`starting Temporal (${engine}), PostgreSQL, the product and the bare engine`);
  const servers = await startServers(engine);
  undo.add(() => servers.stop());
  const product = await startProduct(servers, ended);
  undo.add(() => product.stop());
  const bare = await startBare(servers.temporalAddress, ended);
  undo.add(() => bare.stop());
  const sides = { product, bare, temporalPids: servers.temporalPids };

  let measured: Measured = planner;
  if (parts.includes('contacts')) {
    say(`\ncontacts: ${size.pairs} pairs of ${size.contacts}`);
    const contacts = await measureContacts(sides, size, say);
    const history = {
      ours: await historyCost(servers.temporalAddress, await workflowIdsOf(product.sql, contacts.campaignId)),
      bare: await historyCost(servers.temporalAddress, contacts.bareIds),
    };
    measured = { ...measured, contacts: { ...contacts, history } };
  }
  if (parts.includes('imports')) {
    say(`\nimports: a file of ${size.importRows} rows`);
    measured = { ...measured, imports: await measureImports(product, size.importRows, say) };
  }
  // Facts need calls of contacts that are enrolled.
  if (parts.includes('starts') || parts.includes('facts')) {
    say(`\nstarts: ${size.startSeconds} s while ${size.enrolled} are enrolled`);
    const starts = await measureStarts(sides, size, say);
    if (parts.includes('starts')) measured = { ...measured, starts };
    if (!parts.includes('facts')) return measured;
    say(`\nfacts: ${size.factSeconds} s at a constant rate, ${size.factSeconds} s of as many as go`);
    measured = { ...measured, facts: await measureFacts(sides, starts, size, say) };
  }
  return measured;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  (lastLine) => process.stdout.write(`${lastLine}\n`, () => process.exit(0)),
  (error: unknown) => {
    if (error instanceof StopRequest) process.exit(error.exitCode);
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () =>
      process.exit(error instanceof OptionError ? 2 : 1),
    );
  },
);
