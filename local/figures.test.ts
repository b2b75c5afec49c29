import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { claimDue, enrollEverybody, enrollmentIdOf, freezeAt, MONDAY_NOON, NORA, seedCampaign } from '../test/seed';
import { seedContact, seedList } from '../test/seed';
import { figuresOf, isOver, progressOf, type Progress } from './figures';
import { freePort } from './port';

describe('the figures of a run', () => {
  let database: TestDatabase;
  let campaignId: string;
  let attemptId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { sql } = database;
    await freezeAt(sql, MONDAY_NOON);
    const listId = await seedList(sql);
    const nora = await seedContact(sql, listId, { ...NORA, cases: 2 });
    await seedContact(sql, listId, { name: 'Nobody' });
    campaignId = await seedCampaign(sql, listId);
    await enrollEverybody(sql);
    ({ attemptId } = await claimDue(sql, await enrollmentIdOf(sql, campaignId, nora.contactId)));
  });
  afterAll(() => database.drop());

  it('count people and not their cases, with the rejected among them', async () => {
    const progress = await progressOf(database.sql, campaignId);
    expect(progress).toMatchObject({ contacts: 2, enrolled: 1, rejected: 1, ended: 0, rulesFired: 0, done: 0 });
    expect(progress.businessTime).toEqual(new Date(MONDAY_NOON));
  });

  it('count a call from its claim on, and leave out what was not sent', async () => {
    expect(await progressOf(database.sql, campaignId)).toMatchObject({ voice: 1, sms: 0, email: 0, unresolved: 1 });
  });

  it('say when the next of the waiting will look again', async () => {
    const { nextDue } = await progressOf(database.sql, campaignId);
    expect(nextDue?.getTime()).toBeGreaterThanOrEqual(Date.parse(MONDAY_NOON));
  });

  describe('rest on two accounts', () => {
    let simulator: Server;
    let url: string;
    let entries: object[];

    beforeAll(async () => {
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      simulator = createServer((request, response) => {
        const kind = new URL(request.url ?? '', url).searchParams.get('channel');
        response.end(JSON.stringify({ entries: kind === 'voice' ? entries : [] }));
      }).listen(port, '127.0.0.1');
      await once(simulator, 'listening');
    });
    afterAll(() => void simulator.close());

    const create = (more: object = {}) => ({
      ...{ n: 1, at: Date.parse(MONDAY_NOON), channel: 'voice', kind: 'create', accepted: true, attemptId },
      ...more,
    });

    it('and differ when the provider called somebody of whom the database knows nothing', async () => {
      entries = [create({ attemptId: '00000000-0000-4000-8000-000000000000' })];
      const { figures, ledger } = await figuresOf(database.sql, campaignId, url);
      expect(figures).toMatchObject({ contacts: 2, enrolled: 1, attempts: { voice: 1 }, balance: 'differs' });
      expect(ledger).toMatchObject({ ok: false, creates: 1 });
    });

    it('and show who was called twice, and who was called at night', async () => {
      entries = [create(), create({ at: Date.parse('2027-03-02T05:00:00Z') })];
      const { figures } = await figuresOf(database.sql, campaignId, url);
      expect(figures).toMatchObject({ duplicates: 1, outsideHours: 1, balance: 'differs' });
    });

    it('and leave out what the provider refused or answered by itself', async () => {
      entries = [create({ accepted: false }), create({ attemptId: undefined, status: 'reply' })];
      const { ledger } = await figuresOf(database.sql, campaignId, url);
      expect(ledger).toMatchObject({ creates: 0, unmatchedCreates: [] });
    });
  });
});

describe('a run', () => {
  const done: Progress = {
    ...{ contacts: 3, enrolled: 2, rejected: 1, ended: 2, pendingActions: 0, voice: 2, sms: 0, email: 0 },
    ...{ rulesFired: 0, done: 0, failed: 0, unresolved: 0, unknown: 0 },
    nextDue: null,
    businessTime: new Date(MONDAY_NOON),
  };

  it('is over when everybody has ended or was rejected, and nothing is under way', () => {
    expect(isOver(done)).toBe(true);
  });

  it.each([
    ['nobody was looked at yet', { contacts: 0, enrolled: 0, rejected: 0, ended: 0 }],
    ['somebody has no row yet', { contacts: 4 }],
    ['somebody has not ended', { ended: 1 }],
    ['an action is pending', { pendingActions: 1 }],
    ['nobody knows yet how a call ended', { unresolved: 1 }],
  ])('is not over while %s', (_, changed) => {
    expect(isOver({ ...done, ...changed })).toBe(false);
  });
});
