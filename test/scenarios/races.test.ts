import { acceptedBy, expectSound, onlyEnrollment } from '../outcome';
import { callRun, launch, tellSimulator } from '../story';
import { until } from '../until';
import { World } from '../world';

/** What happens while something else is under way. */

let world: World;
beforeEach(async () => {
  world = await World.create({ graceMs: 2_000 });
  await world.at('2027-03-01T17:00:00Z');
});
afterEach(async () => {
  await expectSound(world).finally(() => world.stop());
});

const NORA = {
  name: 'Nora',
  phone: '+12125550101',
  email: 'nora@example.com',
  zone: 'America/New_York',
  script: 'never_answers',
};

async function hold(phase: 'ringing' | 'talking', to = NORA.phone) {
  await tellSimulator(world.simulator.httpUrl, 'hold', { to, phase });
  return () => tellSimulator(world.simulator.httpUrl, 'release', { to, phase });
}

test('a STOP while the phone rings: the call ends as it ends, and nothing follows it', async () => {
  const letGo = await hold('ringing');
  const story = await launch(world, { people: [NORA], runs: [callRun({}, { attempts: 3 })] });
  await until('the phone rings', async () => acceptedBy(world, 'voice').length === 1);
  await tellSimulator(world.simulator.httpUrl, 'inbound-sms', { from: NORA.phone, to: '+12125550190', body: 'STOP' });
  await until('the stop is obeyed', async () => (await onlyEnrollment(world, story)).reason === 'opted_out');
  await letGo();
  await world.runUntil('2027-03-06T05:00:00Z');
  expect(acceptedBy(world, 'voice')).toHaveLength(1);
  expect(acceptedBy(world, 'sms')).toHaveLength(0);
  const [call] = await world.sql`select state, disposition from attempt`;
  expect(call).toMatchObject({ state: 'ended' });
});

test('pause holds everybody, resume goes on where it stood, nothing skipped or repeated (INV-12)', async () => {
  const story = await launch(world, { people: [NORA], runs: [callRun({}, { attempts: 3, perDay: 1 })] });
  await world.quiet();
  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/pause`);
  await world.at('2027-03-03T17:00:00Z');
  await world.quiet();
  expect(acceptedBy(world, 'voice')).toHaveLength(1);
  const { id } = await onlyEnrollment(world, story);
  const seen = await world.api.get<{ next: { sentence: string } }>(`/v1/enrollments/${id}`);
  expect(JSON.stringify(seen)).toContain('the campaign is paused');
  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/resume`);
  await world.runUntil('2027-03-06T05:00:00Z');
  expect(acceptedBy(world, 'voice')).toHaveLength(3);
  const keys = await world.sql<{ touchKey: string }[]>`select touch_key from attempt order by claimed_at`;
  expect(keys.map(({ touchKey }) => touchKey)).toEqual(['week.call.1', 'week.call.2', 'week.call.3']);
});

test.each(['timeout_executed', '500_executed', 'reset'])(
  '%s: a callback proves the call, and it is not placed again (N-1)',
  async (mode) => {
    await tellSimulator(world.simulator.httpUrl, 'faults', {
      channel: 'voice',
      mode,
      times: 1,
      options: { holdMs: 2_000 },
    });
    await launch(world, { people: [NORA], runs: [callRun()] });
    await world.quiet();
    expect(acceptedBy(world, 'voice')).toHaveLength(1);
    const attempts = await world.sql`select state, disposition from attempt`;
    expect(attempts).toMatchObject([{ state: 'ended', disposition: 'no_answer' }]);
  },
);

test('500 executed and every callback dropped: a look-up finds the call and its end', async () => {
  await tellSimulator(
    world.simulator.httpUrl,
    'faults',
    {
      faults: [
        { channel: 'voice', mode: '500_executed', times: 1 },
        { channel: 'voice', mode: 'drop_callbacks', times: 1 },
      ],
    },
    'PUT',
  );
  await launch(world, { people: [NORA], runs: [callRun()] });
  await until(
    'the answer is lost',
    async () => (await world.sql`select 1 from attempt where state = 'unknown'`).length === 1,
  );
  // Real time is moved for this one deadline; everything else is as in production.
  await until('a look-up found it', async () => {
    await world.sql`update attempt set resolve_by_rt = clock_timestamp() where state in ('unknown', 'accepted')`;
    return (await world.sql`select 1 from attempt where state = 'ended' and disposition = 'no_answer'`).length === 1;
  });
  await world.quiet();
  expect(acceptedBy(world, 'voice')).toHaveLength(1);
});

test('500 not executed: after the grace and two look-ups the call counts as not sent, and is not placed again by itself', async () => {
  await tellSimulator(world.simulator.httpUrl, 'faults', { channel: 'voice', mode: '500_not_executed', times: 1 });
  await launch(world, { people: [NORA], runs: [callRun({}, { attempts: 1 })] });
  await until('it is closed', async () => {
    await world.sql`update attempt set resolve_by_rt = clock_timestamp() where state = 'unknown' and resolve_by_rt > clock_timestamp()`;
    return (await world.sql`select 1 from attempt where state = 'not_sent' and status = 'final'`).length === 1;
  });
  await world.quiet();
  expect(acceptedBy(world, 'voice')).toHaveLength(0);
});

test('the provider says 429: the same touch is tried again, not before it may', async () => {
  await tellSimulator(world.simulator.httpUrl, 'faults', {
    channel: 'voice',
    mode: '429',
    times: 1,
    options: { retryAfterSeconds: 30 },
  });
  await launch(world, { people: [NORA], runs: [callRun()] });
  await world.quiet();
  expect(acceptedBy(world, 'voice')).toHaveLength(0);
  await world.runUntil('2027-03-01T18:00:00Z');
  expect(acceptedBy(world, 'voice')).toHaveLength(1);
  const tries = await world.sql<
    { try: number; state: string; at: number }[]
  >`select try, state, ms(claimed_at) as at from attempt order by try`;
  expect(tries.map(({ try: nth, state }) => `${nth} ${state}`)).toEqual(['1 not_sent', '2 ended']);
  expect((tries[1]?.at ?? 0) - (tries[0]?.at ?? 0)).toBe(30_000);
});
