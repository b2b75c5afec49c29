import { startTestApi, type TestApi } from '../../test/api';
import { CALLS, definitionOf, hoursOf, launchForOne, listOf, planWith } from '../../test/api-people';

let api: TestApi;
let listId: string;

beforeAll(async () => {
  api = await startTestApi();
  listId = await listOf(api, 'external_id,phone\nE-1,+12125550101\n');
});
afterAll(() => api.stop());

const create = (body: unknown) => api.call('POST', '/v1/campaigns', { body });
const createDraft = async (overrides?: Record<string, unknown>): Promise<string> =>
  (await create(definitionOf(listId, overrides))).body.id;

describe('the rules of a campaign', () => {
  const rule = (key: string) => ({
    key,
    when: { trigger: 'handoff', outcome: 'requested' },
    then: [{ kind: 'crm_note', text: 'Wants a person.' }],
    note: null,
  });
  const put = (id: string, revision: number, rules: unknown[]) =>
    api.call('PUT', `/v1/campaigns/${id}/rules`, { body: { revision, rules } });

  it('of a draft are changed in place (S0-5, S0-74)', async () => {
    const id = await createDraft();
    expect((await put(id, 1, [rule('note')])).body).toMatchObject({
      rules: [rule('note')],
      revision: 2,
      version: null,
    });
    expect((await api.call('GET', `/v1/campaigns/${id}`)).body.definition.policy.rules).toEqual([rule('note')]);
  });

  it('of a live campaign become a new version that judges what arrives from now on, and have nobody asked again (E-12)', async () => {
    const { campaignId } = await launchForOne(api);
    const before = await api.sql<{ epoch: number }[]>`select epoch from campaign where id = ${campaignId}`;
    expect((await put(campaignId, 1, [rule('note')])).body).toMatchObject({
      rules: [rule('note')],
      revision: 2,
      version: 2,
    });
    const [after] = await api.sql<{ epoch: number; number: number; rules: unknown; samePlan: boolean }[]>`
      select c.epoch, v.number, v.policy -> 'rules' as rules, v.plan = (select plan from version where campaign_id = c.id and number = 1) as same_plan
      from campaign c join version v on v.id = c.current_version_id where c.id = ${campaignId}`;
    expect(after).toEqual({ epoch: before[0]?.epoch, number: 2, rules: [rule('note')], samePlan: true });
    expect((await put(campaignId, 1, [])).body).toMatchObject({ status: 409, code: 'revision_conflict' });
  });

  it('are refused to whoever comes second, who is shown what stands there now (R-19, E-19)', async () => {
    const { campaignId } = await launchForOne(api, { policy: {} });
    const notes = ['Mine.', 'Theirs.'];
    const both = await Promise.all(notes.map((note) => put(campaignId, 1, [{ ...rule('one'), note }])));
    const first = both.findIndex(({ status }) => status === 200);
    expect(both[1 - first]).toMatchObject({ status: 409, body: { code: 'revision_conflict' } });
    expect(both[1 - first]?.body.errors).toEqual([
      { pointer: '#/revision', detail: 'the current revision is 2', value: 1 },
      expect.objectContaining({ pointer: '#/rules/one/note', current: notes[first], value: notes[1 - first] }),
    ]);
  });

  it('are checked against the whole campaign, at their own place (S0-32)', async () => {
    const id = await createDraft(planWith({ hours: hoursOf(['09:00', '12:00']), calls: CALLS }));
    const refused = await put(id, 1, [
      rule('ok'),
      { ...rule('form'), when: { trigger: 'form', outcome: 'completed' } },
    ]);
    expect(refused.body).toMatchObject({ status: 422, errors: [{ pointer: '#/rules/1/when/trigger', value: 'form' }] });
    expect((await put(id, 1, [rule('twice'), rule('twice')])).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/rules/1/key' }],
    });
  });

  it('wait for no form where the agent has brought none along, live or not (S0-32)', async () => {
    const agentId = (await api.call('POST', '/v1/agents', { body: { name: 'Without a form' } })).body.id;
    const run = { key: 'first', startsOn: '2027-03-01', hours: hoursOf(['09:00', '12:00']), calls: CALLS };
    const { campaignId } = await launchForOne(api, { plan: { agentId, runs: [run] }, policy: {} });
    const waiting = { ...rule('form'), when: { trigger: 'form', outcome: 'completed' } };
    const linking = { ...rule('link'), then: [{ kind: 'crm_note', text: 'See {{form.link}}' }] };
    expect((await put(campaignId, 1, [rule('ok'), waiting, linking])).body).toMatchObject({
      status: 422,
      errors: [
        { pointer: '#/rules/1/when/trigger', value: 'form' },
        { pointer: '#/rules/2/then/0/text', detail: 'form.link needs a form attached to the campaign' },
      ],
    });
    expect((await put(campaignId, 1, [rule('ok')])).status).toBe(200);
  });

  it('are read by viewers and changed by editors only (S0-61, S0-62)', async () => {
    const id = await createDraft();
    expect((await api.call('GET', `/v1/campaigns/${id}/rules`, { key: api.keys.viewer })).status).toBe(200);
    expect(
      (await api.call('PUT', `/v1/campaigns/${id}/rules`, { key: api.keys.viewer, body: { revision: 1, rules: [] } }))
        .status,
    ).toBe(403);
  });

  it('of a campaign that is over stay as they are', async () => {
    const { campaignId } = await launchForOne(api);
    await api.call('POST', `/v1/campaigns/${campaignId}/stop`);
    expect((await put(campaignId, 1, [])).body).toMatchObject({ status: 409, code: 'wrong_status' });
  });
});
