import { join } from 'node:path';
import { toIso } from '../../domain/instant';
import { figuresOf, type Figures } from '../../local/figures';
import { startTemporalOnPostgres, type TemporalOnPostgres } from '../../local/temporal-on-postgres';
import { nextDue, quiet, standAt } from '../business-time';
import { type ContactRecord, recordsOf, workersOf } from '../campaign-record';
import { type Disturbance, killAfterCommit, killMidCall, restart } from '../disturbances';
import { launchExample } from '../example-campaign';
import { findTemporalServer } from '../find-temporal';
import { EVERY_ROLE, type Kind, Topology, type TopologyPlan } from '../topology';
import { until } from '../until';

/**
 * The installation of docker-compose.yml without containers: the Temporal server on PostgreSQL, API and workers in
 * processes of their own, the example campaign from its launch to its end.
 */

/** What each of the people does; nothing of it depends on who is faster. */
const SCRIPTS = [
  ...['answers_converts', 'answers_successful', 'answers_unsuccessful', 'disqualified', 'never_answers', 'voicemail'],
  ...['busy_then_answers', 'fails', 'asks_for_human', 'wrong_number', 'presses_opt_out', 'replies_stop'],
  ...['replies_question', 'completes_form', 'mail_replies', 'replies_yes'],
];
/** Never answers, and lives in the mountains: called first, with the others there, five minutes after the third hour. */
const VICTIM = '+16025550100';

/** As docker-compose.yml has it. */
const ONE_OF_EACH: readonly Kind[] = ['api', 'enrollments', 'effects', 'bulk'];
const SEVERAL: readonly Kind[] = ['api', 'api', EVERY_ROLE, EVERY_ROLE, EVERY_ROLE];
/** By the turn in which they happen. */
const DISTURBANCES: Readonly<Record<number, Disturbance>> = {
  1: restart(EVERY_ROLE),
  4: killMidCall(VICTIM),
  7: restart('api'),
};
/** Two at first, and one for each that was ended. */
const APIS = 4;

const BEGINNING = '2027-03-08T11:00:00Z';
const HOUR_MS = 3_600_000;
/** What a killed worker had in hand is given to another after 20 s; looking often would cost more than the campaign. */
const PATIENCE = { withinMs: 90_000, everyMs: 100 };
const WITHIN_MS = 300_000;

interface Run {
  readonly figures: Figures;
  readonly records: readonly ContactRecord[];
  readonly workers: { readonly enrollments: number; readonly effects: number };
  /** How many requests each API has answered. */
  readonly answered: readonly number[];
}

interface Script {
  readonly disturbances: typeof DISTURBANCES;
  meanwhile(topology: Topology): Promise<void>;
}

const UNDISTURBED: Script = { disturbances: {}, meanwhile: async () => undefined };

/** Lets the example run to its end, an hour of business time after the other. */
async function play(plan: TopologyPlan, script: Script = UNDISTURBED): Promise<Run> {
  const topology = await Topology.start(plan);
  try {
    const run = await runOf(topology, script);
    await topology.stop({ keepLogs: false });
    return run;
  } catch (error) {
    await topology.stop({ keepLogs: true });
    throw new Error(`the campaign did not come to its end; see the logs in ${topology.folder}`, { cause: error });
  }
}

async function runOf(topology: Topology, { disturbances, meanwhile }: Script): Promise<Run> {
  const { sql, simulator, balancer, plan } = topology;
  await standAt(sql, BEGINNING);
  const campaignId = await launchExample(topology, SCRIPTS);
  let isOver = false;
  const besides = meanwhile(topology).then(() => {
    isOver = true;
  });
  await quiet(topology, [], PATIENCE);
  for (let turn = 1, due = await nextDue(sql); due !== null; turn++, due = await nextDue(sql)) {
    const disturbance = disturbances[turn];
    await disturbance?.before?.(topology);
    await standAt(sql, toIso(disturbance?.isExact === true ? due : Math.ceil(due / HOUR_MS) * HOUR_MS));
    await Promise.all([disturbance?.after(topology), quiet(topology, [], PATIENCE)]);
  }
  await until('what was to happen meanwhile has happened', async () => isOver);
  await besides;
  const { figures } = await figuresOf(sql, campaignId, simulator.httpUrl);
  return {
    figures,
    records: await recordsOf(sql, campaignId),
    workers: await workersOf(sql, campaignId, plan.temporal.address),
    answered: [...balancer.answered.values()],
  };
}

const binaries = findTemporalServer();

(binaries === null ? describe.skip : describe)('the topology of production', () => {
  let temporal: TemporalOnPostgres;
  let alone: Promise<Run>;
  let several: Promise<Run>;
  let passed = 0;

  beforeAll(async () => {
    temporal = await startTemporalOnPostgres({
      binaries: binaries ?? '',
      cli: process.env['TEST_TEMPORAL_BINARY'] ?? '',
      postgresUrl: process.env['TEST_POSTGRES_URL'] ?? '',
      scripts: join(__dirname, '..', '..', 'docker', 'temporal'),
    });
    // Side by side, as they mostly wait; each test hears of its own failures.
    alone = play({ temporal, kinds: ONE_OF_EACH });
    several = play({ temporal, kinds: SEVERAL }, { disturbances: DISTURBANCES, meanwhile: killAfterCommit });
    void Promise.allSettled([alone, several]);
  }, WITHIN_MS);
  afterAll(async () => {
    await Promise.allSettled([alone, several]);
    await temporal.stop({ keepLog: passed < 2 });
  }, WITHIN_MS);

  const RIGHT = {
    ...{ contacts: SCRIPTS.length, enrolled: SCRIPTS.length, rejected: 0, ended: SCRIPTS.length },
    ...{ balance: 'ok', duplicates: 0, outsideHours: 0 },
  };

  it(
    'runs the example campaign to its end: the books balance, nobody is contacted twice or outside hours',
    async () => {
      const { figures } = await alone;
      expect(figures).toMatchObject(RIGHT);
      passed++;
    },
    WITHIN_MS,
  );

  it(
    'gives the same results with two APIs and three workers of each role, while one of each is restarted and one killed',
    async () => {
      const { figures, records, workers, answered } = await several;
      expect(figures).toMatchObject(RIGHT);
      expect(records).toEqual((await alone).records);
      expect(Math.min(workers.enrollments, workers.effects)).toBeGreaterThan(1);
      expect(answered).toHaveLength(APIS);
      passed++;
    },
    WITHIN_MS,
  );
});
