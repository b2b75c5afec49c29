import { createSql } from '../db/client';
import { openReadings, totalReadings } from '../db/gauges';
import { addAttempt, id, seedHealthy } from '../test/audit/company';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { parseScrape, type Sample, valueOf } from '../test/prometheus';
import { watchDatabase } from './database-metrics';
import { Metrics } from './metrics';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedHealthy(database.sql);
});
afterAll(() => database.drop());

const AT_ONCE = { openMs: 0, totalMs: 0 };

async function scrape(sql = database.sql): Promise<Sample[]> {
  const metrics = new Metrics();
  watchDatabase(metrics, sql, AT_ONCE);
  return parseScrape(await metrics.text());
}

describe('the figures of the installation', () => {
  it('count what there is, by words of the schema', async () => {
    const { sql } = database;
    const samples = await scrape();
    const [counted] = await sql<{ attempts: number; enrollments: number; facts: number; suppressions: number }[]>`
      select (select count(*)::int from attempt where channel = 'voice' and state = 'ended') as attempts,
        (select count(*)::int from enrollment where state = 'open') as enrollments,
        (select count(*)::int from fact) as facts,
        (select count(*)::int from suppression where lifted_at is null) as suppressions`;
    expect(counted?.attempts).toBeGreaterThan(0);
    expect(valueOf(samples, 'followthrough_attempts', { channel: 'voice', state: 'ended' })).toBe(counted?.attempts);
    expect(valueOf(samples, 'followthrough_enrollments', { state: 'open' })).toBe(counted?.enrollments);
    expect(valueOf(samples, 'followthrough_suppressions')).toBe(counted?.suppressions);
    expect(valueOf(samples, 'followthrough_campaigns', { status: 'active' })).toBe(1);
    expect(valueOf(samples, 'followthrough_lines')).toBe(20);
    expect(valueOf(samples, 'followthrough_database_up', { figures: 'open' })).toBe(1);
    expect(valueOf(samples, 'followthrough_database_connections', { state: 'active' })).toBeGreaterThan(0);
  });

  it('tell of what waits, and for how long', async () => {
    const { sql } = database;
    await addAttempt(sql, { name: 'silent', who: 'waiting', at: '2026-06-02T14:30:00Z', ordinal: 9, state: 'unknown' });
    await sql`update attempt set resolve_by_rt = clock_timestamp() - interval '1 minute' where id = ${id('silent')}`;
    await sql`
      insert into fact (kind, enrollment_id, contact_id, body, actor, at, rt, wakes)
      values ('call_ended', ${id('waiting')}, ${id('waiting')}, '{}', 'test', app_now(), clock_timestamp() - interval '90 seconds', true)`;
    await sql`update line_queue set queued_rt = clock_timestamp() - interval '30 seconds'`;
    const samples = await scrape();
    expect(valueOf(samples, 'followthrough_open_attempts', { channel: 'voice', state: 'unknown' })).toBe(1);
    expect(valueOf(samples, 'followthrough_open_attempt_oldest_seconds', { channel: 'voice' })).toBeGreaterThanOrEqual(
      3600,
    );
    expect(valueOf(samples, 'followthrough_open_attempts', { channel: 'voice', state: 'accepted' })).toBe(1);
    expect(valueOf(samples, 'followthrough_attempts_past_deadline')).toBe(1);
    expect(valueOf(samples, 'followthrough_relay_backlog')).toBe(1);
    expect(valueOf(samples, 'followthrough_relay_oldest_seconds')).toBeGreaterThanOrEqual(90);
    expect(valueOf(samples, 'followthrough_facts_unfolded')).toBe(1);
    expect(valueOf(samples, 'followthrough_inbox_unfolded')).toBe(1);
    expect(valueOf(samples, 'followthrough_lines_in_use')).toBe(3);
    expect(valueOf(samples, 'followthrough_line_queue_length')).toBe(1);
    expect(valueOf(samples, 'followthrough_line_queue_oldest_seconds')).toBeGreaterThanOrEqual(30);
  });

  it('call a row overdue when its instant has passed, unless its campaign is paused or its call goes on', async () => {
    const { sql } = database;
    const overdue = async () => {
      const samples = await scrape();
      return {
        rows: valueOf(samples, 'followthrough_overdue_enrollments'),
        oldest: Math.round(valueOf(samples, 'followthrough_overdue_oldest_seconds') ?? -1),
      };
    };
    await sql`update attempt set state = 'ended' where state in ('unknown', 'claimed', 'accepted')`;
    await sql`update enrollment set due_at = app_now() + interval '1 hour'`;
    expect(await overdue()).toEqual({ rows: 0, oldest: 0 });
    await sql`update enrollment set due_at = app_now() - interval '100 seconds' where id = ${id('waiting')}`;
    expect(await overdue()).toEqual({ rows: 1, oldest: 100 });
    await sql`update campaign set status = 'paused'`;
    expect((await overdue()).rows).toBe(0);
    await sql`update campaign set status = 'active'`;
    await sql`update attempt set state = 'unknown' where id = ${id('silent')}`;
    expect((await overdue()).rows).toBe(0);
  });

  it('have a name and a shape each: what is read is told, and what is told is read', async () => {
    const read = [...(await openReadings(database.sql)), ...(await totalReadings(database.sql))];
    const samples = await scrape();
    const told = samples.map(({ name }) => name.replace('followthrough_', '')).filter((name) => name !== 'database_up');
    expect([...new Set(told)].sort()).toEqual([...new Set(read.map(({ name }) => name))].sort());
  });

  it('name nobody: every label is one of a few words', async () => {
    const samples = await scrape();
    const values = samples.flatMap(({ labels }) => Object.values(labels));
    expect(values.filter((value) => !/^[a-z_ ()]+$/.test(value))).toEqual([]);
    expect(Object.keys(Object.assign({}, ...samples.map(({ labels }) => labels))).sort()).toEqual([
      'channel',
      'figures',
      'kind',
      'state',
      'status',
    ]);
  });

  it('are read once for many scrapes that come at once or soon after', async () => {
    const metrics = new Metrics();
    watchDatabase(metrics, database.sql, { openMs: 60_000, totalMs: 60_000 });
    const wakes = async () => valueOf(parseScrape(await metrics.text()), 'followthrough_wakes');
    await Promise.all([wakes(), wakes()]);
    await database.sql`insert into wake (enrollment_id, reason) values (${id('waiting')}, 'test')`;
    expect(await wakes()).toBe(0);
    await database.sql`delete from wake`;
  });

  it('are left out, and said to be missing, while the database is away', async () => {
    const nowhere = createSql('postgres://nobody@127.0.0.1:1/nothing', { max: 1 });
    const samples = await scrape(nowhere);
    await nowhere.end();
    expect(samples.filter(({ name }) => !name.startsWith('followthrough_http'))).toEqual([
      { name: 'followthrough_database_up', labels: { figures: 'open' }, value: 0 },
      { name: 'followthrough_database_up', labels: { figures: 'total' }, value: 0 },
    ]);
  });
});
