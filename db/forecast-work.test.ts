import { randomUUID } from 'node:crypto';
import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  fictionalPhone,
  freezeAt,
  MONDAY_NOON,
  people,
  seedCampaign,
  seedContact,
  seedOutreach,
  startOver,
  tell,
  TEST_KEYS,
} from '../test/seed';
import { AssumptionsSchema } from '../domain/forecast-assumptions';
import { fromIso, toIso } from '../domain/instant';
import { pauseCampaign } from './campaign-life';
import { cancelForecast, createForecast, type ForecastRow, getForecast, takeForecast } from './forecast';
import { readPopulation } from './forecast-people';
import { listForecastContacts, listForecastHours } from './forecast-results';
import { ForecastWork, forecastIfSmall } from './forecast-work';
import { addressHash } from './tokens';

const { sql } = databaseOfThisFile();
beforeEach(() => startOver(sql));

const NOBODY = AssumptionsSchema.parse({
  calls: { answered: 0, voicemail: 0, busy: 0, failed: 0 },
  seconds: { noAnswer: 0 },
});
const ALWAYS = () => true;
const PAGE = { after: null, limit: 100 };
const CALLS = [
  {
    key: 'week',
    startsOn: '2027-03-01',
    endsOn: '2027-03-12',
    hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
    calls: { attempts: 2, greeting: 'Hello.' },
  },
];

async function asked(campaignId: string, more: { lines?: number; days?: number } = {}): Promise<ForecastRow> {
  const { lines = null, days = 30 } = more;
  return createForecast(sql, {
    id: randomUUID(),
    campaignId,
    startsAt: null,
    days,
    lines,
    assumptions: NOBODY,
    actor: 'test',
  });
}

async function touchesOf(forecastId: string): Promise<string[]> {
  const rows = await listForecastContacts(sql, { forecastId, ...PAGE });
  return rows.map(({ contact, touches }) => `${contact.firstName}: ${touches.map(spelled).join(', ')}`).sort();
}

function spelled([key, , at]: readonly [string, unknown, number, ...unknown[]]): string {
  return `${key} ${toIso(at).slice(5, 16)}`;
}

async function whole(campaignId: string, more = {}): Promise<ForecastRow> {
  const { id } = await asked(campaignId, more);
  await (await ForecastWork.take(sql, id))?.run(ALWAYS);
  return getForecast(sql, id);
}

describe('a forecast of a campaign that lives (N-3)', () => {
  it('goes on from what each contact has lived through, and takes in who is on the list and not inside yet', async () => {
    const { campaignId, enrollmentIds, listId, contacts } = await seedOutreach(sql, { people: people(3), runs: CALLS });
    const { attemptId } = await claimDue(sql, enrollmentIds[0] ?? '');
    await sql`update attempt set state = 'ended', disposition = 'no_answer', ended_at = claimed_at where id = ${attemptId}`;
    await sql`update enrollment set state = 'ended', reason = 'plan_through', ended_at = app_now() where id = ${enrollmentIds[1] ?? ''}`;
    await freezeAt(sql, '2027-03-01T18:00:00Z');
    await seedContact(sql, listId, { name: 'Late', phones: [fictionalPhone(9)], zone: 'America/Los_Angeles' });
    await seedContact(sql, listId, { name: 'Mute' });
    const forecast = await whole(campaignId);
    expect(await touchesOf(forecast.id)).toEqual([
      'Late: week.call.1 03-01T18:00, week.call.2 03-01T22:00',
      'Mute: ',
      'Person 0: week.call.2 03-01T21:00',
      'Person 2: week.call.1 03-01T18:00, week.call.2 03-01T22:00',
    ]);
    expect(forecast).toMatchObject({
      state: 'done',
      progress: 100,
      summary: {
        contacts: 4,
        reached: 3,
        unreached: 1,
        rejected: 1,
        endedBefore: 1,
        touches: { voice: 5 },
        endsAt: fromIso('2027-03-01T22:00:00Z'),
      },
    });
    expect(contacts).toHaveLength(3);
  });

  it('sees opt-outs, and attempts of other campaigns at the same person', async () => {
    const { campaignId, contacts } = await seedOutreach(sql, {
      people: people(2),
      runs: CALLS,
      campaigns: 2,
      policy: { caps: { perDay: 1 } },
    });
    const [first, second] = contacts;
    await sql`insert into suppression (hash, channels, source, at, actor) values (${second?.hashes[0] ?? ''}, array['voice', 'sms', 'email'], 'reply', app_now(), 'test')`;
    const [elsewhere] = await sql<{ id: string }[]>`
      select e.id from enrollment e where e.contact_id = ${first?.contactId ?? ''} and e.campaign_id <> ${campaignId}`;
    const { attemptId } = await claimDue(sql, elsewhere?.id ?? '');
    await sql`update attempt set state = 'ended', disposition = 'no_answer', ended_at = claimed_at where id = ${attemptId}`;
    const { id } = await whole(campaignId);
    expect(await touchesOf(id)).toEqual(['Person 0: week.call.1 03-02T17:00, week.call.2 03-03T17:00', 'Person 1: ']);
    expect(await listForecastContacts(sql, { forecastId: id, isReached: false, ...PAGE })).toMatchObject([
      { reason: 'opted_out', sentence: expect.stringContaining('opted out') },
    ]);
  });

  it('sees who wants no calls about the type of case, enrolled or not yet (K-24)', async () => {
    const { campaignId, contacts, listId } = await seedOutreach(sql, { people: people(2), runs: CALLS });
    const late = await seedContact(sql, listId, { ...people(3)[2], name: 'Late' });
    for (const contact of [contacts[0], late])
      await sql`
        insert into call_opt_out (id, hash, contact_id, case_type, at, actor)
        select gen_random_uuid(), hash, ${contact?.contactId ?? ''}, 'injury', app_now(), 'test' from unnest(${contact?.hashes ?? []}::text[]) hash`;
    const { id } = await whole(campaignId);
    expect(await touchesOf(id)).toEqual([
      'Late: ',
      'Person 0: ',
      'Person 1: week.call.1 03-01T17:00, week.call.2 03-01T21:00',
    ]);
  });

  it('takes a pause for ended at once, and names who is paused alone', async () => {
    const { campaignId, enrollmentIds } = await seedOutreach(sql, { people: people(2), runs: CALLS });
    await sql`update enrollment set paused_at = app_now() where id = ${enrollmentIds[1] ?? ''}`;
    await pauseCampaign(sql, campaignId, 'test');
    const { id, summary } = await whole(campaignId);
    expect(summary).toMatchObject({ reached: 1, held: 1, endsAt: null });
    expect(await listForecastContacts(sql, { forecastId: id, state: 'held', ...PAGE })).toMatchObject([
      { reason: 'contact_paused', isReached: false },
    ]);
  });

  it('holds who has written something that nobody has read', async () => {
    const { enrollmentId, listId } = await seedOutreach(sql, { people: people(2), runs: CALLS });
    await tell(sql, { enrollmentId, body: { kind: 'reply', channel: 'sms', verdict: 'none' } });
    const { id } = await whole(await seedCampaign(sql, listId, CALLS));
    const rows = await listForecastContacts(sql, { forecastId: id, ...PAGE });
    expect(rows.map(({ contact, reason }) => `${contact.firstName} ${reason}`).sort()).toEqual([
      'Person 0 reply_unread',
      'Person 1 plan_through',
    ]);
  });

  it('says how many lines it needs, and what becomes of it with fewer', async () => {
    const { campaignId } = await seedOutreach(sql, { people: people(4), runs: CALLS, policy: { concurrencyLimit: 3 } });
    const ring = { ...NOBODY, seconds: { ...NOBODY.seconds, noAnswer: 30 } };
    const { id } = await createForecast(sql, {
      id: randomUUID(),
      campaignId,
      startsAt: null,
      days: 1,
      lines: 2,
      assumptions: ring,
      actor: 'test',
    });
    await forecastIfSmall(sql, { id, campaignId });
    const { summary } = await getForecast(sql, id);
    expect(summary).toMatchObject({
      delayed: 2,
      longestWaitSeconds: 30,
      lines: { needed: 4, available: 2, used: 2, areShort: true },
    });
    expect(await listForecastHours(sql, { forecastId: id, ...PAGE })).toMatchObject([
      { at: fromIso(MONDAY_NOON), voice: 4, lines: 2, waiting: 2 },
      { voice: 4, lines: 2 },
    ]);
  });

  it('begins no more calls a second than the company does', async () => {
    const { campaignId } = await seedOutreach(sql, { people: people(4), runs: CALLS });
    await sql`update line_group set calls_per_second = 0.1`;
    // Where the clock stands still no pace is kept.
    await sql`update clock set speed = 1, anchor_rt = clock_timestamp()`;
    const { id } = await asked(campaignId);
    await forecastIfSmall(sql, { id, campaignId });
    expect((await getForecast(sql, id)).summary).toMatchObject({ delayed: 3, longestWaitSeconds: 30 });
  });
});

describe('a forecast under way', () => {
  it('is begun anew by another process when the first has died, and leaves nothing twice', async () => {
    const { campaignId } = await seedOutreach(sql, { people: people(2), runs: CALLS });
    const { id } = await asked(campaignId);
    const dead = await ForecastWork.take(sql, id);
    expect(await ForecastWork.take(sql)).toBeNull();
    await sql`insert into forecast_contact (forecast_id, position, contact_id, state, reason, sentence, is_reached, ended_at, touches)
      select ${id}, 7, contact_id, 'through', 'x', 'x', true, app_now(), '[]' from enrollment limit 1`;
    await sql`update forecast set seen_rt = clock_timestamp() - interval '61 seconds'`;
    const heir = await ForecastWork.take(sql);
    expect(heir?.id).toBe(id);
    await dead?.run(ALWAYS);
    expect(await getForecast(sql, id)).toMatchObject({ state: 'running', summary: null });
    await heir?.run(ALWAYS);
    expect((await touchesOf(id)).map((line) => line.slice(0, 8))).toEqual(['Person 0', 'Person 1']);
    expect((await getForecast(sql, id)).state).toBe('done');
  });

  it('is given up after three deaths', async () => {
    const { campaignId } = await seedOutreach(sql, { runs: CALLS });
    const { id } = await asked(campaignId);
    for (let tries = 0; tries < 3; tries++) {
      expect((await takeForecast(sql, randomUUID()))?.id).toBe(id);
      await sql`update forecast set seen_rt = clock_timestamp() - interval '61 seconds'`;
    }
    expect(await takeForecast(sql, randomUUID())).toBeNull();
    expect(await getForecast(sql, id)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('several times'),
    });
  });

  it('stops when it is cancelled, and stores nothing any more', async () => {
    const { campaignId } = await seedOutreach(sql, { people: people(2), runs: CALLS });
    const { id } = await asked(campaignId);
    const work = await ForecastWork.take(sql, id);
    await cancelForecast(sql, id, 'test');
    await work?.run(ALWAYS);
    expect(await getForecast(sql, id)).toMatchObject({ state: 'cancelled', summary: null });
    expect(await sql`select 1 from forecast_contact`).toHaveLength(0);
    expect(await cancelForecast(sql, id, 'test')).toMatchObject({ state: 'cancelled' });
  });

  it('is left to somebody else when its process has no time', async () => {
    const { campaignId } = await seedOutreach(sql, { people: people(2), runs: CALLS });
    const { id } = await asked(campaignId);
    await (await ForecastWork.take(sql, id))?.run(() => false);
    expect((await getForecast(sql, id)).state).toBe('waiting');
    await (await ForecastWork.take(sql))?.run(ALWAYS);
    expect((await getForecast(sql, id)).state).toBe('done');
  });

  it('reads everybody as they stood at one moment', async () => {
    const { campaignId, listId } = await seedOutreach(sql, { people: people(3), runs: CALLS });
    const row = await asked(campaignId);
    const [{ people: before }] = await Promise.all([
      readPopulation(sql, row),
      seedContact(sql, listId, { name: 'Late', phones: [fictionalPhone(9)] }),
    ]);
    expect(new Set(before.map(({ contactId }) => contactId)).size).toBe(before.length);
    // People who look alike to the planner share one view, and no address of theirs is kept.
    expect(before[0]?.contact).toBe(before[1]?.contact);
    expect(JSON.stringify(before)).not.toContain(addressHash(TEST_KEYS.addressKey, 'phone', fictionalPhone(0)));
  });
});
