import { toIso } from '../../domain/instant';
import { nextDue } from '../business-time';
import { expectSound } from '../outcome';
import { callRun, launch } from '../story';
import { until } from '../until';
import { World } from '../world';

/** Callbacks come late, twice, in the wrong order and long after the end (INV-7): what becomes of a contact is the same. */

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  await expectSound(world).finally(() => world.stop());
});

const SCRIPTS = ['answers_converts', 'voicemail', 'never_answers'];
const MONTH_SECONDS = 30 * 86_400;

/** The first one is the measure of the others. */
const MANNERS: readonly (readonly [name: string, callbacks: object | null])[] = [
  ['orderly', null],
  ['backwards and twice', shuffle({ order: ['machine', 'completed', 'initiated', 'delivered'], copies: 2 })],
  ['slow, machine after the end, twice', shuffle({ order: ['completed', 'initiated'], copies: 2, delaySeconds: 60 })],
  [
    'a text delivered a month later',
    { mode: 'late_callbacks', options: { delaySeconds: MONTH_SECONDS, events: ['delivered'] } },
  ],
];

const RUN = callRun(
  {
    messages: [{ key: 'ahead', channel: 'sms', when: { kind: 'before_call', delayMinutes: 1 }, text: 'We call you.' }],
  },
  { attempts: 1, voicemail: { kind: 'leave_text', text: 'Please call us back.' } },
);
const RULES = [
  { key: 'won', when: { trigger: 'call_outcome', outcome: 'converted' }, then: [{ kind: 'stop_campaign' }] },
  { key: 'lost', when: { trigger: 'call_outcome', outcome: 'unsuccessful' }, then: [{ kind: 'stop_messaging' }] },
];

function shuffle(options: object): object {
  return { mode: 'shuffle_callbacks', options };
}

/** What the campaign made of each person, by script, as one line. */
async function outcomes(): Promise<Map<string, string>> {
  const rows = await world.sql<{ name: string; lot: string }[]>`
    select p.first_name as name,
      e.state || ' ' || coalesce(e.reason, '-') || ' | ' || (
        select string_agg(t.step_key || ' ' || t.state || ' ' || coalesce(t.disposition, '-') || ' ' || coalesce(t.outcome, '-'),
          ', ' order by t.touch_key, t.try)
        from attempt t where t.enrollment_id = e.id) || ' | ' || coalesce((
        select string_agg(distinct f.phrase, ', ') from rule_firing f where f.enrollment_id = e.id), '-') as lot
    from enrollment e join contact p on p.id = e.contact_id`;
  return new Map(rows.map(({ name, lot }) => [name, lot]));
}

/** Lets business time go on from one thing that is due to the next, here or at the provider, until nothing is. */
async function liveOn(): Promise<void> {
  for (;;) {
    await settle();
    const times = [await nextDue(world.sql), world.simulator.nextAt()].filter((at) => at !== null);
    if (times.length === 0) return;
    await world.at(toIso(Math.min(...times)));
  }
}

/** Everything at rest but calls whose end is put off. */
async function settle(): Promise<void> {
  const { ledger } = world.simulator;
  for (let before = -1; before !== ledger.entries().length; ) {
    before = ledger.entries().length;
    await world.quiet(['attempts', 'touching']);
    await until('every touch is claimed and every claim answered', async () => (await underway()) === 0);
    await world.simulator.idle();
  }
}

async function underway(): Promise<number> {
  const rows = await world.sql`
    select e.id from enrollment e
    where e.state = 'open' and e.decision ->> 'kind' = 'touch'
      and not exists (select 1 from attempt t where t.enrollment_id = e.id and t.channel = 'voice' and t.state = 'accepted')
    union all
    select t.id from attempt t where t.state in ('claimed', 'unknown')`;
  return rows.length;
}

test('whatever the manner of the callbacks, the same becomes of each contact (N-12)', async () => {
  await world.at('2027-03-01T17:00:00Z');
  const people = MANNERS.flatMap(([, callbacks], row) =>
    SCRIPTS.map((script, column) => ({
      name: `${script}/${row}`,
      phone: `+121255501${row}${column}`,
      zone: 'America/New_York',
      script,
      options: callbacks === null ? {} : { callbacks },
    })),
  );
  await launch(world, { people, runs: [RUN], policy: { rules: RULES } });
  await liveOn();
  await world.quiet();

  const lots = await outcomes();
  const lotsOf = (row: number) => SCRIPTS.map((script) => lots.get(`${script}/${row}`) ?? 'nothing');
  const measure = lotsOf(0);
  expect(measure).toEqual([
    expect.stringMatching(/^ended stopped_by_rule .*call ended answered converted/),
    expect.stringMatching(/^ended plan_through .*call ended voicemail -/),
    expect.stringMatching(/^ended plan_through .*call ended no_answer -/),
  ]);
  for (const [row, [name]] of MANNERS.entries()) expect([name, lotsOf(row)]).toEqual([name, measure]);

  const { ledger } = world.simulator;
  const told = ledger.entries({ channel: 'voice', kind: 'callback', to: '+12125550110' }).map(({ status }) => status);
  expect(told.slice(0, 4)).toEqual(['completed', 'completed', 'initiated', 'initiated']);
});
