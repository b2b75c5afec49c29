import { ACCOUNT_SID, AUTH_TOKEN, OURS, type Rig, sdkClient, startRig, THEIRS } from '../rig';
import { isInDays } from './listing';

const BASE = `/2010-04-01/Accounts/${ACCOUNT_SID}`;
const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => {
  await rig.stop();
});

beforeEach(async () => {
  await rig.control('POST', '/reset');
});

async function call(to = THEIRS) {
  return rig.client.calls.create({ to, from: OURS, url: `${rig.product.url}/voice/answer` });
}

async function text(to = THEIRS) {
  return rig.client.messages.create({ to, from: OURS, body: 'Hello' });
}

describe('who may ask', () => {
  it('is the account with its token, all others get 20003', async () => {
    const stranger = sdkClient(rig.simulator.httpUrl, { authToken: 'wrong' });
    await expect(stranger.calls.list()).rejects.toMatchObject({
      status: 401,
      code: 20003,
      moreInfo: 'https://www.twilio.com/docs/errors/20003',
    });
    await expect(stranger.messages.create({ to: THEIRS, from: OURS, body: 'x' })).rejects.toMatchObject({
      code: 20003,
    });
    const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
    const other = await fetch(`${rig.simulator.httpUrl}/2010-04-01/Accounts/AC1/Calls.json`, {
      headers: { authorization },
    });
    expect(other.status).toBe(401);
  });

  it('is told 20404 for what is not there', async () => {
    await expect(rig.client.calls('CA1').fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    await expect(rig.client.calls('CA1').update({ status: 'canceled' })).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
    await expect(rig.client.messages('SM1').fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    await expect(rig.client.conferences.list()).rejects.toMatchObject({ status: 404 });
  });
});

describe('what is refused', () => {
  it.each([
    ['a number that could be somebody’s', { to: '+12125551234' }, 21211],
    ['a number abroad', { to: '+442079460000' }, 21211],
    ['a number that is none', { to: '12125550123' }, 21211],
    ['a caller that could be somebody', { from: '+12125551234' }, 21212],
    ['no caller', { from: '' }, 21213],
    ['an address that is none', { url: 'answer' }, 21205],
    ['nothing to say', { url: undefined }, 21205],
    ['no number', { to: '' }, 21201],
    ['a ring of no length', { timeout: 'long' }, 20001],
  ])('of a call: %s', async (_what, change, code) => {
    const order = { to: THEIRS, from: OURS, url: `${rig.product.url}/voice/answer`, ...change };
    // The SDK's types ask for a URL; what happens without one is the point.
    await expect(rig.client.calls.create(order as never)).rejects.toMatchObject({ status: 400, code });
    expect(rig.ledger.entries({ kind: 'create' })).toMatchObject([
      { channel: 'voice', accepted: false, detail: { code } },
    ]);
  });

  it.each([
    ['a number that could be somebody’s', { to: '+13125551234' }, 21211],
    ['no number', { to: '' }, 21604],
    ['no sender', { from: undefined }, 21603],
    ['no words', { body: undefined }, 21602],
    ['a validity that is no number', { validityPeriod: 'long' }, 20001],
    ['too many words', { body: 'a'.repeat(1601) }, 21617],
    ['a callback to nowhere', { statusCallback: 'status' }, 21609],
  ])('of a text: %s', async (_what, change, code) => {
    const order = { to: THEIRS, from: OURS, body: 'Hello', ...change };
    // As above.
    await expect(rig.client.messages.create(order as never)).rejects.toMatchObject({ status: 400, code });
    expect(rig.ledger.entries({ kind: 'create' })).toMatchObject([
      { channel: 'sms', accepted: false, detail: { code } },
    ]);
  });
});

describe('lists', () => {
  it('find calls by number and status, newest first', async () => {
    const first = await call();
    await call('+12125550124');
    const third = await call();
    await rig.simulator.idle();
    const sids = (calls: readonly { sid: string }[]): string[] => calls.map(({ sid }) => sid);
    expect(sids(await rig.client.calls.list({ to: THEIRS }))).toEqual([third.sid, first.sid]);
    expect(await rig.client.calls.list({ to: THEIRS, from: OURS, status: 'no-answer' })).toHaveLength(2);
    expect(await rig.client.calls.list({ from: '+12125550199' })).toEqual([]);
    expect(await rig.client.calls.list({ status: 'completed' })).toEqual([]);
    expect(rig.ledger.entries({ kind: 'list' })[0]).toMatchObject({ to: THEIRS, detail: { query: { To: THEIRS } } });
  });

  it('find by whole days of UTC, whatever time stands behind the date', async () => {
    const { sid } = await call();
    await text();
    await rig.simulator.idle();
    const today = (await rig.client.calls(sid).fetch()).startTime;
    const [yesterday, tomorrow] = [new Date(today.getTime() - DAY_MS), new Date(today.getTime() + DAY_MS)];
    const found = async (query: Record<string, Date>) => (await rig.client.calls.list(query)).length;
    expect(await found({ startTime: today })).toBe(1);
    expect(await found({ startTimeAfter: new Date(today.getTime() + 5 * SECOND_MS) })).toBe(1);
    expect(await found({ startTimeAfter: tomorrow })).toBe(0);
    expect(await found({ startTimeBefore: yesterday })).toBe(0);
    expect(await found({ endTime: today })).toBe(1);
    expect(await rig.client.messages.list({ dateSent: today, to: THEIRS })).toHaveLength(1);
    expect(await rig.client.messages.list({ dateSentAfter: tomorrow })).toHaveLength(0);
    expect(await rig.client.messages.list({ from: THEIRS })).toHaveLength(0);
  });

  it('leave out what has no time yet when they are asked for one', () => {
    expect(isInDays(null, new URLSearchParams({ 'StartTime>': '2026-01-01' }), 'StartTime')).toBe(false);
    expect(isInDays(null, new URLSearchParams({ To: THEIRS }), 'StartTime')).toBe(true);
  });

  it('are read page by page, and what is made meanwhile moves nothing', async () => {
    const sids: string[] = [];
    for (let n = 0; n < 5; n += 1) sids.unshift((await text()).sid);
    const page = await rig.client.messages.page({ pageSize: 2 });
    expect(page.instances.map(({ sid }) => sid)).toEqual(sids.slice(0, 2));
    await text();
    const next = await page.nextPage();
    expect(next?.instances.map(({ sid }) => sid)).toEqual(sids.slice(2, 4));
    const last = await next?.nextPage();
    expect(last?.instances.map(({ sid }) => sid)).toEqual(sids.slice(4));
    expect(last?.nextPage()).toBeUndefined();
    expect(await rig.client.messages.list({ pageSize: 2 })).toHaveLength(6);
  });

  it('have Twilio’s shape', async () => {
    await call();
    const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
    const answer = await fetch(`${rig.simulator.httpUrl}${BASE}/Calls.json?PageSize=50`, {
      headers: { authorization },
    });
    expect(await answer.json()).toMatchObject({
      page: 0,
      page_size: 50,
      start: 0,
      end: 0,
      next_page_uri: null,
      previous_page_uri: null,
      first_page_uri: `${BASE}/Calls.json?PageSize=50&Page=0`,
      calls: [
        {
          account_sid: ACCOUNT_SID,
          to_formatted: '(212) 555-0123',
          uri: expect.stringMatching(/\/Calls\/CA\w+\.json$/),
        },
      ],
    });
  });
});

describe('what is deleted', () => {
  it('is gone: a text once it has left, a call once it is over', async () => {
    const sent = await text();
    await rig.entry({ channel: 'sms', kind: 'status' }, ({ sid, status }) => sid === sent.sid && status !== 'queued');
    expect(await rig.client.messages(sent.sid).remove()).toBe(true);
    await expect(rig.client.messages(sent.sid).fetch()).rejects.toMatchObject({ code: 20404 });
    await expect(rig.client.messages(sent.sid).remove()).rejects.toMatchObject({ code: 20404 });
    const placed = await call();
    await rig.entry(
      { channel: 'voice', kind: 'status' },
      ({ sid, status }) => sid === placed.sid && status === 'no-answer',
    );
    expect(await rig.client.calls(placed.sid).recordings.list()).toEqual([]);
    expect(await rig.client.calls(placed.sid).remove()).toBe(true);
    await expect(rig.client.calls(placed.sid).fetch()).rejects.toMatchObject({ code: 20404 });
    await expect(rig.client.recordings('RE1').remove()).rejects.toMatchObject({ code: 20404 });
  });
});
