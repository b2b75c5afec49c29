import { receive } from '../db/inbox';
import { enrollPage } from '../db/sweeps/enroll';
import { addressHash, attemptIdOf } from '../db/tokens';
import type { TestApi } from './api';

const OUR_NUMBER = '+12125550199';

/** A campaign of one text and up to three calls, valid but for what is overridden. */
export function definitionOf(listId: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'Intake follow-up',
    listId,
    plan: {
      formId: 'intake',
      runs: [
        {
          key: 'first',
          startsOn: '2027-03-01',
          hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
          calls: { attempts: 3, greeting: 'Hello {{contact.first_name | default: "there"}}, we call about your case.' },
          messages: [
            {
              key: 'hello',
              channel: 'sms',
              when: { kind: 'before_call', delayMinutes: 2 },
              text: 'We will call you soon.',
            },
          ],
        },
      ],
    },
    policy: {
      rules: [
        {
          key: 'unreachable',
          when: { trigger: 'call_outcome', outcome: 'unsuccessful' },
          then: [{ kind: 'stop_calls' }, { kind: 'crm_status', status: 'Unreachable' }],
        },
        {
          key: 'opted-out',
          when: { trigger: 'reply_bucket', outcome: 'opted_out' },
          then: [{ kind: 'stop_campaign' }],
        },
      ],
    },
    ...overrides,
  };
}

/** What a campaign may mail of itself. */
export const WEEKLY_REPORT = {
  key: 'weekly',
  kind: 'client_engagement',
  name: 'Every Monday',
  every: { period: 'week', weekday: 1 },
  time: '09:00',
  recipients: ['partner@example.com'],
};

/** A run of three calls and nothing else. */
export const CALLS = { attempts: 3, greeting: 'Hello.' };

export function hoursOf(...slots: [open: string, close: string][]) {
  return { mode: 'calling_times', slots: slots.map(([open, close]) => ({ open, close })) };
}

export function planWith(run: Record<string, unknown>) {
  return { plan: { runs: [{ key: 'first', startsOn: '2027-03-01', ...run }] } };
}

/** A new list of the people in the CSV file. */
export async function listOf(api: TestApi, csv: string | null): Promise<string> {
  const list = await api.call('POST', '/v1/lists', { body: { name: 'Intake list', caseType: 'intake' } });
  if (csv !== null) await api.call('POST', `/v1/lists/${list.body.id}/import`, { body: csv });
  return list.body.id;
}

/** Sets what every launch needs of the company. */
export async function readyToLaunch(api: TestApi): Promise<void> {
  await api.call('PATCH', '/v1/settings', { body: { callerNumbers: [OUR_NUMBER], mailFrom: 'intake@example.com' } });
}

export interface Launched {
  readonly listId: string;
  readonly campaignId: string;
  readonly contactId: string;
  readonly enrollmentId: string;
}

let people = 0;

/** One person in one campaign that runs: Asha in New York, with a phone and a mail address of her own. */
export async function launchForOne(
  api: TestApi,
  overrides: Record<string, unknown> = {},
): Promise<Launched & { phone: string; email: string }> {
  people += 1;
  const phone = `+1212555${String(100 + (people % 100)).padStart(4, '0')}`;
  const email = `asha${people}@example.com`;
  await readyToLaunch(api);
  const listId = await listOf(api, null);
  const imported = await api.call('POST', `/v1/lists/${listId}/contacts`, {
    body: {
      items: [
        {
          contact: {
            externalId: `P-${people}`,
            firstName: 'Asha',
            zone: 'America/New_York',
            phones: [phone],
            emails: [email],
          },
        },
      ],
    },
  });
  const contactId: string = imported.body.results[0].contactId;
  const campaign = await api.call('POST', '/v1/campaigns', { body: definitionOf(listId, overrides) });
  const campaignId: string = campaign.body.id;
  await api.call('POST', `/v1/campaigns/${campaignId}/launch`);
  return { listId, campaignId, contactId, enrollmentId: await enrollOne(api, campaignId), phone, email };
}

/** The sweep takes one campaign after the other; here until this one had its turn. */
async function enrollOne({ sql }: TestApi, campaignId: string): Promise<string> {
  for (;;) {
    const [row] = await sql<{ id: string }[]>`select id from enrollment where campaign_id = ${campaignId}`;
    if (row !== undefined) return row.id;
    await enrollPage(sql);
  }
}

/** A call or text to the person as it stands after the provider took it. */
export async function insertAttempt(
  { sql, config }: TestApi,
  {
    enrollmentId,
    phone,
    channel = 'voice',
    sid,
    ordinal = 1,
  }: { enrollmentId: string; phone: string; channel?: string; sid: string | null; ordinal?: number },
): Promise<string> {
  const touchKey = `first.${channel === 'voice' ? 'call' : 'hello'}.${ordinal}`;
  const id = attemptIdOf(enrollmentId, touchKey, 1);
  const content =
    channel === 'voice'
      ? {
          kind: 'call',
          greeting: 'Hello Asha & <all>, we call about your case.',
          voicemail: null,
          ringSeconds: 25,
          language: 'en',
        }
      : { kind: 'sms', text: 'We will call you soon.' };
  await sql`
    insert into attempt (id, enrollment_id, touch_key, try, run_key, step_key, ordinal, channel, from_hash, to_hash, state, status,
      rank, provider_sid, token_hash, claimed_at, post_by_rt, accepted_at, version_id, permit, content)
    select ${id}, e.id, ${touchKey}, 1, 'first', ${channel === 'voice' ? 'call' : 'hello'}, ${ordinal}, ${channel},
      ${addressHash(config.addressKey, 'phone', OUR_NUMBER)}, ${addressHash(config.addressKey, 'phone', phone)},
      'accepted', 'queued', 1, ${sid}, 'unused', app_now(), clock_timestamp(), app_now(), c.current_version_id, '{}',
      ${JSON.stringify(content)}::text::jsonb
    from enrollment e join campaign c on c.id = e.campaign_id
    where e.id = ${enrollmentId}`;
  return id;
}

/** The provider's word that the call was answered and is over. */
export async function answerAndEnd({ sql }: TestApi, attemptId: string): Promise<void> {
  for (const status of ['in_progress', 'completed'] as const) {
    await receive(sql, {
      source: 'test',
      eventKey: `test:${attemptId}:${status}`,
      raw: {},
      actor: 'provider',
      fact: { attemptId, body: { kind: 'call_progress', status } },
    });
  }
}
