import { fromIso } from '../../domain/instant';
import { setClock } from '../../db/clock';
import { expectSound } from '../outcome';
import { callRun, launch, tellSimulator, type Actor } from '../story';
import { until } from '../until';
import { startWorkerProcess } from '../worker-process';
import { World } from '../world';

/** Every worker killed with -9 in mid-campaign, each time with an attempt between its claim and its result. */

/** What each script comes to, whatever happens to our processes meanwhile. */
const ENDS: Readonly<Record<string, string>> = {
  answers_converts: 'converted',
  never_answers: 'no_answer',
  disqualified: 'disqualified',
  voicemail: 'voicemail',
};
const SCRIPTS = Object.keys(ENDS);
const PEOPLE: Actor[] = Array.from({ length: 16 }, (_, n) => ({
  name: `Person ${n}`,
  phone: `+1212555${String(100 + n).padStart(4, '0')}`,
  email: `person${n}@example.com`,
  zone: 'America/New_York',
  script: SCRIPTS[n % SCRIPTS.length] ?? 'never_answers',
  cases: [String(80_000 + n)],
}));
const KILLS = 4;
const RULES = [
  {
    key: 'c',
    when: { trigger: 'call_outcome', outcome: 'converted' },
    then: [
      { kind: 'crm_status', status: 'Retained' },
      { kind: 'crm_note', text: 'Signed.' },
    ],
  },
  {
    key: 'u',
    when: { trigger: 'call_outcome', outcome: 'unsuccessful' },
    then: [{ kind: 'stop_calls' }, { kind: 'crm_status', status: 'Unreachable' }],
  },
];
const MESSAGES = [
  { key: 'ahead', channel: 'sms', when: { kind: 'before_call', delayMinutes: 5 }, text: 'We will call you.' },
  {
    key: 'after',
    channel: 'email',
    when: { kind: 'after_call', results: ['any'], delayMinutes: 30 },
    subject: 'Hello',
    text: 'Hello {{contact.first_name}}',
  },
];
const RUN = callRun({ messages: MESSAGES }, { attempts: 2, spacingMinutes: { default: 20 } });
/** Slow enough that a day's hours outlast all the kills. */
const SPEED = 240;

let world: World;
afterEach(() => world.stop());

async function outcomes(): Promise<string[]> {
  const rows = await world.sql<{ who: string; reason: string; outcomes: string }[]>`
    select p.first_name as who, e.reason, (
      select string_agg(distinct coalesce(t.outcome, t.disposition, t.state), ',' order by coalesce(t.outcome, t.disposition, t.state))
      from attempt t where t.enrollment_id = e.id and t.channel = 'voice' and t.state <> 'not_sent') as outcomes
    from enrollment e join contact p on p.id = e.contact_id`;
  return rows.map(({ who, reason, outcomes: all }) => `${who}: ${reason} ${all}`);
}

async function ended(): Promise<boolean> {
  const [row] = await world.sql<{ open: number; actions: number; attempts: number; rows: number }[]>`
    select count(*)::int as rows, count(*) filter (where state = 'open')::int as open,
      (select count(*)::int from execution where state = 'pending') as actions,
      (select count(*)::int from attempt where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice')) as attempts
    from enrollment`;
  return row !== undefined && row.rows === PEOPLE.length && row.open === 0 && row.actions === 0 && row.attempts === 0;
}

/** One campaign more, with its own people, while those before are under way. */
async function launchAnother(n: number): Promise<void> {
  const size = PEOPLE.length / KILLS;
  await launch(world, {
    name: `Campaign ${n}`,
    people: PEOPLE.slice(n * size, (n + 1) * size),
    runs: [RUN],
    policy: { rules: RULES },
    settings: { caps: { phone: CAPS, email: CAPS } },
  });
}

const CAPS = { perDay: 10, perWeek: 20, perMonth: 30 };

interface InTheAir {
  readonly id: string;
  readonly state: string;
}

/** The attempt at this number, while its request has no answer: the provider keeps the client waiting for ten seconds. */
async function inTheAir(phone: string): Promise<InTheAir | null> {
  const [row] = await world.sql<InTheAir[]>`
    select t.id, t.state from attempt t join address a on a.hash = t.to_hash
    where a.value = ${phone} and t.channel = 'voice' and t.state in ('claimed', 'accepted')
      and clock_timestamp() between t.claimed_rt + interval '200 ms' and t.claimed_rt + interval '8 s'`;
  return row ?? null;
}

test('four kills change no outcome, and nobody is called twice for one attempt', async () => {
  world = await World.create({ workers: false, graceMs: 5_000 });
  await setClock(world.sql, fromIso('2027-03-01T14:30:00Z'), SPEED);
  const kills: string[] = [];
  for (let n = 0; n < KILLS; n++) {
    const victim = PEOPLE[n * SCRIPTS.length + SCRIPTS.indexOf('never_answers')]?.phone ?? '';
    const held = { to: victim, phase: 'ringing' };
    // The phone rings and rings, and whoever asked for the call hears nothing.
    await tellSimulator(world.simulator.httpUrl, 'hold', held);
    await tellSimulator(world.simulator.httpUrl, 'faults', {
      channel: 'voice',
      mode: 'timeout_executed',
      times: 1,
      match: { to: victim },
    });
    const { child } = await startWorkerProcess(world);
    await launchAnother(n);
    const attempt = await until('an attempt stands between claim and result', () => inTheAir(victim), 60_000);
    await child.kill();
    await tellSimulator(world.simulator.httpUrl, 'release', held);
    kills.push(`kill ${n + 1}: attempt ${attempt.id} stood ${attempt.state}, its request had no answer yet`);
  }
  await startWorkerProcess(world);
  await until('the campaigns have ended in spite of the kills', ended, 150_000);
  process.stdout.write(`${kills.join('\n')}\n`);
  expect(kills).toHaveLength(KILLS);
  expect((await outcomes()).sort()).toEqual(
    PEOPLE.map(({ name, script }) => `${name}: plan_through ${ENDS[script ?? '']}`).sort(),
  );
  await expectSound(world);
}, 400_000);
