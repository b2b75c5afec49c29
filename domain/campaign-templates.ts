import * as z from 'zod';
import type { DraftSteps } from './draft';
import type { Rule } from './rule';

/** Where a campaign may begin (U-9): the three types of campaign, and rules that most firms set up. */

export const TemplateKeySchema = z.enum(['voice', 'messaging-only', 'multi-channel']);

export interface CampaignTemplate {
  readonly key: z.infer<typeof TemplateKeySchema>;
  readonly name: string;
  readonly description: string;
  /** Lists, agents, forms and dates are for whoever begins with it to choose. */
  readonly steps: DraftSteps;
}

export interface RuleTemplate {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly rule: Rule;
}

export const RULE_TEMPLATES: readonly RuleTemplate[] = [
  {
    key: 'converted',
    name: 'Signed on the call',
    description: 'A call that converts retains the case in the CRM and leaves a note there.',
    rule: {
      key: 'converted',
      when: { trigger: 'call_outcome', outcome: 'converted' },
      then: [
        { kind: 'crm_status', status: 'Retained' },
        { kind: 'crm_note', text: 'Signed up on a call of the campaign.' },
      ],
      note: null,
    },
  },
  {
    key: 'unsuccessful',
    name: 'Not reached',
    description: 'When calls were in vain they end, and the CRM says so. Messages go on.',
    rule: {
      key: 'unsuccessful',
      when: { trigger: 'call_outcome', outcome: 'unsuccessful' },
      then: [{ kind: 'stop_calls' }, { kind: 'crm_note', text: 'Called several times without success.' }],
      note: null,
    },
  },
  {
    key: 'opted-out',
    name: 'Wants no more',
    description: 'Whoever asks to be left alone leaves the campaign.',
    rule: {
      key: 'opted-out',
      when: { trigger: 'reply_bucket', outcome: 'opted_out' },
      then: [{ kind: 'stop_campaign' }],
      note: null,
    },
  },
  {
    key: 'form-completed',
    name: 'Form is finished',
    description: 'Needs a form. The intake is complete in the CRM, and nobody calls for it any more.',
    rule: {
      key: 'form-completed',
      when: { trigger: 'form', outcome: 'completed' },
      then: [{ kind: 'crm_status', status: 'Intake Complete' }, { kind: 'stop_calls' }],
      note: null,
    },
  },
  {
    key: 'handoff',
    name: 'Wants a person',
    description: 'A note in the CRM when somebody asks to speak with one of the team.',
    rule: {
      key: 'handoff',
      when: { trigger: 'handoff', outcome: 'requested' },
      then: [{ kind: 'crm_note', text: 'Asked to speak with one of the team.' }],
      note: null,
    },
  },
];

const OFFICE_HOURS = { mode: 'calling_times', slots: [{ open: '12:00', close: '20:00' }] };
const CALLS = {
  attempts: 5,
  greeting: 'Hello {{contact.first_name | default: "there"}}, this is {{company.name}}. We call about your inquiry.',
};

export const CAMPAIGN_TEMPLATES: readonly CampaignTemplate[] = [
  {
    key: 'voice',
    name: 'Voice',
    description: 'Calls by an agent, four hours apart, until somebody answers (S1-43).',
    steps: {
      schedule: { runs: [{ key: 'calls', hours: OFFICE_HOURS, calls: CALLS }] },
      rules: { rules: rules('converted', 'unsuccessful', 'handoff') },
    },
  },
  {
    key: 'messaging-only',
    name: 'Messages only',
    description: 'A text, and a mail two days later; no calls, so no agent (S1-44).',
    steps: {
      schedule: {
        runs: [
          {
            key: 'messages',
            hours: OFFICE_HOURS,
            messages: [
              {
                key: 'first-text',
                channel: 'sms',
                when: { kind: 'after_start' },
                text: 'Hello {{contact.first_name | default: "there"}}, this is {{company.name}} about your inquiry. Reply to this text, or STOP to hear no more.',
              },
              {
                key: 'follow-up-mail',
                channel: 'email',
                when: { kind: 'after_start', delayMinutes: 2880 },
                subject: 'Your inquiry',
                text: 'Hello {{contact.first_name | default: "there"}},\n\nwe would like to go on with your inquiry. Answer this mail, or call us at {{company.phone}}.\n\n{{company.name}}',
              },
            ],
          },
        ],
      },
      rules: { rules: rules('opted-out', 'handoff') },
    },
  },
  {
    key: 'multi-channel',
    name: 'Calls and messages',
    description: 'A text before the call, a mail after it (S1-45).',
    steps: {
      schedule: {
        runs: [
          {
            key: 'outreach',
            hours: OFFICE_HOURS,
            calls: CALLS,
            messages: [
              {
                key: 'before-call',
                channel: 'sms',
                when: { kind: 'before_call', delayMinutes: 5 },
                text: '{{company.name}} will call you in a few minutes about your inquiry. Reply STOP to hear no more.',
              },
              {
                key: 'after-call',
                channel: 'email',
                when: { kind: 'after_call', results: ['any'], delayMinutes: 30 },
                subject: 'Our call',
                text: 'Hello {{contact.first_name | default: "there"}},\n\nwe called about your inquiry. Answer this mail, or call us at {{company.phone}}.\n\n{{company.name}}',
              },
            ],
          },
        ],
      },
      rules: { rules: rules('converted', 'unsuccessful', 'opted-out', 'handoff') },
    },
  },
];

function rules(...keys: string[]): Rule[] {
  return RULE_TEMPLATES.filter(({ key }) => keys.includes(key)).map(({ rule }) => rule);
}
