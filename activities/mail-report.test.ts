import { getCampaign } from '../db/campaign';
import { launchCampaign, pauseCampaign, stopCampaign } from '../db/campaign-life';
import { inTransaction } from '../db/client';
import { appNow } from '../db/clock';
import { claimDueReports, planReports, presumeReports } from '../db/report';
import { claimReportMail, expireReportMails, openMails, reportsToStart } from '../db/report-mail';
import { listReports } from '../db/report-reading';
import { addressHash } from '../db/tokens';
import { type Rig, startRig } from '../simulator/rig';
import { databaseOfThisFile } from '../test/database';
import { ACCOUNT, providerSettings } from '../test/environment';
import { publishEdit } from '../test/publishing';
import { freezeAt, type Outreach, seedOutreach, startOver, tell, TEST_KEYS } from '../test/seed';
import { createReports } from './mail-report';
import { createProviders, type Providers } from './providers/create-providers';

/** Reports as they are mailed, on a real database and over the mail server's own socket. */

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

const [ANN, BEN] = ['ann@example.com', 'ben@example.com'];
const DAILY = {
  key: 'r',
  kind: 'client_engagement',
  name: 'Each day',
  every: { period: 'day' },
  time: '09:00',
  recipients: [ANN],
};

/** A live campaign since Monday noon in New York that mails these reports. */
async function reporting(
  reports: readonly object[] = [DAILY],
  people?: Parameters<typeof seedOutreach>[1],
): Promise<Outreach> {
  const seeded = await seedOutreach(sql, people);
  const { campaignId } = seeded;
  await sql`
    update campaign set definition = definition || jsonb_build_object('reports', ${JSON.stringify(reports)}::text::jsonb)
    where id = ${campaignId}`;
  await inTransaction(sql, async (tx) => {
    const { definition } = await getCampaign(tx, campaignId);
    await planReports(tx, campaignId, definition, await appNow(tx));
  });
  return seeded;
}

/** What the sweep and the workflow do, as often as anything is left to do at once. */
async function round(): Promise<void> {
  while ((await claimDueReports(sql)) > 0);
  await expireReportMails(sql);
  for (const reportId of await reportsToStart(sql))
    for (const mailId of await openMails(sql, reportId)) await mailOnce(mailId);
}
const activities = () => createReports({ sql, mail: providers.mail, keys: TEST_KEYS });
const mailOnce = (mailId: string) =>
  activities()
    .mailReport({ mailId })
    .then(({ state }) => state as string)
    .catch(({ message }: Error) => `again: ${message}`);
async function at(iso: string): Promise<void> {
  await freezeAt(sql, iso);
  await round();
}
const mailed = () => rig.ledger.entries({ kind: 'mail' }).filter(({ accepted }) => accepted === true);
const told = () => mailed().map(({ to, detail }) => `${to} ${String(detail['subject']).slice(-10)}`);
const states = () => sql`select recipient, state, reason, tries from report_mail order by report_id, position`;
const fault = (rule: object) => rig.control('POST', '/faults', { channel: 'email', ...rule });
const days = async () =>
  (await sql<{ on: string }[]>`select period_on as on from report order by seq`).map(({ on }) => on);

describe('a report schedule (S1-17, S1-77)', () => {
  it('mails each period once, when it is over by the business clock', async () => {
    await reporting();
    await at('2027-03-02T13:59:59Z');
    expect(told()).toEqual([]);
    await at('2027-03-02T14:00:00Z');
    await round();
    await at('2027-03-03T14:00:00Z');
    expect(told()).toEqual([`${ANN} 2027-03-02`, `${ANN} 2027-03-03`]);
  });

  it('mails no period twice nor leaves one out when a publish changes it: it counts from the next one on (E-16)', async () => {
    const { campaignId } = await reporting();
    await at('2027-03-02T14:00:00Z');
    await freezeAt(sql, '2027-03-02T15:00:00Z');
    await publishEdit(sql, campaignId, { reports: [{ ...DAILY, time: '11:00', recipients: [BEN] }] });
    await at('2027-03-02T16:00:00Z'); // eleven: this day has had its report
    await at('2027-03-03T14:00:00Z'); // the period in progress ends when it was going to
    expect(told()).toEqual([`${ANN} 2027-03-02`, `${BEN} 2027-03-03`]);
    await at('2027-03-03T16:00:00Z');
    await at('2027-03-04T15:59:00Z');
    expect(told()).toEqual([`${ANN} 2027-03-02`, `${BEN} 2027-03-03`]);
    await at('2027-03-04T16:00:00Z');
    expect(await days()).toEqual(['2027-03-02', '2027-03-03', '2027-03-04']);
  });

  it('owes what fell due before a publish as it stood then, though nobody looked (E-16)', async () => {
    const { campaignId } = await reporting();
    await freezeAt(sql, '2027-03-04T17:00:00Z');
    const weekly = { ...DAILY, every: { period: 'week', weekday: 3 }, recipients: [BEN] };
    await publishEdit(sql, campaignId, { reports: [weekly] });
    await at('2027-03-17T17:00:00Z');
    expect(told()).toEqual([
      ...['02', '03', '04'].map((day) => `${ANN} 2027-03-${day}`),
      // The period that was in progress, then by the new rhythm.
      ...['05', '10', '17'].map((day) => `${BEN} 2027-03-${day}`),
    ]);
  });

  it('that a publish takes out mails no more, and one that it puts in begins (E-16)', async () => {
    const { campaignId } = await reporting();
    await publishEdit(sql, campaignId, { reports: [{ ...DAILY, key: 'other', recipients: [BEN] }] });
    await at('2027-03-02T14:00:00Z');
    expect(told()).toEqual([`${BEN} 2027-03-02`]);
    await publishEdit(sql, campaignId, { reports: [DAILY] });
    await at('2027-03-03T14:00:00Z');
    expect(told()).toEqual([`${BEN} 2027-03-02`, `${ANN} 2027-03-03`]);
  });

  it('that comes back on the day of its last report waits for the next day (E-16)', async () => {
    const { campaignId } = await reporting();
    await at('2027-03-02T14:00:00Z');
    await publishEdit(sql, campaignId, { reports: [] });
    await publishEdit(sql, campaignId, { reports: [{ ...DAILY, time: '15:00' }] });
    await at('2027-03-02T20:00:00Z');
    expect(await days()).toEqual(['2027-03-02']);
    await at('2027-03-03T20:00:00Z');
    expect(await days()).toEqual(['2027-03-02', '2027-03-03']);
  });

  it('is caught up with after an outage: every period that was missed, each once, by however many sweeps at once', async () => {
    await reporting([DAILY, { ...DAILY, key: 's', every: { period: 'week', weekday: 5 }, recipients: [BEN] }]);
    await freezeAt(sql, '2027-03-06T12:00:00Z');
    for (let n = 0; n < 6; n++) await Promise.all(Array.from({ length: 6 }, () => claimDueReports(sql)));
    await round();
    const expected = ['02', '03', '04', '05'].map((day) => `${ANN} 2027-03-${day}`);
    expect(told().toSorted()).toEqual([...expected, `${BEN} 2027-03-05`]);
  });

  it('comes once on each local day over both changes of the clocks', async () => {
    await reporting([{ ...DAILY, time: '02:30' }]);
    await sql`update report_schedule set next_at = '2027-03-13T07:30:00Z', next_on = '2027-03-13'`;
    await at('2027-03-15T12:00:00Z');
    expect(await days()).toEqual(['2027-03-13', '2027-03-14', '2027-03-15']);
    await sql`update campaign set definition = jsonb_set(definition, '{reports,0,time}', '"01:30"')`;
    await sql`update report_schedule set next_at = '2027-11-06T05:30:00Z', next_on = '2027-11-06'`;
    await at('2027-11-08T12:00:00Z');
    expect((await days()).slice(3)).toEqual(['2027-11-06', '2027-11-07', '2027-11-08']);
  });

  it('goes on while its campaign is paused, tells of its end once, and ends with it', async () => {
    const { campaignId } = await reporting();
    await pauseCampaign(sql, campaignId, 'key:Ed');
    await at('2027-03-02T14:00:00Z');
    await stopCampaign(sql, campaignId, 'key:Ed');
    await at('2027-03-05T14:00:00Z');
    expect(told()).toEqual([`${ANN} 2027-03-02`, `${ANN} 2027-03-03`]);
    expect(mailed().map(({ detail }) => String(detail['text']).includes('its last report'))).toEqual([false, true]);
  });

  it('of a draft mails nothing before the launch, and begins with it (X-7, S1-37)', async () => {
    const { campaignId } = await seedOutreach(sql);
    await sql`
      update campaign set status = 'draft', current_version_id = null, launched_at = null,
        definition = definition || jsonb_build_object('reports', ${JSON.stringify([DAILY])}::text::jsonb)
      where id = ${campaignId}`;
    await sql`update enrollment set plan_version_id = null`;
    await at('2027-03-03T17:00:00Z');
    expect([told(), await days(), await sql`select 1 from report_schedule`]).toEqual([[], [], []]);
    await sql`delete from version`;
    await launchCampaign(sql, campaignId, 'key:Ed');
    await at('2027-03-04T14:00:00Z');
    expect(await days()).toEqual(['2027-03-04']);
  });
});

describe('the mail of a report (S1-79)', () => {
  it('has one line for each client, with all case ids (R-6), no formula, and what happened in the window', async () => {
    const people = [
      { name: '=cmd()', phones: ['+16465550100'], zone: 'America/New_York', cases: 2 },
      { name: 'Omar', phones: ['+16465550101'], zone: 'America/New_York' },
      { name: 'Gone', phones: ['+16465550102'], zone: 'America/New_York' },
    ];
    const { enrollmentId, contacts, campaignId } = await reporting([DAILY], { people });
    await tell(sql, { enrollmentId, body: { kind: 'form_started', formId: 'intake' } });
    await sql`update cases set external_id = 'C-' || right(external_id, 1) where contact_id = ${contacts[0]?.contactId ?? ''}`;
    await sql`update contact set external_id = 'P-' || first_name where first_name <> '=cmd()'`;
    await sql`update contact set erased_rt = clock_timestamp() where first_name = 'Gone'`;
    await sql`update enrollment set calls_over = true where contact_id = ${contacts[1]?.contactId ?? ''}`;
    await texts(enrollmentId, '2027-02-20T15:00:00Z', '2027-03-01T18:00:00Z', '2027-03-01T19:00:00Z');
    await at('2027-03-02T14:00:00Z');
    const [mail] = mailed();
    const file = String(Object(mail?.detail['attachments'])['r-2027-03-02.csv']);
    const [header, ...lines] = file.trim().split('\r\n');
    expect(header).toMatch(/^external_id,first_name,last_name,case_external_ids,status,/);
    expect(lines.toSorted().map((line) => line.replace(/L[^,]*-0/, 'L'))).toEqual([
      ",'=cmd(),,C-0;C-1,active,,0,0,,0,2,0,0,0,2,started,2027-03-01T19:00:00.000Z",
      'P-Omar,Omar,,L,completed_all_calls,,0,0,,0,0,0,0,0,0,,',
    ]);
    expect(file).not.toContain('+1646555');
    const [report] = await listReports(sql, { campaignId, after: null, limit: 1 });
    expect(report).toMatchObject({ state: 'mailed', periodOn: '2027-03-02', mails: [{ tries: 1, reason: null }] });
  });

  it('tells only of the clients in the statuses that the schedule names', async () => {
    const people = ['Nora', 'Omar'].map((name, n) => ({ name, phones: [`+1646555010${n}`], zone: 'America/New_York' }));
    const { enrollmentIds } = await reporting([{ ...DAILY, statuses: ['completed'] }], { people });
    await sql`
      update enrollment set state = 'ended', reason = 'stopped', ended_at = app_now() where id = ${enrollmentIds[1] ?? ''}`;
    await at('2027-03-02T14:00:00Z');
    const text = JSON.stringify(mailed()[0]?.detail['attachments']);
    expect([text.includes('Omar'), text.includes('Nora')]).toEqual([true, false]);
  });

  it('is tried again where the server refuses for now, given up where it refuses for good, each recipient for itself', async () => {
    await reporting([{ ...DAILY, recipients: [ANN, BEN] }]);
    await fault({ mode: '451', match: { to: ANN }, times: 1 });
    await fault({ mode: '550', match: { to: BEN } });
    await at('2027-03-02T14:00:00Z');
    expect(await states()).toMatchObject([
      { recipient: ANN, state: 'pending', tries: 1 },
      { recipient: BEN, state: 'failed', reason: 'address_invalid', tries: 1 },
    ]);
    await round();
    await round();
    expect(await states()).toMatchObject([{ state: 'mailed', tries: 2 }, { state: 'failed' }]);
    expect(told()).toEqual([`${ANN} 2027-03-02`]);
  });

  it('of which nobody knows what became is never mailed again by itself', async () => {
    const { campaignId } = await reporting();
    await fault({ mode: 'drop_after_dot', options: { executed: true } });
    await at('2027-03-02T14:00:00Z');
    await round();
    expect(told()).toHaveLength(1);
    const [report] = await listReports(sql, { campaignId, after: null, limit: 1 });
    expect(report).toMatchObject({
      state: 'unknown',
      mails: [{ reason: expect.stringMatching(/is not mailed again/) }],
    });
  });

  it('of a worker that was killed between its claim and the mail is unknown, and nobody else sends it', async () => {
    await reporting();
    await freezeAt(sql, '2027-03-02T14:00:00Z');
    await claimDueReports(sql);
    const [reportId = ''] = await reportsToStart(sql);
    const [mailId = ''] = await openMails(sql, reportId);
    expect(await claimReportMail(sql, mailId, TEST_KEYS.addressKey)).toMatchObject({ kind: 'claimed', to: ANN });
    // Another worker takes the activity over, before and after the deadline of the claim.
    expect(await mailOnce(mailId)).toBe('again: under_way');
    await sql`update report_mail set deadline_rt = clock_timestamp() - interval '1 second'`;
    expect([await mailOnce(mailId), await mailOnce(mailId)]).toEqual(['unknown', 'unknown']);
    expect(told()).toEqual([]);
  });

  it('that was claimed is closed by the sweep where no workflow is left', async () => {
    await reporting();
    await freezeAt(sql, '2027-03-02T14:00:00Z');
    await claimDueReports(sql);
    const [mailId = ''] = await openMails(sql, (await reportsToStart(sql))[0] ?? '');
    await claimReportMail(sql, mailId, TEST_KEYS.addressKey);
    await sql`update report_mail set deadline_rt = clock_timestamp() - interval '1 second'`;
    await round();
    expect(await states()).toMatchObject([{ state: 'unknown', reason: 'nobody_answered' }]);
    expect(await reportsToStart(sql)).toEqual([]);
  });

  it('goes to nobody who has opted out of mail, and waits for an address that it is sent from', async () => {
    await reporting([{ ...DAILY, recipients: [ANN, BEN] }]);
    const hash = addressHash(TEST_KEYS.addressKey, 'email', ANN);
    await sql`insert into address (hash, kind, value) values (${hash}, 'email', ${ANN})`;
    await sql`insert into suppression (hash, channels, source, at, actor) values (${hash}, '{email}', 'test', app_now(), 'test')`;
    await sql`update settings set mail_from = ''`;
    await at('2027-03-02T14:00:00Z');
    const before = [
      { recipient: ANN, state: 'failed', reason: 'opted_out' },
      { recipient: BEN, state: 'pending', reason: 'no_sender', tries: 0 },
    ];
    expect(await states()).toMatchObject(before);
    const [, mailId = ''] = (await sql<{ id: string }[]>`select id from report_mail order by position`).map(
      ({ id }) => id,
    );
    await activities().giveUpReport({ mailId });
    expect(await states()).toMatchObject([{}, { state: 'failed', reason: 'no_sender' }]);
    expect(told()).toEqual([]);
  });

  it('is not sent out of a locked installation, nor after a restore where it may have been before', async () => {
    await reporting();
    await freezeAt(sql, '2027-03-03T17:00:00Z');
    await sql`update installation set locked_rt = clock_timestamp(), lock_reason = 'postgres_older'`;
    await claimDueReports(sql);
    const [mailId = ''] = await openMails(sql, (await reportsToStart(sql))[0] ?? '');
    expect(await mailOnce(mailId)).toBe('again: locked_for_recovery');
    await presumeReports(sql, Date.parse('2027-03-03T15:00:00Z'));
    await sql`update installation set locked_rt = null, lock_reason = null`;
    await at('2027-03-04T14:00:00Z');
    expect(await states()).toHaveLength(3);
    expect(told()).toEqual([`${ANN} 2027-03-04`]);
  });
});

/** Texts of the contact, at these instants. */
async function texts(enrollmentId: string, ...instants: string[]): Promise<void> {
  const [row] = await sql<{ id: string }[]>`
    insert into conversation (enrollment_id, channel, from_hash, to_hash, opened_at)
    values (${enrollmentId}, 'sms', 'a', 'b', app_now()) returning id`;
  for (const instant of instants)
    await sql`insert into message (conversation_id, direction, body, at) values (${row?.id ?? ''}, 'in', 'Yes', ${instant})`;
}
