import type { ApiClient } from '../../local/api-client';
import { expectSound } from '../outcome';
import { callRun, prepare } from '../story';
import { World } from '../world';

/** Campaigns that are being written, while sweeps, workers and providers are there that could do something with them. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(async () => {
  await expectSound(world).finally(() => world.stop());
});

interface Draft {
  readonly id: string;
  readonly revision: number;
  readonly lastStep: string;
  readonly steps: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
interface Problems {
  readonly isLaunchable: boolean;
  readonly problems: readonly { readonly step: string; readonly rule: string }[];
}

const RULE = {
  key: 'handoff',
  when: { trigger: 'handoff', outcome: 'requested' },
  then: [{ kind: 'stop_calls' }],
  note: null,
};
const REPORT = {
  key: 'weekly',
  kind: 'client_engagement',
  name: 'Every Monday',
  every: { period: 'week', weekday: 1 },
  time: '08:00',
  recipients: ['partner@example.com'],
};
const PERSON = { name: 'Nora', phone: '+12125550110', zone: 'America/New_York', script: 'never_answers' };

/** The API as another device sees it: nothing is remembered from the first one. */
const phone = (): ApiClient => world.api;
/** Everything that anybody outside was sent; people are only cast. */
const heard = () => world.simulator.ledger.entries().filter(({ kind }) => kind !== 'assign');
const active = async () =>
  (await world.api.get<{ items: unknown[] }>('/v1/campaigns?status=active&limit=200')).items.length;

test('X-7 a draft is left on one device and gone on with on another; nobody hears of it before the launch', async () => {
  await world.at('2027-03-01T17:00:00Z');
  const { listId } = await prepare(world, { people: [PERSON], runs: [callRun()] });
  const activeBefore = await active();

  const { id } = await world.api.send<Draft>('POST', '/v1/campaigns/drafts', { name: 'Spring intake' });
  const runs = [callRun(), callRun({ key: 'second', startsOn: '2027-03-08', endsOn: '2027-03-12' })];
  await world.api.send('PATCH', `/v1/campaigns/${id}/draft`, {
    revision: 1,
    lastStep: 'schedule',
    steps: { list: { listId }, schedule: { runs }, rules: { rules: [RULE] }, reports: { reports: [REPORT] } },
  });
  await world.runUntil('2027-03-09T17:00:00Z');

  const { items } = await phone().get<{ items: { id: string; name: string; status: string }[] }>(
    '/v1/campaigns?status=draft&query=Spring',
  );
  expect(items).toMatchObject([{ id, name: 'Spring intake', status: 'draft' }]);
  const draft = await phone().get<Draft>(`/v1/campaigns/${id}/draft`);
  expect(draft).toMatchObject({
    lastStep: 'schedule',
    steps: { schedule: { runs }, rules: { rules: [RULE] }, reports: { reports: [REPORT] } },
  });
  expect(await active()).toBe(activeBefore);
  expect(await world.sql`select id from enrollment where campaign_id = ${id}`).toHaveLength(0);
  expect(heard()).toEqual([]);
});

test('X-8 a launch with two problems tells both under their steps, and the draft can be edited or deleted', async () => {
  const { api, sql } = world;
  const { listId } = await prepare(world, { people: [{ ...PERSON, phone: '+12125550111' }], runs: [callRun()] });
  await sql`update list set case_type = '' where id = ${listId}`;
  const form = await api.send<{ id: string }>('POST', '/v1/forms', { name: 'Accident', caseType: 'injury' });
  const agent = await api.send<{ id: string }>('POST', '/v1/agents', { name: 'Receptionist', formId: form.id });
  const { id } = await api.send<Draft>('POST', '/v1/campaigns/drafts', { name: 'Two problems' });
  const steps = { list: { listId }, agent: { agentId: agent.id }, schedule: { runs: [callRun()] } };
  const saved = await api.send<Draft>('PATCH', `/v1/campaigns/${id}/draft`, { revision: 1, steps });
  expect(saved.steps['form']).toEqual({ formId: form.id });

  const refused = await api.send('POST', `/v1/campaigns/${id}/launch`).catch((failure: unknown) => failure);
  expect(refused).toMatchObject({
    status: 422,
    problem: {
      code: 'launch_refused',
      errors: [
        { step: 'list', pointer: '#/listId', detail: expect.stringContaining('S1-19') },
        { step: 'form', pointer: '#/plan/formId', detail: expect.stringContaining('S1-22') },
      ],
    },
  });
  expect(await api.get(`/v1/campaigns/${id}`)).toMatchObject({ status: 'draft', version: null });

  await sql`update list set case_type = 'injury' where id = ${listId}`;
  expect(await api.get<Problems>(`/v1/campaigns/${id}/problems`)).toMatchObject({ isLaunchable: true, problems: [] });
  const edited = { revision: saved.revision, steps: { basics: { name: 'No problems' } } };
  expect(await api.send('PATCH', `/v1/campaigns/${id}/draft`, edited)).toMatchObject({ name: 'No problems' });
  const gone = await fetch(`${world.apiUrl}/v1/campaigns/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${world.apiKey}` },
  });
  expect(gone.status).toBe(204);
  expect(heard()).toEqual([]);
});
