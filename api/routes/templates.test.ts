import { type Reply, startTestApi, type TestApi } from '../../test/api';
import { definitionOf, launchForOne, readyToLaunch } from '../../test/api-people';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await readyToLaunch(api);
});
afterAll(() => api.stop());

const words = (text: string, language = 'en') => ({ language, subject: null, text });
let names = 0;
async function newTemplate(body: object = {}): Promise<string> {
  names += 1;
  const reply = await api.call('POST', '/v1/templates', {
    body: { name: `Words ${names}`, channel: 'sms', variants: [words('First words.')], ...body },
  });
  expect(reply.status).toBe(201);
  return reply.body.id;
}
const get = async (path: string) => (await api.call('GET', `/v1${path}`)).body;
const post = (path: string, body?: object) => api.call('POST', `/v1${path}`, body === undefined ? {} : { body });
const change = (id: string, body: object, headers: Record<string, string> = {}): Promise<Reply> =>
  api.call('PATCH', `/v1/templates/${id}`, { body, headers });
const reword = async (id: string, text: string) =>
  change(id, { revision: (await get(`/templates/${id}`)).revision, variants: [words(text)] });
const pointers = ({ body }: Reply) => (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);

/** A campaign of one text that is the template's. */
function planOf(message: object) {
  const base = { key: 'hello', channel: 'sms', when: { kind: 'after_start' } };
  const run = {
    key: 'first',
    startsOn: '2027-03-01',
    hours: { mode: 'company_times' },
    messages: [{ ...base, ...message }],
  };
  return { plan: { runs: [run] }, policy: {} };
}
async function launched(message: object) {
  const { listId } = await launchForOne(api);
  const { id } = (await post('/campaigns', definitionOf(listId, planOf(message)))).body;
  return { id, listId, ...(await post(`/campaigns/${id}/launch`)).body };
}
const messageOf = (campaign: { definition: { plan: { runs: { messages: object[] }[] } } }) =>
  campaign.definition.plan.runs[0]?.messages[0];
const frozen = async (campaignId: string) => {
  const [row] = await api.sql<{ plan: { runs: { messages: object[] }[] } }[]>`
    select v.plan from campaign c join version v on v.id = c.current_version_id where c.id = ${campaignId}`;
  return row?.plan.runs[0]?.messages[0];
};

describe('a template (U-10)', () => {
  it('is made, found by channel and part of its name, and read with what its text costs', async () => {
    const id = await newTemplate({
      name: 'Wintergruß',
      variants: [words(`Hi {{contact.first_name | default: "you"}} ж`)],
    });
    expect(await get(`/templates/${id}`)).toMatchObject({
      version: 1,
      variants: [{ sms: { encoding: 'ucs2', segments: 1, because: 'ж' }, warning: null }],
    });
    expect((await get('/templates?query=INTERG&channel=sms')).items).toMatchObject([{ id }]);
    expect((await get('/templates?query=INTERG&channel=email')).items).toEqual([]);
    const long = await newTemplate({ variants: [words('a'.repeat(460))] });
    expect((await get(`/templates/${long}`)).variants[0].warning).toMatch(/4 segments/);
  });

  it('is listed in pages, by name or newest first', async () => {
    for (const name of ['Page b', 'Page a', 'Page c']) await newTemplate({ name });
    const byName = await get('/templates?query=Page&sort=name&limit=2');
    expect(byName.items.map(({ name }: { name: string }) => name)).toEqual(['Page a', 'Page b']);
    const next = await get(`/templates?query=Page&sort=name&limit=2&cursor=${byName.nextCursor}`);
    expect([next.items.map(({ name }: { name: string }) => name), next.nextCursor]).toEqual([['Page c'], null]);
    expect((await get('/templates?query=Page')).items[0].name).toBe('Page c');
  });

  it('names each tag that contacts do not have, with its position and the nearest one that they have', async () => {
    await post(`/lists/${(await launchForOne(api)).listId}/contacts`, {
      items: [{ contact: { phones: ['+12125550170'], attributes: { claim_number: 'C-1' } } }],
    });
    const variants = [words('{{contact.claim_number}} {{contact.frist_name}}'), words('{{weather}}', 'es')];
    const reply = await post('/templates', { name: 'Bad tags', channel: 'sms', variants });
    expect(reply.body).toMatchObject({
      status: 422,
      errors: [
        {
          pointer: '#/variants/0/text',
          detail: 'the variable "contact.frist_name" at position 26 is not known; did you mean "contact.first_name"?',
        },
        { pointer: '#/variants/1/text', detail: 'the variable "weather" at position 1 is not known' },
      ],
    });
    const slip = { name: 'Slip', channel: 'sms', variants: [words('{{contact.claimnumber}}')] };
    expect((await post('/templates', slip)).body.errors[0].detail).toMatch(/did you mean "contact.claim_number"\?/);
  });

  it('needs a subject for mail and none for a text, and words of its own or of a message', async () => {
    const asked = (body: object) => post('/templates', { name: 'Refused', ...body });
    expect(pointers(await asked({ channel: 'email', variants: [words('Hi')] }))).toEqual(['#/variants/0/subject']);
    expect(pointers(await asked({ channel: 'sms', variants: [{ ...words('Hi'), subject: 'S' }] }))).toEqual([
      '#/variants/0/subject',
    ]);
    expect(pointers(await asked({}))).toEqual(['#/variants']);
    const from = { campaignId: '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0001', runKey: 'first', messageKey: 'hello' };
    expect(pointers(await asked({ channel: 'sms', variants: [words('Hi')], from }))).toEqual(['#/variants']);
    expect((await asked({ from })).body).toMatchObject({
      code: 'unknown_reference',
      errors: [{ pointer: '#/from/campaignId' }],
    });
  });

  it('has a name of its own in its channel, but for those in the archive', async () => {
    const id = await newTemplate({ name: 'One of a kind' });
    const again = { name: 'ONE of a kind', channel: 'sms', variants: [words('x')] };
    expect((await post('/templates', again)).body).toMatchObject({ status: 409, errors: [{ pointer: '#/name' }] });
    await newTemplate({ ...again, channel: 'email', variants: [{ ...words('x'), subject: 'S' }] });
    await post(`/templates/${id}/archive`);
    await newTemplate(again);
    expect((await post(`/templates/${id}/restore`)).body).toMatchObject({ status: 409, code: 'wrong_status' });
  });

  it('gets another version with other words, by whoever has seen the last; none is ever lost', async () => {
    const id = await newTemplate();
    expect((await change(id, { variants: [words('Unseen')] })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/revision' }],
    });
    const both = await Promise.all(
      ['One', 'Other'].map((text) => change(id, { variants: [words(text)] }, { 'if-match': '"1"' })),
    );
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412]);
    const same = (await get(`/templates/${id}`)).variants.map(({ language, subject, text }: never) => ({
      language,
      subject,
      text,
    }));
    expect((await change(id, { revision: 2, variants: same, name: 'Renamed' })).body).toMatchObject({
      version: 2,
      revision: 3,
    });
    const { items } = await get(`/templates/${id}/versions`);
    expect(items).toMatchObject([{ number: 2 }, { number: 1, variants: [{ text: 'First words.' }] }]);
    const first = await get(`/templates/${id}/versions?limit=1`);
    expect((await get(`/templates/${id}/versions?limit=1&cursor=${first.nextCursor}`)).items).toMatchObject([
      { number: 1 },
    ]);
  });

  it('is archived and taken out again; archived ones are listed by themselves', async () => {
    const id = await newTemplate({ name: 'To the attic' });
    expect((await post(`/templates/${id}/archive`)).body).toMatchObject({
      archivedAt: '2027-03-01T17:00:00.000Z',
      revision: 2,
    });
    expect((await post(`/templates/${id}/archive`)).body.revision).toBe(2);
    expect((await get('/templates?query=attic')).items).toEqual([]);
    expect((await get('/templates?query=attic&archived=true')).items).toMatchObject([{ id }]);
    expect((await post(`/templates/${id}/restore`)).body).toMatchObject({ archivedAt: null, revision: 3 });
  });
});

describe('a preview (U-10)', () => {
  it('shows the words as one contact gets them, in their language, and what they cost', async () => {
    const { contactId } = await launchForOne(api);
    const id = await newTemplate({
      variants: [words('Hi {{contact.first_name}}'), words('Hola {{contact.first_name}}', 'es')],
    });
    expect(await get(`/templates/${id}/preview?contactId=${contactId}`)).toMatchObject({
      text: 'Hi Asha',
      language: 'en',
      missing: [],
    });
    expect(await get(`/templates/${id}/preview?language=es-MX`)).toMatchObject({
      text: 'Hola Asha',
      sms: { segments: 1 },
    });
    await api.call('PATCH', `/v1/contacts/${contactId}`, { body: { language: 'es' } });
    expect(await get(`/templates/${id}/preview?contactId=${contactId}`)).toMatchObject({
      text: 'Hola Asha',
      language: 'es',
    });
    await reword(id, 'New words');
    expect(await get(`/templates/${id}/preview?version=1&contactId=${contactId}`)).toMatchObject({
      version: 1,
      text: 'Hola Asha',
    });
    expect(await get(`/templates/${id}/preview`)).toMatchObject({ version: 2, text: 'New words' });
  });

  it('names what is missing, instead of showing a text with holes', async () => {
    const { contactId, listId, campaignId } = await launchForOne(api);
    await post(`/lists/${listId}/contacts`, {
      items: [{ contact: { phones: ['+12125550171'], attributes: { claim: 'C' } } }],
    });
    const mail = {
      language: 'en',
      subject: 'On {{contact.claim}}',
      text: '{{contact.last_name}} {{campaign.subject}} {{unsubscribe.link}}',
    };
    const id = await newTemplate({ channel: 'email', variants: [mail] });
    expect(await get(`/templates/${id}/preview?contactId=${contactId}`)).toMatchObject({
      subject: null,
      text: null,
      sms: null,
      missing: ['contact.claim', 'contact.last_name'],
    });
    const nobody = await get(`/templates/${id}/preview?campaignId=${campaignId}`);
    expect(nobody).toMatchObject({ missing: ['contact.claim'], text: `Rivera general ${api.config.publicUrl}/u/test` });
    const unknown = '0f8fad5b-d9cb-469f-a165-70867728950e';
    expect(await get(`/templates/${id}/preview?contactId=${unknown}`)).toMatchObject({ code: 'unknown_reference' });
    expect(await get(`/templates/${id}/preview?version=9`)).toMatchObject({
      errors: [{ pointer: '#/version', value: 9 }],
    });
  });
});

describe('a campaign that has the words of a template (U-10)', () => {
  it('has them in its frozen plan, with the version, and says when there are newer ones; publishing adopts them', async () => {
    const templateId = await newTemplate({ variants: [words('First words.'), words('Primero.', 'es')] });
    const { id, definition, revision } = await launched({ templateId });
    const first = { text: 'First words.', translations: { es: { text: 'Primero.' } }, templateId, templateVersion: 1 };
    expect(messageOf({ definition })).toMatchObject(first);
    expect(await frozen(id)).toMatchObject(first);
    expect(await get(`/campaigns/${id}/templates`)).toMatchObject({
      items: [{ version: 1, currentVersion: 1, isNewer: false }],
    });

    await reword(templateId, 'Second words.');
    expect(await frozen(id)).toMatchObject(first);
    expect(await get(`/campaigns/${id}/templates`)).toMatchObject({
      items: [{ runKey: 'first', messageKey: 'hello', version: 1, currentVersion: 2, isNewer: true }],
    });
    const adopted = { ...definition, ...planOf({ templateId }) };
    const preview = (await post(`/campaigns/${id}/publish/preview`, { revision, definition: adopted })).body;
    expect(preview.problems).toEqual([]);
    expect((await post(`/campaigns/${id}/publish`, { revision, definition: adopted })).status).toBe(200);
    expect(await frozen(id)).toMatchObject({ text: 'Second words.', templateVersion: 2 });
    expect(await frozen(id)).not.toHaveProperty('translations');
    const back = { revision: revision + 1, backTo: 1 };
    expect((await post(`/campaigns/${id}/publish`, back)).status).toBe(200);
    expect(await frozen(id)).toMatchObject(first);
    expect((await get(`/templates/${templateId}/uses`)).items).toEqual([
      {
        campaignId: id,
        name: 'Intake follow-up',
        status: 'active',
        messages: [{ runKey: 'first', messageKey: 'hello', version: 1 }],
      },
    ]);
  });

  it.each<['sms' | 'email', string | null]>([
    ['sms', null],
    ['email', 'A subject'],
  ])(
    'is saved step by step without them, read, shown and launched with the newest: %s (S1-35)',
    async (channel, subject) => {
      const templateId = await newTemplate({ channel, variants: [{ language: 'en', subject, text: 'First words.' }] });
      const { listId } = await launchForOne(api);
      const { id } = (await post('/campaigns/drafts', { name: 'Written step by step' })).body;
      const { runs } = planOf({ templateId, channel }).plan;
      const steps = { list: { listId }, schedule: { runs } };
      const saved = await api.call('PATCH', `/v1/campaigns/${id}/draft`, { body: { revision: 1, steps } });
      expect(saved).toMatchObject({ status: 200, body: { isComplete: true } });
      await api.call('PATCH', '/v1/settings', { body: { address: '1 Example Street' } });
      for (const path of ['', '/rules', '/rule-options', '/problems', '/templates', '/draft', '/export'])
        expect([path, (await api.call('GET', `/v1/campaigns/${id}${path}`)).status]).toEqual([path, 200]);
      expect((await post(`/campaigns/${id}/forecast`, {})).status).toBe(201);
      expect((await post(`/campaigns/${id}/duplicate`, {})).status).toBe(201);
      const second = { variants: [{ language: 'en', subject, text: 'Second words.' }] };
      await change(templateId, { revision: 1, ...second });
      const launch = await post(`/campaigns/${id}/launch`);
      expect([launch.status, launch.status === 200 ? '' : launch.text]).toEqual([200, '']);
      expect(await frozen(id)).toMatchObject({ text: 'Second words.', templateVersion: 2 });
    },
  );

  it('is forecast at the cost of its words before they are frozen (N-3, U-14)', async () => {
    const templateId = await newTemplate({ variants: [words('x'.repeat(200))] });
    const { listId } = await launchForOne(api);
    const { id } = (await post('/campaigns/drafts', { name: 'Two segments' })).body;
    const steps = { list: { listId }, schedule: { runs: planOf({ templateId }).plan.runs } };
    await api.call('PATCH', `/v1/campaigns/${id}/draft`, { body: { revision: 1, steps } });
    await api.sql`update spend_rate set segment_micros = 10`;
    const forecast = await post(`/campaigns/${id}/forecast`, { days: 366 });
    await api.sql`update spend_rate set segment_micros = 0`;
    expect(forecast.body.summary).toMatchObject({ touches: { sms: 1 }, costMicros: 20 });
  });

  it('may name a version, and take the text along that it was read with', async () => {
    const templateId = await newTemplate();
    await reword(templateId, 'Second words.');
    const { listId } = await launchForOne(api);
    const draft = (await post('/campaigns', definitionOf(listId, planOf({ templateId, templateVersion: 1 })))).body;
    expect(messageOf(draft)).toMatchObject({ text: 'First words.', templateVersion: 1 });
    const raised = planOf({ ...messageOf(draft), templateVersion: 2 });
    const body = { revision: 1, definition: { ...draft.definition, ...raised } };
    const saved = await api.call('PUT', `/v1/campaigns/${draft.id}`, { body });
    expect(messageOf(saved.body)).toMatchObject({ text: 'Second words.', templateVersion: 2 });
    const written = planOf({ ...messageOf(draft), text: 'My own words.' });
    const refused = await api.call('PUT', `/v1/campaigns/${draft.id}`, {
      body: { revision: 2, definition: { ...draft.definition, ...written } },
    });
    expect(refused.body).toMatchObject({
      code: 'unknown_reference',
      errors: [{ pointer: '#/definition/plan/runs/0/messages/0/text', value: 'My own words.' }],
    });
  });

  it('is refused where there is no such template or version, where it is of another channel, archived, or needs a form', async () => {
    const { listId } = await launchForOne(api);
    const asked = async (message: object) => {
      const reply = await post('/campaigns', definitionOf(listId, planOf(message)));
      return [reply.status, reply.body.errors?.[0].pointer, reply.body.errors?.[0].detail];
    };
    const at = (field: string) => `#/plan/runs/0/messages/0/${field}`;
    const templateId = await newTemplate();
    const mail = await newTemplate({ channel: 'email', variants: [{ ...words('x'), subject: 'S' }] });
    const withForm = await newTemplate({ variants: [words('{{form.link}}')] });
    const archived = await newTemplate();
    await post(`/templates/${archived}/archive`);
    expect(await asked({ templateId: '0f8fad5b-d9cb-469f-a165-70867728950e' })).toEqual([
      422,
      at('templateId'),
      'there is no such template',
    ]);
    expect(await asked({ templateId, templateVersion: 2 })).toEqual([
      422,
      at('templateVersion'),
      expect.stringMatching(/has 1 versions/),
    ]);
    expect(await asked({ templateId: mail })).toEqual([422, at('templateId'), expect.stringMatching(/is for email/)]);
    expect(await asked({ templateId: archived })).toEqual([
      422,
      at('templateId'),
      expect.stringMatching(/is archived/),
    ]);
    expect(await asked({ templateId: withForm })).toEqual([
      422,
      at('text'),
      'form.link needs a form attached to the campaign',
    ]);
  });

  it('that was archived since keeps the campaigns that have it, and is launched in no other', async () => {
    const templateId = await newTemplate();
    const { id, definition, revision } = await launched({ templateId });
    const { listId } = await launchForOne(api);
    const draft = (await post('/campaigns', definitionOf(listId, planOf({ templateId })))).body;
    await post(`/templates/${templateId}/archive`);
    expect((await post(`/campaigns/${draft.id}/launch`)).body).toMatchObject({
      code: 'launch_refused',
      errors: [{ pointer: '#/plan/runs/0/messages/0/templateId' }],
    });
    const again = await post(`/campaigns/${id}/publish`, {
      revision,
      definition: { ...definition, description: 'Later' },
    });
    expect(again.status).toBe(200);
    expect((await get(`/campaigns/${id}/templates`)).items).toMatchObject([{ isArchived: true }]);
  });

  it('makes an inline text into a template, which the campaign then may name as it stands', async () => {
    const { campaignId, listId } = await launchForOne(api);
    const from = { campaignId, runKey: 'first', messageKey: 'hello' };
    const made = (await post('/templates', { name: 'From inline', from })).body;
    expect(made).toMatchObject({ channel: 'sms', variants: [{ language: 'en', text: 'We will call you soon.' }] });
    const inline = planOf({ text: 'We will call you soon.', templateId: made.id });
    expect((await post('/campaigns', definitionOf(listId, inline))).status).toBe(201);
    for (const [field, value] of [
      ['runKey', 'none'],
      ['messageKey', 'none'],
    ] as const)
      expect(pointers(await post('/templates', { name: 'Nothing', from: { ...from, [field]: value } }))).toEqual([
        `#/from/${field}`,
      ]);
  });
});
