import type { Noun } from '../db/case-scope';
import { enrollPage } from '../db/sweeps/enroll';
import { AGENT_BODY_EXAMPLE } from '../api/answers/agents';
import { CONSENT_BODY_EXAMPLE } from '../api/answers/consents';
import type { Reply, TestApi } from './api';
import { answerAndEnd, definitionOf, insertAttempt } from './api-people';

/** A company with two case types: of each there is one of everything, with a word in it that stands nowhere else. */

export interface Side {
  readonly caseType: string;
  /** In every text that is of the type. */
  readonly word: string;
  readonly ids: Readonly<Record<Noun, string>>;
  /** A draft of the type, and one that names neither list nor form. */
  readonly draftId: string;
  readonly untypedId: string;
  /** An enrollment that waits for a person. */
  readonly heldId: string;
  /** The call of the attempt as the provider names it. */
  readonly callSid: string;
  readonly phone: string;
  readonly email: string;
}

export interface TwoCaseTypes {
  readonly mine: Side;
  readonly theirs: Side;
  /** Has a case of each type and is enrolled in a campaign of each. */
  readonly bothId: string;
  readonly connectionId: string;
}

const BOTH = { externalId: 'BOTH', firstName: 'Bea', zone: 'America/New_York', phones: ['+12125550150'] };

export async function buildTwoCaseTypes(api: TestApi): Promise<TwoCaseTypes> {
  await api.call('PATCH', '/v1/settings', {
    body: { callerNumbers: ['+12125550199'], mailFrom: 'intake@example.com', address: '1 Main St' },
  });
  const connection = { name: 'Cases', kind: 'http', settings: {}, credentials: {} };
  const [made] = await api.sql<{ id: string }[]>`
    insert into connection (name, kind, settings, credentials, actor)
    values (${connection.name}, 'http', '{"url": "https://crm.example.com"}', 'sealed', 'test') returning id`;
  const connectionId = made?.id ?? '';
  const mine = await buildSide(api, connectionId, { caseType: 'injury', word: 'Kiwi', n: 1 });
  const theirs = await buildSide(api, connectionId, { caseType: 'merger', word: 'Zebra', n: 2 });
  return { mine, theirs, bothId: mine.bothId, connectionId };
}

interface Plan {
  readonly caseType: string;
  readonly word: string;
  readonly n: number;
}

async function buildSide(api: TestApi, connectionId: string, { caseType, word, n }: Plan) {
  const { sql } = api;
  const made = async (path: string, body: unknown, method = 'POST') => bodyOf(await api.call(method, path, { body }));
  const phone = `+1212555014${n}`;
  const email = `${word.toLowerCase()}@example.com`;
  const list = await made('/v1/lists', { name: `${word} list`, caseType });
  const own = {
    externalId: `${word}-1`,
    firstName: word,
    zone: 'America/New_York',
    phones: [phone],
    emails: [email],
    attributes: { note: word },
    tags: [word],
  };
  const taken = await made(`/v1/lists/${list.id}/contacts`, {
    items: [
      { contact: own, cases: [{ externalId: `${word}-case`, title: `${word} matter`, status: word }] },
      { contact: BOTH, cases: [{ externalId: `${word}-both`, title: `${word} too`, status: word }] },
    ],
  });
  const [contactId, bothId] = taken.results.map((each: { contactId: string }) => each.contactId);
  const form = await made('/v1/forms', { name: `${word} form`, caseType });
  const agent = await made('/v1/agents', { ...AGENT_BODY_EXAMPLE, name: `${word} agent`, formId: form.id });
  const weekly = {
    key: 'weekly',
    kind: 'client_engagement',
    name: `${word} report`,
    every: { period: 'day' },
    time: '09:00',
    recipients: [email],
  };
  const named = { name: `${word} campaign`, description: word, subject: word };
  const definition = definitionOf(list.id, { ...named, reports: [weekly] });
  const plan = { ...Object(definition['plan']), formId: form.id, agentId: agent.id };
  const campaign = await made('/v1/campaigns', { ...definition, plan });
  await made(`/v1/campaigns/${campaign.id}/launch`, {});
  const enrollmentId = await enrolled(api, campaign.id, contactId);
  const heldId = await enrolled(api, campaign.id, bothId);
  const draft = await made('/v1/campaigns/drafts', { name: `${word} draft` });
  await made(
    `/v1/campaigns/${draft.id}/draft`,
    { revision: 1, steps: { list: { listId: list.id }, form: { formId: form.id } } },
    'PATCH',
  );
  const untyped = await made('/v1/campaigns/drafts', { name: `${word} to be` });
  const imported = await made(`/v1/imports?listId=${list.id}`, `external_id,first_name,phone\n${word}-9,${word},12\n`);
  const feed = await made('/v1/list-feeds', { listId: list.id, connectionId, statuses: [word] });
  const forecast = await made(`/v1/campaigns/${campaign.id}/forecast`, { days: 7 });
  const order = { order: 'resume', enrollmentIds: [enrollmentId], note: word };
  const operation = await made(`/v1/campaigns/${campaign.id}/contact-operations`, order);
  const consent = await made(`/v1/contacts/${contactId}/consents`, { ...CONSENT_BODY_EXAMPLE, text: word });
  const inquiry = { kind: 'inquiry', happenedOn: '2026-01-15', source: word };
  const relationship = await made(`/v1/contacts/${contactId}/relationships`, inquiry);
  const report = await made(`/v1/campaigns/${campaign.id}/reports`, { key: 'weekly' });
  await made(`/v1/enrollments/${enrollmentId}/callbacks`, { at: '2027-03-05T15:00:00Z' });
  const callSid = `CA${String(n).repeat(32)}`;
  const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: callSid });
  await answerAndEnd(api, attemptId);
  const about = { attemptId, outcome: 'unsuccessful', summary: word };
  await made('/v1/facts', { kind: 'call_outcome', eventId: `${word} outcome`, ...about });
  await made('/v1/facts', { kind: 'handoff_requested', eventId: `${word} held`, enrollmentId: heldId, reason: word });
  await made(`/v1/contacts/${bothId}/opt-out`, { caseType, reason: word });
  const one = async (query: Promise<readonly { id: string }[]>) => {
    const [row] = await query;
    if (row === undefined) throw new Error(`something of the ${caseType} side is missing`);
    return row.id;
  };
  const ids: Record<Noun, string> = {
    list: list.id,
    import: imported.id,
    feed: feed.id,
    case: await one(sql`select id from cases where external_id = ${`${word}-case`}`),
    contact: contactId,
    consent: consent.id,
    relationship: relationship.id,
    enrichment: await one(sql`
      insert into enrichment (contact_id, enrollment_id, need, cause, kinds, source, actor)
      values (${contactId}, ${enrollmentId}, ${word}, 'manual', '{phone}', ${word}, 'test') returning id`),
    form: form.id,
    agent: agent.id,
    campaign: campaign.id,
    version: await one(sql`select id from version where campaign_id = ${campaign.id}`),
    forecast: forecast.id,
    report: report.id,
    contact_operation: operation.id,
    enrollment: enrollmentId,
    attempt: attemptId,
    commitment: await one(sql`select id from commitment where enrollment_id = ${enrollmentId}`),
    execution: await one(sql`select id from execution where enrollment_id = ${enrollmentId}`),
    test_message: await one(sql`
      insert into own_message (id, kind, channel, content, campaign_id, run_key, step_key, deadline_rt, actor)
      values (gen_random_uuid(), 'test', 'sms', ${JSON.stringify({ kind: 'sms', text: word })}::text::jsonb, ${campaign.id}, 'first',
        'hello', clock_timestamp(), 'test') returning id`),
  };
  return { caseType, word, ids, draftId: draft.id, untypedId: untyped.id, heldId, callSid, phone, email, bothId };
}

async function enrolled({ sql }: TestApi, campaignId: string, contactId: string): Promise<string> {
  for (;;) {
    const [row] = await sql<{ id: string }[]>`
      select id from enrollment where campaign_id = ${campaignId} and contact_id = ${contactId}`;
    if (row !== undefined) return row.id;
    await enrollPage(sql);
  }
}

function bodyOf({ status, text, body }: Reply): Reply['body'] {
  if (status >= 300) throw new Error(`${status}: ${text}`);
  return body;
}

/** What stands in the tables, but for what is noted of every request whatever it came to. */
export async function everyRow({ sql }: TestApi): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public'`;
  const kept = tables.filter(({ name }) => !NOTED.includes(name));
  const entries = kept.map(async ({ name }) => {
    const [row] = await sql<{ rows: string }[]>`
      select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as rows from ${sql(name)} t`;
    return [name, row?.rows ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** A file that nobody wants is swept away. */
const NOTED = ['api_key', 'api_usage', 'idempotency', 'session', 'stored_file', 'stored_file_piece'];
