import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { startTemporal, type TemporalServer } from '../local/temporal-server';
import { connectTemporal, endOf, type Temporal } from '../test/history';
import { onlyEnrollment } from '../test/outcome';
import { callRun, launch } from '../test/story';
import { until } from '../test/until';
import { World } from '../test/world';
import type { Progress } from './contract';

/** A history that has grown long is left behind. The server's own limit is thousands of events; here it is low. */

const EVENTS = 40;
const SIGNALS = 60;
const BURST = 10;

let server: TemporalServer;
let world: World;
let temporal: Temporal;
beforeAll(async () => {
  server = await startTemporal({
    binary: process.env['TEST_TEMPORAL_BINARY'] ?? '',
    settings: [`limit.historyCount.suggestContinueAsNew=${EVENTS}`],
  });
  world = await World.create({ temporalAddress: server.address });
  temporal = await connectTemporal(server.address);
});
afterAll(async () => {
  await temporal.close();
  await world.stop();
  await server.stop();
});

test('a workflow that was woken very often goes on in a new run with nothing but its id, and loses nothing (INV-19)', async () => {
  await world.at('2027-03-01T09:00:00Z');
  const story = await launch(world, {
    people: [{ name: 'Nora', phone: '+12125550101', zone: 'America/New_York', script: 'answers_converts' }],
    runs: [callRun()],
  });
  await world.quiet();
  const { id } = await onlyEnrollment(world, story);
  const [contact] = await world.sql<{ id: string }[]>`select contact_id as id from enrollment where id = ${id}`;
  const first = await temporal.workflowOf(id).describe();

  for (let n = 0; n < SIGNALS; n++) await temporal.workflowOf(id).signal('planChanged', {});
  expect(await endOf(temporal.workflowOf(id, first.runId))).toBe('CONTINUED_AS_NEW');
  const next = await until('a new run has looked', async () => {
    const described = await temporal.workflowOf(id).describe();
    const [row] = await world.sql`select 1 from enrollment where id = ${id} and run_id = ${described.runId}`;
    return row !== undefined && described.runId !== first.runId ? described : null;
  });
  const { events } = await temporal.workflowOf(id, next.runId).fetchHistory();
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  expect(payloads.map(({ data }) => JSON.parse(Buffer.from(data ?? []).toString()))).toEqual([{ enrollmentId: id }]);
  const keyword = (name: string) =>
    next.typedSearchAttributes.get(defineSearchAttributeKey(name, SearchAttributeType.KEYWORD));
  expect([keyword('CampaignId'), keyword('ContactId')]).toEqual([story.campaignId, contact?.id]);
  const progress = await temporal.workflowOf(id).query<Progress>('progress');
  expect(progress).toMatchObject({ decision: 'wait', dueAt: '2027-03-01T14:00:00.000Z' });

  await world.runUntil('2027-03-06T05:00:00Z');
  expect(await onlyEnrollment(world, story)).toMatchObject({ state: 'ended', reason: 'plan_through' });
  expect(await world.sql`select 1 from attempt where state = 'ended'`).toHaveLength(1);
});

test('news that comes while it changes from run to run is seen without being told again', async () => {
  await world.at('2027-03-01T09:00:00Z');
  const story = await launch(world, {
    people: [{ name: 'Nora', phone: '+12125550102', zone: 'America/New_York', script: 'answers_converts' }],
    runs: [callRun()],
  });
  await world.quiet();
  const { id } = await onlyEnrollment(world, story);
  const first = await temporal.workflowOf(id).describe();
  const ordered = world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: 'stop_messaging' });
  await until('it goes on in another run', async () => {
    await Promise.all(Array.from({ length: BURST }, () => temporal.workflowOf(id).signal('planChanged', {})));
    return (await temporal.workflowOf(id).describe()).runId !== first.runId;
  });
  await ordered;
  await world.quiet();
  const orders = await world.sql`
    select signals, seen_rt is not null as seen from fact where enrollment_id = ${id} and kind = 'order'`;
  expect(orders[0]).toEqual({ signals: 0, seen: true });
  await world.runUntil('2027-03-06T05:00:00Z');
  expect(await onlyEnrollment(world, story)).toMatchObject({ state: 'ended', reason: 'plan_through' });
});
