import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { createDeliver } from '../../activities/deliver';
import { createDial } from '../../activities/dial';
import type { MailProvider, SmsProvider, VoiceProvider } from '../../activities/providers/provider';
import { createSmtp, type SmtpProvider } from '../../activities/providers/smtp';
import { createTwilio } from '../../activities/providers/twilio';
import { createSql, type Sql } from '../../db/client';
import { isOutOfReach } from '../../db/out-of-reach';
import type { Channel } from '../../domain/channel';
import { reconcile } from '../../workers/sweeps/reconcile';
import { fictionalPhone, isTooLong, ONE_CALL_RUN, orderOf, seedOutreach, startOver, TEST_KEYS, wake } from '../seed';
import { tellSimulator } from '../story';
import { World } from '../world';

/**
 * One attempt under everything that can happen to it: the worker dies at any instant, a second one does the same at the
 * same time, the provider's answer is lost, its callbacks come twice, in any order, late or never.
 * `npm run chaos -- --attempts 1000 --seed 7` runs more of them, and others.
 */

const RUNS = Number(process.env['ATTEMPT_RUNS'] ?? 40);
const SEED = Number(process.env['ATTEMPT_SEED'] ?? 1);
const AT_ONCE = 40;
const LONGEST_MS = Math.max(600_000, RUNS * 3_000);
/** Far less than what production waits: a lost answer is a lost answer. */
const PROVIDER_TIMEOUT_MS = 400;

const CREATE_FAULTS = {
  voice: ['ok', '429', '500_not_executed', '500_executed', 'timeout_not_executed', 'timeout_executed', 'reset'],
  sms: ['ok', '429', '500_not_executed', '500_executed', 'timeout_not_executed', 'timeout_executed', 'reset'],
  email: ['ok', '451', '550', 'drop_after_dot'],
} as const;
const CALLBACK_FAULTS = ['ok', 'duplicate_callbacks', 'drop_callbacks', 'late_callbacks', 'shuffle_callbacks'];

interface Fate {
  readonly channel: Channel;
  readonly answer: string;
  readonly isExecuted: boolean;
  readonly callbacks: string;
  readonly answerUrlToo: boolean;
  /** What happens to the worker, try by try: killed so many milliseconds after it began, or at one of two exact points. */
  readonly deaths: readonly (number | 'before_request' | 'after_request')[];
  readonly isTwin: boolean;
}

const fates: fc.Arbitrary<Fate> = fc.constantFrom<Channel>('voice', 'sms', 'email').chain((channel) =>
  fc.record({
    channel: fc.constant(channel),
    answer: fc.constantFrom(...CREATE_FAULTS[channel]),
    isExecuted: fc.boolean(),
    callbacks: fc.constantFrom(...CALLBACK_FAULTS),
    answerUrlToo: fc.boolean(),
    deaths: fc.array(fc.oneof(fc.nat({ max: 25 }), fc.constantFrom('before_request', 'after_request')), {
      maxLength: 3,
    }),
    isTwin: fc.boolean(),
  }),
);

let world: World;
let phone: VoiceProvider & SmsProvider;
let mail: SmtpProvider;
let people = 0;

beforeAll(async () => {
  world = await World.create({ workers: false });
  phone = createTwilio({
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'test-auth-token',
    baseUrl: world.simulator.httpUrl,
    httpTimeoutMs: PROVIDER_TIMEOUT_MS,
  });
  mail = createSmtp({ url: `smtp://127.0.0.1:${world.simulator.smtpPort}`, timeoutMs: PROVIDER_TIMEOUT_MS });
});
afterAll(async () => {
  mail.close();
  await world.stop();
});

const RUN_OF: Readonly<Record<Channel, object>> = {
  voice: ONE_CALL_RUN,
  sms: { ...ONE_CALL_RUN, calls: undefined, messages: [messageOf('sms')] },
  email: { ...ONE_CALL_RUN, calls: undefined, messages: [{ ...messageOf('email'), subject: 'Hello' }] },
};
function messageOf(channel: Channel) {
  return { key: 'hello', channel, when: { kind: 'after_start', delayMinutes: 0 }, text: 'Hello.' };
}

class WorkerDied extends Error {}

/** The provider, with a worker that dies around the request. */
function dying<T extends object>(provider: T, death: Fate['deaths'][number] | undefined): T {
  return new Proxy(provider, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function' || !['placeCall', 'sendSms', 'sendMail'].includes(String(name))) return method;
      return async (...input: unknown[]) => {
        if (death === 'before_request') throw new WorkerDied();
        const answer: unknown = await Reflect.apply(method, target, input);
        if (death === 'after_request') throw new WorkerDied();
        return answer;
      };
    },
  });
}

/** One try of the activity by a worker of its own; false when the worker died over it. */
async function carryOut(order: Awaited<ReturnType<typeof orderOf>>, fate: Fate, nth: number): Promise<boolean> {
  const death = fate.deaths[nth];
  const name = `worker-${order.attemptId}-${nth}-${Math.random()}`.slice(0, 63);
  const own = createSql(world.database.url, { max: 1, applicationName: name, waitMs: 1_000 });
  // A connection that dies while it is being opened is another story, told where connections are opened.
  await again(() => own`select 1`);
  const ask = workOf(own, fate.channel, death)(order);
  const killing = typeof death === 'number' ? delay(death).then(async () => kill(name)) : Promise.resolve();
  const [outcome] = await Promise.allSettled([ask, killing]);
  await own.end();
  return outcome.status === 'fulfilled';
}

function workOf(own: Sql, channel: Channel, death: Fate['deaths'][number] | undefined) {
  const keys = world.keys();
  if (channel === 'voice') return createDial({ sql: own, voice: dying<VoiceProvider>(phone, death), keys }).dial;
  const [sms, mailer] = [dying<SmsProvider>(phone, death), dying<MailProvider>(mail, death)];
  return createDeliver({ sql: own, sms, mail: mailer, keys }).deliver;
}

async function kill(name: string): Promise<void> {
  await world.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`;
}

const PATIENCE_MS = 60_000;
const TRY_AGAIN_MS = 50;

/** Whoever waited for too long on a busy machine asks again, as a workflow or a new worker does. */
async function again<T>(take: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + PATIENCE_MS; ; await delay(TRY_AGAIN_MS)) {
    try {
      return await take();
    } catch (error) {
      if (Date.now() > until || (!isTooLong(error) && !isOutOfReach(ofOurs(error)))) throw error;
    }
  }
}

/** What Node itself throws is no instance of the Error class that a test sees. */
function ofOurs(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || error instanceof Error) return error;
  return Object.assign(new Error('of Node'), error);
}

/** Does to one attempt what its fate says, until a worker has lived to report. */
async function suffer(fate: Fate, enrollmentId: string): Promise<string> {
  const order = await again(() => orderOf(world.sql, enrollmentId));
  await spoil(fate, order.attemptId);
  const tryAll = async () => {
    for (let nth = 0; !(await carryOut(order, fate, nth)); nth++);
  };
  await Promise.all([tryAll(), ...(fate.isTwin ? [tryAll()] : [])]);
  return order.attemptId;
}

async function spoil({ channel, answer, isExecuted, callbacks, answerUrlToo }: Fate, attemptId: string): Promise<void> {
  const { httpUrl } = world.simulator;
  const options = { executed: isExecuted, holdMs: 2 * PROVIDER_TIMEOUT_MS };
  await tellSimulator(httpUrl, 'faults', { channel, mode: answer, match: { attemptId }, options });
  if (channel === 'email') return;
  const late = { delayMs: 300, copies: 3, answerUrlToo };
  await tellSimulator(httpUrl, 'faults', { channel, mode: callbacks, match: { attemptId }, options: late });
}

/** Hours pass, and with them every deadline. */
async function settle(): Promise<void> {
  const asking = reconcile({
    sql: world.sql,
    voice: phone,
    sms: phone,
    addressKey: TEST_KEYS.addressKey,
    graceMs: 90_000,
    giveUpMs: 900_000,
  });
  for (let hour = 0; hour < 6; hour++) {
    await world.sql`
      update attempt set claimed_rt = claimed_rt - interval '1 hour', resolve_by_rt = clock_timestamp() - interval '1 second'
      where resolve_by_rt is not null`;
    await asking.round();
    await world.simulator.idle();
  }
}

interface End {
  readonly id: string;
  readonly state: string;
  readonly isOpen: boolean;
}

/** Lets a crowd suffer at the same time; answers what became of each attempt. */
async function sufferAll(crowd: readonly Fate[]): Promise<ReadonlyMap<string, { fate: Fate; end: End }>> {
  await startOver(world.sql);
  await world.sql`update line_group set lines = 1000`;
  await tellSimulator(world.simulator.httpUrl, 'faults', [], 'PUT');
  const attempts = new Map<string, Fate>();
  const enrolled: { fate: Fate; enrollmentId: string }[] = [];
  for (const channel of ['voice', 'sms', 'email'] as const) {
    const own = crowd.filter((fate) => fate.channel === channel);
    if (own.length === 0) continue;
    const { enrollmentIds } = await seedOutreach(world.sql, { people: own.map(newcomer), runs: [RUN_OF[channel]] });
    enrolled.push(...own.map((fate, n) => ({ fate, enrollmentId: enrollmentIds[n] ?? '' })));
  }
  await Promise.all(
    enrolled.map(async ({ fate, enrollmentId }) => attempts.set(await suffer(fate, enrollmentId), fate)),
  );
  await world.simulator.idle();
  await settle();
  await Promise.all(enrolled.map(async ({ enrollmentId }) => again(() => wake(world.sql, enrollmentId))));
  const ends = await world.sql<End[]>`
    select id, state, state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice') as is_open
    from attempt`;
  return new Map(
    ends.flatMap((end) => {
      const fate = attempts.get(end.id);
      return fate === undefined ? [] : [[end.id, { fate, end }] as const];
    }),
  );
}

/** Somebody whom no other run has contacted: the provider must not find an old call for a new attempt. */
function newcomer() {
  people += 1;
  return {
    name: 'Nora',
    phones: [fictionalPhone(people)],
    email: `nora${people}@example.com`,
    zone: 'America/New_York',
  };
}

/** How often the outside world accepted the attempt. */
function acceptances(attemptId: string): number {
  return world.simulator.ledger
    .entries({ attemptId })
    .filter(({ kind, accepted }) => (kind === 'create' || kind === 'mail') && accepted === true).length;
}

test(
  `${RUNS} attempts under faults and crashes: none is made twice, none is forgotten, none that may have been made counts as not made (INV-3, INV-4, F1..F13)`,
  async () => {
    const crowd = fc.sample(fates, { numRuns: RUNS, seed: SEED });
    const wrong: unknown[] = [];
    const tally: Record<string, number> = {};
    let twice = 0;
    let open = 0;
    for (let from = 0; from < crowd.length; from += AT_ONCE) {
      const some = crowd.slice(from, from + AT_ONCE);
      const ends = await sufferAll(some);
      for (const [attemptId, { fate, end }] of ends) {
        const accepted = acceptances(attemptId);
        const label = `${fate.channel} ${end.state}`;
        tally[label] = (tally[label] ?? 0) + 1;
        if (accepted > 1) twice++;
        if (end.isOpen) open++;
        if (accepted > 1 || end.isOpen || (end.state === 'not_sent' && accepted > 0))
          wrong.push({ fate, end, accepted });
      }
      const { equations } = await world.balance();
      wrong.push(...equations.filter(({ ok }) => !ok));
    }
    const figures = { runs: RUNS, seed: SEED, ends: tally, acceptedTwice: twice, leftOpen: open };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(wrong).toEqual([]);
    expect(Object.values(tally).reduce((sum, count) => sum + count, 0)).toBe(RUNS);
    // Every kind of end has been seen, or the faults were none.
    expect(Object.keys(tally).sort()).toEqual(
      expect.arrayContaining(['email unknown_final', 'sms not_sent', 'voice ended', 'voice not_sent']),
    );
  },
  LONGEST_MS,
);
