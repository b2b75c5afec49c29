import { startTestApi, type Reply, type TestApi } from '../../test/api';
import { definitionOf, launchForOne, WEEKLY_REPORT } from '../../test/api-people';
import { AGENT_BODY_EXAMPLE, FORM_BODY_EXAMPLE } from '../answers/agents';
import { CONNECTION_BODY_EXAMPLE } from '../answers/connections';
import { CONSENT_BODY_EXAMPLE } from '../answers/consents';
import { CHECKS_BODY_EXAMPLE } from '../answers/number-checks';
import { RELATIONSHIP_BODY_EXAMPLE } from '../answers/relationships';
import { CALENDAR_DAY_BODY_EXAMPLE, LEGAL_RULE_BODY_EXAMPLE } from '../answers/law';
import { PORTABLE_EXAMPLE } from '../answers/drafts';
import { TEMPLATE_BODY_EXAMPLE } from '../answers/templates';
import { ownAddressCode } from '../../db/tokens';
import { apiRoutes } from '../app';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

type Send = (method: string, path: string, body?: unknown) => Promise<Reply>;

const newList = async () =>
  (await api.call('POST', '/v1/lists', { body: { name: 'People', caseType: 'intake' } })).body.id;
const IMPORTED = 'first_name,phone\nSecret words,+12125550152\n';
const newImport = async () =>
  (await api.call('POST', `/v1/imports?listId=${await newList()}`, { body: IMPORTED })).body.id;
const newKey = async () => (await api.call('POST', '/v1/api-keys', { body: { name: 'Some', role: 'viewer' } })).body;
const newDraft = async () => (await api.call('POST', '/v1/campaigns', { body: definitionOf(await newList()) })).body;
let connections = 0;
const newConnection = async () => {
  connections += 1;
  const body = { ...CONNECTION_BODY_EXAMPLE, name: `CRM ${connections}` };
  return (await api.call('POST', '/v1/connections', { body })).body.id;
};
let templates = 0;
const newTemplate = () => {
  templates += 1;
  return newOf('/v1/templates', { ...TEMPLATE_BODY_EXAMPLE, name: `Words ${templates}` });
};
let ownAddresses = 0;
const newOwnAddress = () => {
  ownAddresses += 1;
  return newOf('/v1/own-addresses', { kind: 'phone', value: `+1212555018${ownAddresses}`, label: 'Ada' });
};
const enrolled = () => launchForOne(api);
const draftWithOne = async () => {
  const { campaignId } = await enrolled();
  const { definition } = (await api.call('GET', `/v1/campaigns/${campaignId}`)).body;
  return (await api.call('POST', '/v1/campaigns', { body: { ...definition, name: 'Once more' } })).body.id;
};
async function campaignIn(status: 'active' | 'paused' | 'completed'): Promise<string> {
  const { campaignId } = await enrolled();
  if (status === 'paused') await api.call('POST', `/v1/campaigns/${campaignId}/pause`);
  if (status === 'completed') await api.call('POST', `/v1/campaigns/${campaignId}/stop`);
  return campaignId;
}

const newOf = async (path: string, body: unknown) => (await api.call('POST', path, { body })).body.id;
const newForm = () => newOf('/v1/forms', FORM_BODY_EXAMPLE);
const newAgent = () => newOf('/v1/agents', AGENT_BODY_EXAMPLE);
const newRule = () => newOf('/v1/legal-rules', LEGAL_RULE_BODY_EXAMPLE);
const newDay = () => newOf('/v1/calendar-days', CALENDAR_DAY_BODY_EXAMPLE);
async function strayCase(): Promise<{ caseId: string }> {
  const { contactId } = await enrolled();
  return { caseId: await newOf(`/v1/contacts/${contactId}/cases`, { caseType: 'intake' }) };
}
const feedBody = async () => ({ listId: await newList(), connectionId: await newConnection(), statuses: ['New'] });
const newConsent = async () => newOf(`/v1/contacts/${(await enrolled()).contactId}/consents`, CONSENT_BODY_EXAMPLE);
const newRelationship = async () =>
  newOf(`/v1/contacts/${(await enrolled()).contactId}/relationships`, RELATIONSHIP_BODY_EXAMPLE);
async function newPromise(): Promise<string> {
  const { enrollmentId, campaignId } = await enrolled();
  await api.call('POST', `/v1/enrollments/${enrollmentId}/callbacks`, { body: { at: '2027-03-02T17:00:00Z' } });
  return (await api.call('GET', `/v1/commitments?campaignId=${campaignId}`)).body.items[0].id;
}

async function heldEnrollment(): Promise<string> {
  const { enrollmentId } = await enrolled();
  const fact = { kind: 'handoff_requested', eventId: `held-${enrollmentId}`, enrollmentId, reason: 'Secret words' };
  await api.call('POST', '/v1/facts', { body: fact });
  return enrollmentId;
}

/** Every operation that changes something, done for good, and the entry that it has to leave. */
const WRITES: Readonly<Record<string, readonly [entity: string, change: string, (send: Send) => Promise<Reply>]>> = {
  'post /session': ['api_key', 'signed_in', (send) => send('POST', '/v1/session', { apiKey: api.keys.admin })],
  'patch /settings': ['settings', 'changed', (send) => send('PATCH', '/v1/settings', { companyName: 'Secret words' })],
  'post /caller-numbers': [
    'caller_number',
    'created',
    (send) => send('POST', '/v1/caller-numbers', { number: '+16465550172', label: 'Secret words' }),
  ],
  'patch /caller-numbers/:id': [
    'caller_number',
    'changed',
    async (send) =>
      send('PATCH', `/v1/caller-numbers/${await newOf('/v1/caller-numbers', { number: '+16465550173' })}`, {
        label: 'Secret words',
      }),
  ],
  'post /caller-numbers/:id/remove': [
    'caller_number',
    'removed',
    async (send) =>
      send('POST', `/v1/caller-numbers/${await newOf('/v1/caller-numbers', { number: '+16465550174' })}/remove`),
  ],
  'patch /enrichment-service': [
    'enrichment_service',
    'changed',
    (send) =>
      send('PATCH', '/v1/enrichment-service', {
        url: 'https://data.example.com/append',
        name: 'Secret words',
        token: 'Secret words',
        enabled: true,
      }),
  ],
  'post /contacts/:id/enrich': [
    'contact',
    'enrichment_requested',
    async (send) => {
      await api.call('PATCH', '/v1/enrichment-service', { body: { url: 'https://data.example.com', enabled: true } });
      return send('POST', `/v1/contacts/${(await enrolled()).contactId}/enrich`, {});
    },
  ],
  'post /campaigns/:id/use-default-hours': [
    'campaign',
    'default_hours_taken',
    async (send) => {
      const { id, revision } = await newDraft();
      return send('POST', `/v1/campaigns/${id}/use-default-hours`, { revision });
    },
  ],
  'post /enrollments/:id/handoff/take': [
    'enrollment',
    'handoff_taken',
    async (send) => send('POST', `/v1/enrollments/${await heldEnrollment()}/handoff/take`),
  ],
  'post /lists': ['list', 'created', (send) => send('POST', '/v1/lists', { name: 'Secret words', caseType: 'x' })],
  'patch /lists/:id': [
    'list',
    'changed',
    async (send) => send('PATCH', `/v1/lists/${await newList()}`, { name: 'Secret words' }),
  ],
  'delete /lists/:id': ['list', 'deleted', async (send) => send('DELETE', `/v1/lists/${await newList()}`)],
  'post /contacts': [
    'contact',
    'created',
    (send) => send('POST', '/v1/contacts', { firstName: 'Secret words', phones: ['+12125550153'] }),
  ],
  'post /lists/:id/contacts': [
    'contact',
    'created',
    async (send) =>
      send('POST', `/v1/lists/${await newList()}/contacts`, {
        items: [{ contact: { firstName: 'Secret words', phones: ['+12125550150'] } }],
      }),
  ],
  'post /lists/:id/import': [
    'list',
    'imported',
    async (send) =>
      send('POST', `/v1/lists/${await newList()}/import`, 'first_name,phone\nSecret words,+12125550151\n'),
  ],
  'post /lists/:id/members': [
    'list',
    'members_added',
    async (send) => {
      const { caseId } = await strayCase();
      return send('POST', `/v1/lists/${await newList()}/members`, { caseIds: [caseId] });
    },
  ],
  'post /lists/:id/members/remove': [
    'list',
    'members_removed',
    async (send) => {
      const { caseId } = await strayCase();
      const listId = await newList();
      await api.call('POST', `/v1/lists/${listId}/members`, { body: { caseIds: [caseId] } });
      return send('POST', `/v1/lists/${listId}/members/remove`, { caseIds: [caseId] });
    },
  ],
  'post /list-feeds': ['list_feed', 'created', async (send) => send('POST', '/v1/list-feeds', await feedBody())],
  'patch /list-feeds/:id': [
    'list_feed',
    'changed',
    async (send) =>
      send('PATCH', `/v1/list-feeds/${await newOf('/v1/list-feeds', await feedBody())}`, {
        statuses: ['Secret words'],
      }),
  ],
  'put /contacts/:id/addresses': [
    'contact',
    'addresses_changed',
    async (send) => {
      const { contactId } = await enrolled();
      const { revision } = (await api.call('GET', `/v1/contacts/${contactId}/addresses`)).body;
      const addresses = [{ kind: 'phone', value: '+12125550152' }];
      return send('PUT', `/v1/contacts/${contactId}/addresses`, { addresses, revision });
    },
  ],
  'post /contacts/:id/cases': [
    'case',
    'created',
    async (send) =>
      send('POST', `/v1/contacts/${(await enrolled()).contactId}/cases`, { caseType: 'x', title: 'Secret words' }),
  ],
  'patch /cases/:id': [
    'case',
    'changed',
    async (send) => send('PATCH', `/v1/cases/${(await strayCase()).caseId}`, { title: 'Secret words' }),
  ],
  'post /attributes': [
    'attribute',
    'created',
    (send) => send('POST', '/v1/attributes', { name: 'told_once', label: 'Secret words', type: 'text' }),
  ],
  'patch /attributes/:id': [
    'attribute',
    'changed',
    async (send) =>
      send('PATCH', `/v1/attributes/${await newOf('/v1/attributes', { name: 'told_twice', type: 'text' })}`, {
        label: 'Secret words',
      }),
  ],
  'post /contacts/:id/opt-in': [
    'contact',
    'opted_in',
    async (send) => {
      const { contactId } = await enrolled();
      await api.call('POST', `/v1/contacts/${contactId}/opt-out`, { body: {} });
      return send('POST', `/v1/contacts/${contactId}/opt-in`, {
        consent: { ...CONSENT_BODY_EXAMPLE, text: 'Secret words' },
      });
    },
  ],
  'post /connections/:id/webhook': [
    'connection',
    'webhook_renewed',
    async (send) => send('POST', `/v1/connections/${await newConnection()}/webhook`),
  ],
  'post /imports': [
    'import',
    'created',
    async (send) => send('POST', `/v1/imports?listId=${await newList()}`, IMPORTED),
  ],
  'patch /imports/:id': [
    'import',
    'changed',
    async (send) => send('PATCH', `/v1/imports/${await newImport()}`, { name: 'Secret words' }),
  ],
  'post /imports/:id/start': [
    'import',
    'started',
    async (send) => send('POST', `/v1/imports/${await newImport()}/start`),
  ],
  'post /imports/:id/cancel': [
    'import',
    'cancelled',
    async (send) => send('POST', `/v1/imports/${await newImport()}/cancel`),
  ],
  'patch /contacts/:id': [
    'contact',
    'changed',
    async (send) => send('PATCH', `/v1/contacts/${(await enrolled()).contactId}`, { firstName: 'Secret words' }),
  ],
  'post /contacts/:id/opt-out': [
    'contact',
    'opted_out',
    async (send) => send('POST', `/v1/contacts/${(await enrolled()).contactId}/opt-out`, {}),
  ],
  'post /campaigns': [
    'campaign',
    'created',
    async (send) => send('POST', '/v1/campaigns', definitionOf(await newList(), { name: 'Secret words' })),
  ],
  'post /campaigns/drafts': [
    'campaign',
    'created',
    (send) => send('POST', '/v1/campaigns/drafts', { name: 'Secret words' }),
  ],
  'patch /campaigns/:id/draft': [
    'campaign',
    'draft_saved',
    async (send) => {
      const { id, revision } = await newDraft();
      return send('PATCH', `/v1/campaigns/${id}/draft`, { revision, steps: { basics: { name: 'Secret words' } } });
    },
  ],
  'delete /campaigns/:id': [
    'campaign',
    'draft_deleted',
    async (send) => send('DELETE', `/v1/campaigns/${(await newDraft()).id}`),
  ],
  'post /campaigns/:id/duplicate': [
    'campaign',
    'created',
    async (send) => send('POST', `/v1/campaigns/${(await newDraft()).id}/duplicate`, { name: 'Secret words' }),
  ],
  'post /campaigns/import': [
    'campaign',
    'created',
    (send) =>
      send('POST', '/v1/campaigns/import', { ...PORTABLE_EXAMPLE, steps: { basics: { name: 'Secret words' } } }),
  ],
  'post /forms': ['form', 'created', (send) => send('POST', '/v1/forms', { name: 'Secret words' })],
  'patch /forms/:id': [
    'form',
    'changed',
    async (send) => send('PATCH', `/v1/forms/${await newForm()}`, { name: 'Secret words' }),
  ],
  'delete /forms/:id': ['form', 'deleted', async (send) => send('DELETE', `/v1/forms/${await newForm()}`)],
  'post /agents': ['agent', 'created', (send) => send('POST', '/v1/agents', { name: 'Secret words' })],
  'patch /agents/:id': [
    'agent',
    'changed',
    async (send) => send('PATCH', `/v1/agents/${await newAgent()}`, { name: 'Secret words' }),
  ],
  'delete /agents/:id': ['agent', 'deleted', async (send) => send('DELETE', `/v1/agents/${await newAgent()}`)],
  'put /campaigns/:id': [
    'campaign',
    'draft_changed',
    async (send) => {
      const { id, listId, revision } = await newDraft();
      return send('PUT', `/v1/campaigns/${id}`, {
        revision,
        definition: definitionOf(listId, { name: 'Secret words' }),
      });
    },
  ],
  'put /campaigns/:id/rules': [
    'campaign',
    'rules_changed',
    async (send) => {
      const { id, revision } = await newDraft();
      return send('PUT', `/v1/campaigns/${id}/rules`, { revision, rules: [] });
    },
  ],
  'post /campaigns/:id/launch': [
    'campaign',
    'campaign_launched',
    async (send) => send('POST', `/v1/campaigns/${await draftWithOne()}/launch`),
  ],
  'post /campaigns/:id/pause': [
    'campaign',
    'campaign_paused',
    async (send) => send('POST', `/v1/campaigns/${await campaignIn('active')}/pause`),
  ],
  'post /campaigns/:id/resume': [
    'campaign',
    'campaign_resumed',
    async (send) => send('POST', `/v1/campaigns/${await campaignIn('paused')}/resume`),
  ],
  'post /campaigns/:id/stop': [
    'campaign',
    'campaign_ended',
    async (send) => send('POST', `/v1/campaigns/${await campaignIn('active')}/stop`),
  ],
  'post /campaigns/:id/archive': [
    'campaign',
    'campaign_archived',
    async (send) => send('POST', `/v1/campaigns/${await campaignIn('completed')}/archive`),
  ],
  'post /enrollments/:id/orders': [
    'enrollment',
    'order:complete',
    async (send) =>
      send('POST', `/v1/enrollments/${(await enrolled()).enrollmentId}/orders`, {
        order: 'complete',
        note: 'Secret words',
      }),
  ],
  'post /campaigns/:id/contacts': [
    'enrollment',
    'contact_added',
    async (send) => {
      const { campaignId } = await enrolled();
      const { contactId } = await enrolled();
      return send('POST', `/v1/campaigns/${campaignId}/contacts`, { contactId });
    },
  ],
  'delete /campaigns/:id/contacts/:contactId': [
    'enrollment',
    'contact_removed',
    async (send) => {
      const { campaignId, contactId } = await enrolled();
      return send('DELETE', `/v1/campaigns/${campaignId}/contacts/${contactId}`);
    },
  ],
  'post /campaigns/:id/contact-operations': [
    'campaign',
    'contacts_complete',
    async (send) => {
      const { campaignId, enrollmentId } = await enrolled();
      const body = { order: 'complete', enrollmentIds: [enrollmentId], note: 'Secret words' };
      return send('POST', `/v1/campaigns/${campaignId}/contact-operations`, body);
    },
  ],
  'post /campaigns/:id/contact-operations/import': [
    'campaign',
    'contacts_complete',
    async (send) =>
      send('POST', `/v1/campaigns/${(await enrolled()).campaignId}/contact-operations/import`, 'Secret words\n'),
  ],
  'post /enrollments/:id/callbacks': [
    'enrollment',
    'callback_requested',
    async (send) =>
      send('POST', `/v1/enrollments/${(await enrolled()).enrollmentId}/callbacks`, { at: '2027-03-02T17:00:00Z' }),
  ],
  'post /executions/:id/retry': [
    'execution',
    'retried',
    async (send) => send('POST', `/v1/executions/${await failedExecution()}/retry`),
  ],
  'post /facts': [
    'enrollment',
    'form_completed',
    async (send) =>
      send('POST', '/v1/facts', {
        kind: 'form_completed',
        eventId: 'form-1',
        enrollmentId: (await enrolled()).enrollmentId,
      }),
  ],
  'post /connections': ['connection', 'created', (send) => send('POST', '/v1/connections', CONNECTION_BODY_EXAMPLE)],
  'patch /connections/:id': [
    'connection',
    'changed',
    async (send) => send('PATCH', `/v1/connections/${await newConnection()}`, { name: 'Secret words' }),
  ],
  'post /connections/:id/disable': [
    'connection',
    'disabled',
    async (send) => send('POST', `/v1/connections/${await newConnection()}/disable`),
  ],
  'post /connections/:id/resume': [
    'connection',
    'resumed',
    async (send) => {
      const id = await newConnection();
      await api.call('POST', `/v1/connections/${id}/disable`);
      return send('POST', `/v1/connections/${id}/resume`);
    },
  ],
  'put /connections/:id/mapping': [
    'connection',
    'mapping_changed',
    async (send) =>
      send('PUT', `/v1/connections/${await newConnection()}/mapping`, {
        revision: 1,
        statuses: [{ value: 'Secret words', label: 'Secret words' }],
      }),
  ],
  'post /connections/:id/status-webhook/renew': [
    'connection',
    'status_webhook_renewed',
    async (send) => send('POST', `/v1/connections/${await newConnection()}/status-webhook/renew`),
  ],
  'put /campaigns/:id/connection': [
    'campaign',
    'connection_changed',
    async (send) => {
      const connectionId = await newConnection();
      return send('PUT', `/v1/campaigns/${(await newDraft()).id}/connection`, { connectionId });
    },
  ],
  'post /templates': [
    'template',
    'created',
    (send) => send('POST', '/v1/templates', { ...TEMPLATE_BODY_EXAMPLE, name: 'Secret words' }),
  ],
  'patch /templates/:id': [
    'template',
    'changed',
    async (send) =>
      send('PATCH', `/v1/templates/${await newTemplate()}`, {
        revision: 1,
        variants: [{ language: 'en', text: 'Secret words' }],
      }),
  ],
  'post /templates/:id/archive': [
    'template',
    'archived',
    async (send) => send('POST', `/v1/templates/${await newTemplate()}/archive`),
  ],
  'post /templates/:id/restore': [
    'template',
    'restored',
    async (send) => {
      const id = await newTemplate();
      await api.call('POST', `/v1/templates/${id}/archive`);
      return send('POST', `/v1/templates/${id}/restore`);
    },
  ],
  'post /own-addresses': [
    'own_address',
    'registered',
    (send) => send('POST', '/v1/own-addresses', { kind: 'phone', value: '+12125550180', label: 'Secret words' }),
  ],
  'post /own-addresses/:id/code': [
    'own_address',
    'code_ordered',
    async (send) => send('POST', `/v1/own-addresses/${await newOwnAddress()}/code`),
  ],
  'post /own-addresses/:id/confirm': [
    'own_address',
    'verified',
    async (send) => {
      const id = await newOwnAddress();
      return send('POST', `/v1/own-addresses/${id}/confirm`, { code: ownAddressCode(api.config.secretKey, id, 1) });
    },
  ],
  'delete /own-addresses/:id': [
    'own_address',
    'removed',
    async (send) => send('DELETE', `/v1/own-addresses/${await newOwnAddress()}`),
  ],
  'post /test-messages': [
    'own_message',
    'test_ordered',
    async (send) => {
      const ownAddressId = await newOwnAddress();
      await api.sql`update own_address set verified_rt = clock_timestamp() where id = ${ownAddressId}`;
      return send('POST', '/v1/test-messages', { ownAddressId, templateId: await newTemplate() });
    },
  ],
  'post /api-keys': [
    'api_key',
    'created',
    (send) => send('POST', '/v1/api-keys', { name: 'Secret words', role: 'viewer' }),
  ],
  'patch /api-keys/:id': [
    'api_key',
    'disabled',
    async (send) => send('PATCH', `/v1/api-keys/${(await newKey()).id}`, { disabled: true }),
  ],
  'post /legal-rules': ['legal_rule', 'added', (send) => send('POST', '/v1/legal-rules', LEGAL_RULE_BODY_EXAMPLE)],
  'patch /legal-rules/:id': [
    'legal_rule',
    'changed',
    async (send) => send('PATCH', `/v1/legal-rules/${await newRule()}`, { source: 'Secret words' }),
  ],
  'post /legal-rules/:id/retire': [
    'legal_rule',
    'retired',
    async (send) =>
      send('POST', `/v1/legal-rules/${await newRule()}/retire`, { source: 'repealed', reviewedBy: 'Ada' }),
  ],
  'post /calendar-days': [
    'calendar_day',
    'added',
    (send) => send('POST', '/v1/calendar-days', CALENDAR_DAY_BODY_EXAMPLE),
  ],
  'patch /calendar-days/:id': [
    'calendar_day',
    'changed',
    async (send) => send('PATCH', `/v1/calendar-days/${await newDay()}`, { name: 'Secret words', source: 'policy' }),
  ],
  'post /calendar-days/:id/retire': [
    'calendar_day',
    'retired',
    async (send) => send('POST', `/v1/calendar-days/${await newDay()}/retire`, { source: 'policy', reviewedBy: 'Ada' }),
  ],
  'post /contacts/:id/consents': [
    'contact',
    'consent_given',
    async (send) =>
      send('POST', `/v1/contacts/${(await enrolled()).contactId}/consents`, {
        ...CONSENT_BODY_EXAMPLE,
        text: 'Secret words',
      }),
  ],
  'post /consents/:id/revoke': [
    'contact',
    'consent_revoked',
    async (send) => send('POST', `/v1/consents/${await newConsent()}/revoke`),
  ],
  'post /contacts/:id/relationships': [
    'contact',
    'relationship_recorded',
    async (send) =>
      send('POST', `/v1/contacts/${(await enrolled()).contactId}/relationships`, {
        ...RELATIONSHIP_BODY_EXAMPLE,
        source: 'Secret words',
      }),
  ],
  'post /relationships/:id/withdraw': [
    'contact',
    'relationship_withdrawn',
    async (send) => send('POST', `/v1/relationships/${await newRelationship()}/withdraw`),
  ],
  'post /number-checks': [
    'number_check',
    'recorded',
    (send) => send('POST', '/v1/number-checks', { ...CHECKS_BODY_EXAMPLE, source: 'Secret words' }),
  ],
  'patch /spending/rates': [
    'spending',
    'changed',
    (send) => send('PATCH', '/v1/spending/rates', { callMinuteMicros: 14_000 }),
  ],
  'put /spending': [
    'spending',
    'spend_limits',
    (send) => send('PUT', '/v1/spending', { perDayMicros: null, totalMicros: null }),
  ],
  'put /campaigns/:id/spending': [
    'campaign',
    'spend_limits',
    async (send) =>
      send('PUT', `/v1/campaigns/${await campaignIn('active')}/spending`, { perDayMicros: 1, totalMicros: null }),
  ],
  'post /campaigns/:id/publish': [
    'campaign',
    'version_published',
    async (send) => {
      const campaignId = await campaignIn('active');
      const { definition, revision } = (await api.call('GET', `/v1/campaigns/${campaignId}`)).body;
      return send('POST', `/v1/campaigns/${campaignId}/publish`, {
        revision,
        definition: { ...definition, description: 'Secret words' },
        inside: 'adopt',
      });
    },
  ],
  'post /campaigns/:id/forecast': [
    'campaign',
    'forecast_asked',
    async (send) => send('POST', `/v1/campaigns/${await campaignIn('active')}/forecast`, {}),
  ],
  'post /campaigns/:id/reports': [
    'campaign',
    'report_asked',
    async (send) => {
      const { campaignId } = await launchForOne(api, { reports: [WEEKLY_REPORT] });
      return send('POST', `/v1/campaigns/${campaignId}/reports`, { key: WEEKLY_REPORT.key });
    },
  ],
  'post /forecasts/:id/cancel': [
    'campaign',
    'forecast_cancelled',
    async (send) => {
      const { id } = (await api.call('POST', `/v1/campaigns/${await campaignIn('active')}/forecast`, { body: {} }))
        .body;
      await api.sql`update forecast set state = 'waiting' where id = ${id}`;
      return send('POST', `/v1/forecasts/${id}/cancel`);
    },
  ],
  'post /enrollments/:id/bring-back': [
    'enrollment',
    'order:bring_back',
    async (send) => {
      const { enrollmentId } = await enrolled();
      await api.sql`update enrollment set left_for_good = true where id = ${enrollmentId}`;
      return send('POST', `/v1/enrollments/${enrollmentId}/bring-back`, { note: 'Secret words' });
    },
  ],
  'post /enrollments/:id/next-touch': [
    'enrollment',
    'touch_moved',
    async (send) =>
      send('POST', `/v1/enrollments/${(await enrolled()).enrollmentId}/next-touch`, { note: 'Secret words' }),
  ],
  'post /commitments/:id/move': [
    'enrollment',
    'callback_requested',
    async (send) => send('POST', `/v1/commitments/${await newPromise()}/move`, { at: '2027-03-03T17:00:00Z' }),
  ],
  'post /commitments/:id/cancel': [
    'enrollment',
    'order:cancel_callback',
    async (send) => send('POST', `/v1/commitments/${await newPromise()}/cancel`, { note: 'Secret words' }),
  ],
  'post /contacts/:id/erase': [
    'contact',
    'erased',
    async (send) => send('POST', `/v1/contacts/${(await enrolled()).contactId}/erase`),
  ],
  'post /recovery': [
    'installation',
    'recovery_wanted',
    async (send) => {
      await api.sql`update installation set locked_rt = clock_timestamp(), lock_reason = 'postgres_lost', gap_from_rt = clock_timestamp()`;
      return send('POST', '/v1/recovery');
    },
  ],
};

/** Ends the session of a cookie, which these requests have none of; asks a CRM, or only what would be, which changes nothing. */
const ELSEWHERE = [
  'delete /session',
  'post /connections/:id/test',
  'post /connections/:id/mapping/refresh',
  'post /campaigns/:id/publish/preview',
  'post /lists/preview',
];

async function failedExecution(): Promise<string> {
  const { enrollmentId } = await enrolled();
  const [fact] = await api.sql<{ id: string }[]>`
    with i as (insert into inbox (source, event_key, raw, at) values ('test', 'retry', '{}', app_now()) returning id)
    insert into fact (inbox_id, kind, enrollment_id, body, actor, at)
    select id, 'order', ${enrollmentId}, '{}', 'test', app_now() from i returning id`;
  const [row] = await api.sql<{ id: string }[]>`
    insert into execution (id, enrollment_id, fact_id, rule_key, action_ix, case_id, kind, payload, state, at, finished_at)
    select gen_random_uuid(), ${enrollmentId}, ${fact?.id ?? null}, 'r', 0, e.cases[1], 'crm_status', '{}', 'failed', app_now(), app_now()
    from enrollment e where e.id = ${enrollmentId} returning id`;
  return row?.id ?? '';
}

it('every operation that changes something is tried here', () => {
  // Only looked at: nothing stands behind it.
  const routes = apiRoutes({ config: {} } as unknown as Parameters<typeof apiRoutes>[0]);
  const writes = routes.filter(({ method }) => method !== 'get').map(({ method, path }) => `${method} ${path}`);
  expect([...Object.keys(WRITES), ...ELSEWHERE].sort()).toEqual(writes.sort());
});

describe('the change log', () => {
  it.each(Object.entries(WRITES))(
    'says who did %s, and by which request',
    async (operation, [entity, change, make]) => {
      const requestId = operation.replaceAll(/\W+/g, '-');
      const answer = await make((method, path, body) =>
        api.call(method, path, {
          ...(body === undefined ? {} : { body }),
          headers: { 'x-request-id': requestId },
          ...(operation === 'post /session' ? { key: null } : {}),
        }),
      );
      expect([operation, answer.status < 300 ? 'done' : answer.text]).toEqual([operation, 'done']);
      const { items } = (await api.call('GET', `/v1/changes?requestId=${requestId}`)).body;
      const entry = items.find((item: { change: string }) => item.change === change);
      expect(entry).toMatchObject({ entity, change, actor: 'key:Ada', requestId, at: '2027-03-01T17:00:00.000Z' });
      expect(entry.apiKeyId).toEqual(operation === 'post /session' ? null : expect.any(String));
      expect(JSON.stringify(items)).not.toMatch(/Secret words|\+1212/);
    },
  );

  it('says nothing of what was refused or changed nothing', async () => {
    const before = (await api.call('GET', '/v1/changes?limit=1')).body.items[0].id;
    await api.call('PATCH', '/v1/settings', { body: { companyName: 'Secret words' } });
    await api.call('POST', '/v1/lists', { body: { name: 'x' } });
    await api.call('PATCH', '/v1/settings', { key: api.keys.viewer, body: { companyName: 'By a viewer' } });
    expect((await api.call('GET', '/v1/changes?limit=1')).body.items[0].id).toBe(before);
  });

  it('is filtered by entity, id, actor and time, and comes in pages', async () => {
    const { id } = (
      await api.call('POST', '/v1/lists', { body: { name: 'By Ed', caseType: 'x' }, key: api.keys.editor })
    ).body;
    const of = async (query: string) => (await api.call('GET', `/v1/changes?${query}`)).body.items;
    expect(await of('actor=key:Ed')).toMatchObject([
      { entity: 'list', entityId: id, change: 'created', actor: 'key:Ed' },
    ]);
    expect(await of(`entity=list&entityId=${id}`)).toHaveLength(1);
    expect(await of(`entity=campaign&entityId=${id}`)).toEqual([]);
    expect(await of('since=2027-03-01T17:00:01Z')).toEqual([]);
    expect(await of('until=2027-03-01T17:00:00Z')).toEqual([]);
    expect(await of('since=2027-03-01T17:00:00Z&until=2027-03-01T17:00:01Z&entity=settings')).not.toEqual([]);
    const first = (await api.call('GET', '/v1/changes?entity=list&limit=2')).body;
    const second = (await api.call('GET', `/v1/changes?entity=list&limit=2&cursor=${first.nextCursor}`)).body;
    const ids = [...first.items, ...second.items].map((item: { id: number }) => item.id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
    expect((await api.call('GET', '/v1/changes?entity=nonsense')).status).toBe(400);
  });
});
