import { setTimeout as pause } from 'node:timers/promises';
import { startTestApi, type TestApi } from '../test/api';
import { definitionOf } from '../test/api-people';
import { runImports } from '../test/run-imports';
import { buildTwoCaseTypes, type TwoCaseTypes } from '../test/two-case-types';
import { until } from '../test/until';
import { launchCampaign } from '../db/campaign-life';
import { limitedTo } from '../db/case-scope';
import { deleteDraft, saveDraft } from '../db/draft';
import { enrollPage } from '../db/sweeps/enroll';

/** K-31, as people live it who look after one type of case. */

let api: TestApi;
let world: TwoCaseTypes;
let limited: string;
let others: string;

beforeAll(async () => {
  api = await startTestApi();
  world = await buildTwoCaseTypes(api);
  limited = await keyFor([world.mine.caseType]);
  others = await keyFor([world.theirs.caseType]);
});
afterAll(() => api.stop());

async function keyFor(caseTypes: readonly string[], role = 'editor'): Promise<string> {
  return (await api.call('POST', '/v1/api-keys', { body: { name: caseTypes.join(), role, caseTypes } })).body.key;
}

const as = (key: string) => (method: string, path: string, body?: unknown) =>
  api.call(method, path, { key, ...(body === undefined ? {} : { body }) });
const mine = (method: string, path: string, body?: unknown) => as(limited)(method, path, body);
const theirs = (method: string, path: string, body?: unknown) => as(others)(method, path, body);
const revisionOf = async (contactId: string) => (await api.call('GET', `/v1/contacts/${contactId}`)).body.revision;

describe('an editor of one case type (K-31)', () => {
  it('builds a campaign from its first letter, launches it and watches it, and nobody of another type sees any of it', async () => {
    const list = (await mine('POST', '/v1/lists', { name: 'Spring intake', caseType: 'injury' })).body;
    const people = 'external_id,first_name,phone,zone\nS-1,Sol,+12125550161,America/New_York\n';
    expect((await mine('POST', `/v1/lists/${list.id}/import`, people)).body).toMatchObject({ created: 1 });
    const form = (await mine('POST', '/v1/forms', { name: 'Spring form', caseType: 'injury' })).body;
    const agent = (await mine('POST', '/v1/agents', { name: 'Spring agent', formId: form.id })).body;

    const draft = (await mine('POST', '/v1/campaigns/drafts', { name: 'Spring' })).body;
    const seen = async (ask: typeof mine) => (await ask('GET', `/v1/campaigns/${draft.id}`)).status;
    expect([await seen(mine), await seen(theirs), await seen(as(await keyFor(['injury'])))]).toEqual([200, 404, 200]);
    const { plan, policy } = definitionOf(list.id) as { plan: { runs: unknown }; policy: { rules: unknown } };
    const steps = {
      list: { listId: list.id },
      agent: { agentId: agent.id },
      schedule: { runs: plan.runs },
      rules: { rules: policy.rules },
    };
    const saved = await mine('PATCH', `/v1/campaigns/${draft.id}/draft`, { revision: draft.revision, steps });
    expect(saved.body.steps.form).toEqual({ formId: form.id });
    expect((await mine('GET', `/v1/campaigns/${draft.id}/problems`)).body.problems).toEqual([]);
    expect((await mine('POST', `/v1/campaigns/${draft.id}/launch`)).body.status).toBe('active');
    await until('somebody is enrolled', async () => {
      await enrollPage(api.sql);
      return (await mine('GET', `/v1/campaigns/${draft.id}/enrollments/count`)).body.count === 1;
    });
    const [enrolled] = (await mine('GET', `/v1/campaigns/${draft.id}/enrollments`)).body.items;
    expect((await mine('GET', `/v1/enrollments/${enrolled.id}`)).body.contact.firstName).toBe('Sol');
    expect((await mine('POST', `/v1/enrollments/${enrolled.id}/orders`, { order: 'pause' })).status).toBe(202);
    expect((await mine('POST', `/v1/campaigns/${draft.id}/pause`)).body.status).toBe('paused');

    for (const path of [
      `/campaigns/${draft.id}`,
      `/lists/${list.id}`,
      `/enrollments/${enrolled.id}`,
      `/forms/${form.id}`,
    ])
      expect((await theirs('GET', `/v1${path}`)).status).toBe(404);
    const campaigns = (await theirs('GET', '/v1/campaigns')).body.items.map(({ name }: { name: string }) => name);
    expect(campaigns).toEqual(['Zebra draft', 'Zebra campaign']);
    expect((await as(api.keys.editor)('GET', `/v1/campaigns/${draft.id}`)).status).toBe(200);
  });

  it('sees of both what a key for both sees', async () => {
    const both = as(await keyFor(['injury', 'merger'], 'viewer'));
    for (const { ids } of [world.mine, world.theirs])
      expect((await both('GET', `/v1/campaigns/${ids.campaign}`)).status).toBe(200);
    const { cases } = (await both('GET', `/v1/contacts/${world.bothId}`)).body;
    expect(cases).toHaveLength(2);
  });

  it('uses what is of no type and changes none of it', async () => {
    const form = (await api.call('POST', '/v1/forms', { body: { name: 'For anybody' } })).body;
    const agent = (await api.call('POST', '/v1/agents', { body: { name: 'Anybody' } })).body;
    expect((await mine('GET', `/v1/agents/${agent.id}`)).status).toBe(200);
    expect((await mine('PATCH', `/v1/agents/${agent.id}`, { voice: 'loud' })).body.code).toBe('forbidden');
    expect((await mine('DELETE', `/v1/forms/${form.id}`)).body.code).toBe('forbidden');
    expect((await mine('POST', '/v1/forms', { name: 'Anything' })).body).toMatchObject({
      code: 'invalid_body',
      errors: [{ pointer: '#/caseType' }],
    });
    const own = world.mine.ids.agent;
    expect((await mine('PATCH', `/v1/agents/${own}`, { formId: null })).body.errors[0].pointer).toBe('#/formId');
  });

  it('finds nothing of another type in the file of a campaign, neither by id nor by name', async () => {
    const { body: file } = await api.call('GET', `/v1/campaigns/${world.theirs.ids.campaign}/export`);
    const made = await mine('POST', '/v1/campaigns/import', file);
    expect(made.body.matches.map(({ to }: { to: string | null }) => to)).toEqual([null, null, null]);
    expect(made.body.steps.list.listId).toBe('');
    expect((await mine('POST', `/v1/campaigns/${made.body.id}/launch`)).body.code).toBe('launch_refused');
    expect((await theirs('GET', `/v1/campaigns/${made.body.id}`)).status).toBe(404);
  });

  it('names no case of another type on a list, and is told no more than of one that there is not', async () => {
    const named = { caseIds: [world.theirs.ids.case], externalIds: ['Zebra-case', 'Nothing'] };
    const { results } = (await mine('POST', `/v1/lists/${world.mine.ids.list}/members`, named)).body;
    expect(results.map(({ reason }: { reason: string }) => reason)).toEqual(Array(3).fill('there is no such case'));
  });

  it('finds a draft gone that has become one of another type since the request was let in', async () => {
    const { draftId } = world.theirs;
    const change = { revision: 1, steps: {}, lastStep: 'basics' } as const;
    const attempts = [
      () => launchCampaign(api.sql, draftId, 'test'),
      () => saveDraft(api.sql, draftId, change, 'test'),
      () => deleteDraft(api.sql, draftId, { revision: undefined }, 'test'),
    ];
    for (const attempt of attempts)
      await expect(limitedTo<unknown>([world.mine.caseType], attempt)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('hears of its own campaigns alone while they happen', async () => {
    const controller = new AbortController();
    const answer = await fetch(`${api.url}/v1/stream`, {
      headers: { authorization: `Bearer ${limited}`, accept: 'text/event-stream' },
      signal: controller.signal,
    });
    let heard = '';
    const reading = (async () => {
      for await (const chunk of answer.body ?? []) heard += new TextDecoder().decode(chunk);
    })().catch(() => undefined);
    const [own, other] = [world.mine, world.theirs].map(({ heldId }) => `/v1/enrollments/${heldId}/orders`);
    await api.call('POST', other ?? '', { body: { order: 'hand_back' } });
    await api.call('POST', own ?? '', { body: { order: 'hand_back' } });
    await until('its own is heard', async () => heard.includes(world.mine.heldId));
    await pause(0);
    controller.abort();
    await reading;
    expect(heard).toContain(world.mine.ids.campaign);
    expect(heard).not.toContain(world.theirs.ids.campaign);
    expect(heard).not.toContain('caseType');
  });
});

describe('people whom an import of a limited key may not see (K-31)', () => {
  const file =
    'external_id,first_name,phone,zone\nZebra-1,Renamed,+12125550162,\n,Zebra,+12125550142,America/New_York\n';

  it.each(['in one go', 'by a worker'])('stay as they are, %s', async (how) => {
    const { ids } = world.theirs;
    const before = await revisionOf(ids.contact);
    const listId = world.mine.ids.list;
    let results: { status: string; contactId?: string | null }[];
    if (how === 'in one go') results = (await mine('POST', `/v1/lists/${listId}/import`, file)).body.results;
    else {
      const made = (await mine('POST', `/v1/imports?listId=${listId}&onDuplicate=update`, file)).body;
      expect((await mine('POST', `/v1/imports/${made.id}/start`)).body.status).toBe('running');
      await runImports(api.sql, api.config.addressKey);
      results = (await mine('GET', `/v1/imports/${made.id}/rows`)).body.items;
    }
    const [strange, namesake] = results;
    expect(strange?.status).toBe('rejected');
    expect(JSON.stringify(strange)).toContain('is in use already');
    expect(JSON.stringify(results)).not.toContain('merger');
    // By name and address nobody is known, so there is somebody new; the second time it is that one.
    expect(['created', 'updated']).toContain(namesake?.status);
    expect(namesake?.contactId).not.toBe(ids.contact);
    expect(await revisionOf(ids.contact)).toBe(before);
  });
});

describe('what people say is taken from a limited key whomever it is about (K-31, R-5)', () => {
  const barred = async (contactId: string) => (await api.call('GET', `/v1/contacts/${contactId}/opt-outs`)).body.items;

  it('an opt-out, of a person and of a type of case', async () => {
    const { contact } = world.theirs.ids;
    const before = (await barred(contact)).length;
    expect((await mine('POST', `/v1/contacts/${contact}/opt-out`, { channels: ['sms'] })).status).toBe(202);
    const ofType = { caseType: world.theirs.caseType };
    expect((await mine('POST', `/v1/contacts/${contact}/opt-out`, ofType)).status).toBe(202);
    expect((await barred(contact)).length).toBe(before + 2);
  });

  it('but nothing wider than its types is taken back', async () => {
    const { contact } = world.mine.ids;
    await mine('POST', `/v1/contacts/${contact}/opt-out`, { channels: ['voice'] });
    await mine('POST', `/v1/contacts/${contact}/opt-out`, { caseType: 'injury' });
    const consent = { class: 'live_call', source: 'call', text: 'Call me again.' };
    const wide = await mine('POST', `/v1/contacts/${contact}/opt-in`, { consent });
    expect(wide.body).toMatchObject({ code: 'forbidden', errors: [{ pointer: '#/caseType' }] });
    const narrow = await mine('POST', `/v1/contacts/${contact}/opt-in`, { consent, caseType: 'injury' });
    const left = narrow.body.items.filter(({ liftedAt }: { liftedAt: string | null }) => liftedAt === null);
    expect(left).toMatchObject([{ channels: ['voice'], caseType: null }]);
  });

  it('a mail that says stop, and no other mail of somebody beyond it', async () => {
    const mail = { kind: 'inbound_email', from: world.theirs.email, to: 'intake@example.com' };
    const other = await mine('POST', '/v1/facts', { ...mail, eventId: 'm-1', text: 'When do we meet?' });
    expect(other.body).toMatchObject({ code: 'not_found', errors: [{ pointer: '#/from' }] });
    expect((await mine('POST', '/v1/facts', { ...mail, eventId: 'm-2', text: 'STOP' })).status).toBe(202);
    const { contact } = world.theirs.ids;
    expect((await barred(contact)).some(({ channels }: { channels: string[] }) => channels.includes('email'))).toBe(
      true,
    );
    const own = { ...mail, from: world.mine.email, eventId: 'm-3', text: 'When do we meet?' };
    expect((await mine('POST', '/v1/facts', own)).status).toBe(202);
  });

  it('and facts of its own calls and contacts alone', async () => {
    const facts: readonly object[] = [
      { kind: 'handoff_requested', enrollmentId: world.theirs.ids.enrollment },
      { kind: 'wrong_number', attemptId: world.theirs.ids.attempt },
      { kind: 'wrong_number', callSid: world.theirs.callSid },
      // It might turn out to be anybody's.
      { kind: 'wrong_number', callSid: `CA${'9'.repeat(32)}` },
    ];
    for (const [n, fact] of facts.entries())
      expect((await mine('POST', '/v1/facts', { eventId: `f-${n}`, ...fact })).body.code).toBe('not_found');
    const own = { kind: 'handoff_requested', eventId: 'f-9', enrollmentId: world.mine.ids.enrollment };
    expect((await mine('POST', '/v1/facts', own)).status).toBe(202);
  });
});

describe('the case types of a key (K-31)', () => {
  it('are never those of an admin, neither when it is made nor later', async () => {
    const refused = await api.call('POST', '/v1/api-keys', {
      body: { name: 'No', role: 'admin', caseTypes: ['injury'] },
    });
    expect(refused.body).toMatchObject({ status: 422, code: 'invalid_body', errors: [{ pointer: '#/caseTypes' }] });
    const made = await api.call('POST', '/v1/api-keys', {
      body: { name: 'So', role: 'viewer', caseTypes: ['injury'] },
    });
    const change = (body: object) => api.call('PATCH', `/v1/api-keys/${made.body.id}`, { body });
    expect((await change({ role: 'admin' })).body.errors[0].pointer).toBe('#/caseTypes');
    expect((await change({ role: 'admin', caseTypes: null })).body).toMatchObject({ role: 'admin', caseTypes: null });
  });

  it('count from the change on, for its sessions as well, and are told to whoever has it', async () => {
    const made = (await api.call('POST', '/v1/api-keys', { body: { name: 'Moves', role: 'viewer' } })).body;
    const signedIn = await api.call('POST', '/v1/session', { key: null, body: { apiKey: made.key } });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const look = async () => {
      const ask = { key: null, headers: { cookie } };
      const [who, lists] = await Promise.all([api.call('GET', '/v1/session', ask), api.call('GET', '/v1/lists', ask)]);
      return [who.body.caseTypes, lists.body.items.every((list: { caseType: string }) => list.caseType === 'merger')];
    };
    expect(await look()).toEqual([null, false]);
    await api.call('PATCH', `/v1/api-keys/${made.id}`, { body: { caseTypes: ['merger'] } });
    expect(await look()).toEqual([['merger'], true]);
    const { body } = await api.call('GET', `/v1/api-keys/${made.id}`);
    expect([body.caseTypes, body.revision]).toEqual([['merger'], 2]);
  });

  it('do not open the figures of the whole process', async () => {
    const metrics = await api.call('GET', '/metrics', { key: limited });
    expect(metrics.body).toMatchObject({ code: 'forbidden' });
  });
});
