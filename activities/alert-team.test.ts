import { takeHandoff, getHandoffNotice } from '../db/handoff-notice';
import { noteHandoffs, storeAlertOutcome, takeAlerts } from '../db/sweeps/handoff-alerts';
import { addressHash } from '../db/tokens';
import { type Rig, startRig } from '../simulator/rig';
import { databaseOfThisFile } from '../test/database';
import { ACCOUNT, providerSettings } from '../test/environment';
import { seedOutreach, startOver, tell, TEST_KEYS } from '../test/seed';
import { alertTeam } from './alert-team';
import { createProviders, type Providers } from './providers/create-providers';

/** Who of the team is told that somebody waits for a person, over the providers' own sockets (U-4). */

const { sql } = databaseOfThisFile();
let rig: Rig;
let providers: Providers;
beforeAll(async () => {
  rig = await startRig({ ...ACCOUNT });
  providers = createProviders({ ...providerSettings(rig.simulator), LAWRULER_NOTE_LOOKUP: false, SIMULATED: true });
});
afterAll(async () => {
  providers.close();
  await rig.stop();
});
beforeEach(async () => {
  await startOver(sql);
  await rig.control('POST', '/reset');
});

const [ANN, BEN, CHIEF] = ['+12125550150', 'ben@example.com', '+12125550151'];
const ALERTS = {
  recipients: [
    { channel: 'sms', to: ANN },
    { channel: 'email', to: BEN },
  ],
  escalation: { afterMinutes: 15, recipients: [{ channel: 'sms', to: CHIEF }] },
};

async function handoff(handoffAlerts: object = ALERTS) {
  const seeded = await seedOutreach(sql, { policy: { handoffAlerts } });
  await ask(seeded.enrollmentId);
  return seeded;
}
const ask = (enrollmentId: string) =>
  tell(sql, { enrollmentId, body: { kind: 'handoff_requested', reason: 'I want a human being.' } });
async function round() {
  await noteHandoffs(sql);
  for (const alert of await takeAlerts(sql)) await alertTeam({ sql, ...providers, keys: TEST_KEYS }, alert);
}
const later = (minutes: number) => sql`update clock set anchor_at = anchor_at + make_interval(mins => ${minutes})`;
const told = () =>
  rig.ledger
    .entries()
    .filter(({ kind, accepted }) => (kind === 'create' || kind === 'mail') && accepted === true)
    .map(({ to }) => to);
const alerts = () => sql`select address, state, error_code, tries from handoff_alert order by level, channel desc`;

describe('alerts of handoffs (U-4)', () => {
  it('reach everybody who is named, once, and name nobody who waits', async () => {
    const { enrollmentId } = await handoff();
    await round();
    await ask(enrollmentId);
    await round();
    await round();
    expect(told()).toHaveLength(2);
    expect(new Set(told())).toEqual(new Set([ANN, BEN]));
    const sent = JSON.stringify(rig.ledger.entries());
    expect(sent).toContain('Somebody asks for a person (Test campaign)');
    expect(sent).not.toMatch(/Nora|human being/);
    expect(await getHandoffNotice(sql, enrollmentId)).toMatchObject({
      reason: 'handoff',
      takenBy: null,
      alerts: [
        { level: 1, channel: 'email', to: BEN, state: 'sent' },
        { level: 1, channel: 'sms', to: ANN, state: 'sent' },
      ],
    });
  });

  it('go on to others when nobody has taken it in time, once', async () => {
    await handoff();
    await round();
    await later(14);
    await round();
    expect(told()).not.toContain(CHIEF);
    await later(1);
    await round();
    await later(60);
    await round();
    expect(told().filter((to) => to === CHIEF)).toHaveLength(1);
    expect(JSON.stringify(rig.ledger.entries({ to: CHIEF }))).toContain('Nobody has taken it yet');
  });

  it('reach nobody who has said STOP to one of our numbers, and are not tried again', async () => {
    await handoff();
    const hash = addressHash(TEST_KEYS.addressKey, 'phone', ANN);
    await sql`insert into address (hash, kind, value) values (${hash}, 'phone', ${ANN}) on conflict do nothing`;
    await sql`
      insert into suppression (hash, channels, source, at, rt, actor) values (${hash}, '{voice,sms}', 'reply', app_now(), now(), 'system')`;
    await round();
    await round();
    expect(told()).toEqual([BEN]);
    expect(await alerts()).toContainEqual({ address: ANN, state: 'not_sent', errorCode: 'opted_out', tries: 1 });
  });

  it('go on to nobody once somebody has taken it, and only one can', async () => {
    const { enrollmentId } = await handoff();
    await round();
    const takers = ['key:Ann', 'key:Ben'].map((actor) => takeHandoff(sql, enrollmentId, actor).catch(() => null));
    expect((await Promise.all(takers)).filter((taken) => taken !== null)).toHaveLength(1);
    await later(60);
    await round();
    expect(told()).not.toContain(CHIEF);
    expect((await getHandoffNotice(sql, enrollmentId)).takenBy).toMatch(/^key:(Ann|Ben)$/);
  });

  it('are not tried again when somebody has taken it, or it is over, before the answer came', async () => {
    const { enrollmentId } = await handoff();
    await noteHandoffs(sql);
    const [first, second] = await takeAlerts(sql);
    if (first === undefined || second === undefined) throw new Error('nobody is told');
    const busy = { kind: 'not_sent', code: 'busy', mayRetry: true } as const;
    await storeAlertOutcome(sql, first, busy);
    expect(await alerts()).toContainEqual(expect.objectContaining({ state: 'pending' }));
    await takeHandoff(sql, enrollmentId, 'key:Ann');
    await storeAlertOutcome(sql, second, busy);
    expect(await alerts()).toEqual([expect.objectContaining({ state: 'not_sent', errorCode: 'busy' })]);
  });

  it('go on to nobody when the contact was handed back; who asks again later is news', async () => {
    const { enrollmentId } = await handoff();
    await round();
    await sql`update enrollment set held_until_at = null, hold_reason = null`;
    await later(60);
    await round();
    expect(told()).toHaveLength(2);
    await expect(takeHandoff(sql, enrollmentId, 'key:Ann')).rejects.toMatchObject({ code: 'wrong_status' });
    await ask(enrollmentId);
    await round();
    expect(told()).toHaveLength(4);
  });

  it('go to nobody where nobody is named; it can be taken all the same', async () => {
    const { enrollmentId } = await handoff({});
    await round();
    expect(told()).toEqual([]);
    expect(await takeHandoff(sql, enrollmentId, 'key:Ann')).toMatchObject({ takenBy: 'key:Ann', alerts: [] });
  });

  it('are tried again where nothing was sent, and never where something may have been', async () => {
    await handoff();
    await rig.control('POST', '/faults', { channel: 'sms', mode: '500_executed', times: 1 });
    await rig.control('POST', '/faults', { channel: 'email', mode: '451', times: 1 });
    await round();
    expect(await alerts()).toMatchObject([
      { address: ANN, state: 'unknown' },
      { address: BEN, state: 'pending', tries: 1 },
    ]);
    await sql`update handoff_alert set next_rt = clock_timestamp()`;
    await round();
    expect(await alerts()).toMatchObject([
      { address: ANN, state: 'unknown' },
      { address: BEN, state: 'sent', tries: 2 },
    ]);
    expect(told()).toHaveLength(2);
    expect(new Set(told())).toEqual(new Set([ANN, BEN]));
  });

  it('of a process that died are not sent by another', async () => {
    await handoff();
    await noteHandoffs(sql);
    expect(await takeAlerts(sql)).toHaveLength(2);
    await sql`update handoff_alert set claimed_rt = clock_timestamp() - interval '2 minutes'`;
    await round();
    expect(await alerts()).toMatchObject([{ state: 'unknown', errorCode: 'answer_lost' }, { state: 'unknown' }]);
    expect(told()).toEqual([]);
  });

  it('wait for a number that may text', async () => {
    await handoff();
    await sql`update caller_number set resting = true`;
    await round();
    expect(await alerts()).toMatchObject([
      { address: ANN, state: 'pending', errorCode: 'no_sender' },
      { address: BEN, state: 'sent' },
    ]);
  });
});
