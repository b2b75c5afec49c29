import type { InsistentClient } from './insistent-client';

/** A campaign that has everything in it: every channel, every kind of message, a rule for every trigger. */

/** New York, Chicago, Denver, Los Angeles. */
const AREA_CODES = ['212', '312', '303', '213'];
const FICTIONAL_PER_AREA = 100;
export const MOST_PEOPLE = AREA_CODES.length * FICTIONAL_PER_AREA;
export const OUR_NUMBERS = ['+12025550190', '+12025550191'];
const CASES_FROM = 40_000;

const LINES = 5;
const RATE_PERCENT = 80;
/** As the provider sees it, at any instant. */
export const MOST_LIVE_CALLS = (LINES * RATE_PERCENT) / 100;

const SETTINGS = {
  companyName: 'Example Law',
  address: '1 Example Street, Springfield',
  phone: '+12125550199',
  callerNumbers: OUR_NUMBERS,
  mailFrom: 'intake@example.com',
  lines: LINES,
  ratePercent: RATE_PERCENT,
  openingJitterSeconds: 0,
  closingMarginSeconds: 0,
  caps: { phone: { perDay: 12, perWeek: 30, perMonth: 60 }, email: { perDay: 12, perWeek: 30, perMonth: 60 } },
};

const RULES = [
  rule('converted', { trigger: 'call_outcome', outcome: 'converted' }, [
    { kind: 'stop_campaign' },
    { kind: 'crm_status', status: 'Retained' },
    { kind: 'crm_note', text: 'Client signed up today.' },
  ]),
  rule('successful', { trigger: 'call_outcome', outcome: 'successful' }, [
    { kind: 'stop_calls' },
    { kind: 'crm_status', status: 'Reached' },
  ]),
  rule('disqualified', { trigger: 'call_outcome', outcome: 'disqualified' }, [
    { kind: 'stop_campaign' },
    { kind: 'crm_status', status: 'Disqualified' },
  ]),
  rule('unsuccessful', { trigger: 'call_outcome', outcome: 'unsuccessful' }, [
    { kind: 'crm_status', status: 'Unreachable' },
    { kind: 'crm_note', text: 'No answer after multiple attempts.' },
  ]),
  rule('opted-out', { trigger: 'reply_bucket', outcome: 'opted_out' }, [{ kind: 'stop_campaign' }]),
  rule('interested', { trigger: 'reply_bucket', outcome: 'interested' }, [
    { kind: 'crm_status', status: 'Interested' },
    { kind: 'stop_messaging' },
  ]),
  rule('form', { trigger: 'form', outcome: 'completed' }, [{ kind: 'crm_note', text: 'The form is in.' }]),
  rule('handoff', { trigger: 'handoff', outcome: 'requested' }, [{ kind: 'crm_note', text: 'Asked for a human.' }]),
];

function rule(key: string, when: object, then: readonly object[]) {
  return { key, when, then };
}

/** Two days of calls and messages, from `startsOn` on. */
function planOf(startsOn: string, endsOn: string) {
  const hours = { mode: 'calling_times', slots: [{ open: '08:00', close: '20:00' }] };
  return {
    formId: 'intake',
    runs: [
      {
        key: 'days',
        startsOn,
        endsOn,
        weekdays: [1, 2, 3, 4, 5, 6, 7],
        hours,
        calls: {
          attempts: 4,
          perDay: 3,
          spacingMinutes: { default: 30, busy: 10, noAnswer: 20 },
          greeting: 'Hello {{contact.first_name}}, this is {{company.name}}. How can we help?',
          voicemail: { kind: 'leave_text', text: 'This is {{company.name}}. Please call us back.' },
        },
        messages: [
          {
            key: 'ahead',
            channel: 'sms',
            when: { kind: 'before_call', delayMinutes: 5 },
            text: 'Hello {{contact.first_name}}, we will call you shortly. Reply STOP to opt out.',
          },
          {
            key: 'after',
            channel: 'email',
            when: { kind: 'after_call', results: ['any'], delayMinutes: 5, repeat: 'each' },
            subject: 'Your inquiry at {{company.name}}',
            text: 'Please tell us what happened: {{form.link}}',
          },
        ],
      },
      {
        key: 'texts',
        startsOn,
        endsOn,
        weekdays: [1, 2, 3, 4, 5, 6, 7],
        hours,
        messages: [
          { key: 'first', channel: 'sms', when: { kind: 'after_start', delayMinutes: 45 }, text: 'We are still here.' },
          {
            key: 'mail',
            channel: 'email',
            when: { kind: 'after_start', delayMinutes: 90 },
            subject: 'We are still here',
            text: 'The form is here: {{form.link}}',
          },
        ],
      },
    ],
  };
}

export interface Wave {
  readonly campaignId: string;
  readonly phones: readonly string[];
}

export function phoneOf(n: number): string {
  const area = AREA_CODES[n % AREA_CODES.length] ?? '';
  return `+1${area}55501${String(Math.floor(n / AREA_CODES.length)).padStart(2, '0')}`;
}

export async function setUp(api: InsistentClient): Promise<void> {
  await api.send('PATCH', '/v1/settings', SETTINGS);
}

/** So many people, and a campaign for them, launched. */
export async function launchWave(
  api: InsistentClient,
  { from, count, startsOn, endsOn }: { from: number; count: number; startsOn: string; endsOn: string },
): Promise<Wave> {
  const ns = Array.from({ length: count }, (_, n) => from + n);
  const list = await api.send<{ id: string }>('POST', '/v1/lists', { name: `From ${from}`, caseType: 'injury' });
  await api.send('POST', `/v1/lists/${list.id}/contacts`, {
    items: ns.map((n) => ({
      contact: { firstName: `Person ${n}`, phones: [phoneOf(n)], emails: [`person${n}@example.com`] },
      cases: [{ externalId: String(CASES_FROM + n) }],
    })),
  });
  const campaign = await api.send<{ id: string }>('POST', '/v1/campaigns', {
    name: `Campaign from ${from}`,
    subject: 'intake',
    listId: list.id,
    plan: planOf(startsOn, endsOn),
    policy: { rules: RULES, concurrencyLimit: 3, handoffHoldHours: 2 },
  });
  await api.send('POST', `/v1/campaigns/${campaign.id}/launch`);
  return { campaignId: campaign.id, phones: ns.map(phoneOf) };
}
