import { fromIso } from '../../domain/instant';
import { setClock } from '../../db/clock';
import { callRun, launch, tellSimulator, type Actor } from '../story';
import { until } from '../until';
import { startWorkerProcess } from '../worker-process';
import { World } from '../world';

/** Every worker killed with -9 in mid-campaign, each time with an attempt between its claim and its result. */

const SCRIPTS = ['answers_converts', 'never_answers', 'busy_then_answers', 'disqualified', 'voicemail', 'replies_yes'];
const PEOPLE: Actor[] = Array.from({ length: 24 }, (_, n) => ({
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
const RUN = callRun({ messages: MESSAGES }, { attempts: 2, spacingMinutes: { default: 120 } });
const SPEED = 720;

let world: World;
afterEach(() => world.stop());

async function outcomes(): Promise<string[]> {
  const rows = await world.sql<{ who: string; reason: string; outcomes: string }[]>`
    select p.first_name as who, e.reason, (
      select string_agg(distinct coalesce(t.outcome, t.disposition, t.state), ',' order by coalesce(t.outcome, t.disposition, t.state))
      from attempt t where t.enrollment_id = e.id and t.channel = 'voice' and t.state <> 'not_sent') as outcomes
    from enrollment e join contact p on p.id = e.contact_id order by p.first_name`;
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

async function setUp(): Promise<void> {
  world = await World.create({ workers: false, graceMs: 5_000 });
  await setClock(world.sql, fromIso('2027-03-01T14:30:00Z'), SPEED);
  await launch(world, {
    people: PEOPLE,
    runs: [RUN],
    policy: { rules: RULES },
    settings: {
      caps: { phone: { perDay: 10, perWeek: 20, perMonth: 30 }, email: { perDay: 10, perWeek: 20, perMonth: 30 } },
    },
  });
}

test('four kills change no outcome, and nobody is called twice for one attempt', async () => {
  await setUp();
  const calm = await startWorkerProcess(world);
  await until('the campaign has ended without a kill', ended, 90_000);
  const expected = await outcomes();
  await calm.child.stop();
  await world.stop();

  await setUp();
  const kills: string[] = [];
  for (let n = 0; n < KILLS; n++) {
    // The answer is lost while the call happens, so the attempt stands claimed for as long as the client waits.
    await tellSimulator(world.simulator.httpUrl, 'faults', {
      channel: n % 2 === 0 ? 'voice' : 'sms',
      mode: 'timeout_executed',
      times: 1,
    });
    const { child } = await startWorkerProcess(world);
    const [claimed] = await until(
      'an attempt stands between claim and result',
      async () => {
        // Its deadline is still the one that the claim set: whoever asked has written down no answer.
        const rows = await world.sql<{ id: string; channel: string }[]>`
        select id, channel from attempt
        where resolve_by_rt between claimed_rt + interval '19 s' and claimed_rt + interval '21 s'
          and clock_timestamp() between claimed_rt + interval '300 ms' and claimed_rt + interval '8 s'`;
        return rows.length > 0 ? rows : null;
      },
      60_000,
    );
    await child.kill();
    kills.push(`kill ${n + 1}: attempt ${String(claimed?.id)} (${String(claimed?.channel)}) had no result yet`);
  }
  await startWorkerProcess(world);
  await until('the campaign has ended in spite of the kills', ended, 150_000);
  process.stdout.write(`${kills.join('\n')}\n`);
  expect(kills).toHaveLength(KILLS);
  expect(await outcomes()).toEqual(expected);
  const summary = (await (await fetch(`${world.simulator.httpUrl}/sim/summary`)).json()) as { duplicates: unknown[] };
  expect(summary.duplicates).toEqual([]);
  expect(await world.balance()).toMatchObject({ ok: true });
}, 400_000);
