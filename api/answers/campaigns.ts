import * as z from 'zod';
import { CampaignStatusSchema } from '../../domain/campaign-definition';
import { ChannelSchema } from '../../domain/channel';
import { RuleSchema } from '../../domain/rule';
import { DefinitionSchema } from '../definition';
import { RuleProblemAnswer } from './crm';
import {
  Actor,
  At,
  CONTACT_NAME_EXAMPLE,
  ContactNameAnswer,
  Count,
  EXAMPLE_IDS,
  Id,
  pageOfAnswers,
  Revision,
} from './fields';
import { WarningsAnswer } from './warnings';

const perChannel = <S extends z.ZodType>(counted: S) => z.object({ voice: counted, sms: counted, email: counted });
const AttemptStateCounts = z
  .object({
    claimed: Count,
    accepted: Count,
    not_sent: Count,
    unknown: Count,
    unknown_final: Count,
    ended: Count,
  })
  .partial()
  .meta({ id: 'AttemptStateCounts', description: 'States that no attempt is in are left out.' });

const CampaignCountsAnswer = z
  .object({
    contacts: Count.describe('Everybody: enrolled or rejected.'),
    enrolled: Count,
    rejected: Count,
    open: Count,
    ended: Count,
    status: z.object({ active: Count, completedAllCalls: Count, completed: Count }),
    reasons: z.record(z.string(), Count).describe('Why people were rejected or have ended, and how many.'),
    reached: Count.describe('Contacts who answered a call.'),
    outcomes: z
      .record(z.string(), Count)
      .describe('How their calls came out: contacts by `converted`, `successful`, …'),
    attempts: perChannel(Count),
    attemptStates: perChannel(AttemptStateCounts),
    rulesFired: Count,
    actions: z.object({ pending: Count, done: Count, failed: Count }),
  })
  .meta({ id: 'CampaignCounts', description: 'What the campaign came to so far.' });

const summary = {
  id: Id,
  name: z.string(),
  description: z.string(),
  subject: z.string(),
  listId: Id,
  status: CampaignStatusSchema,
  statusReason: z.string().nullable(),
  pausedChannels: z.array(ChannelSchema).describe('Nothing is begun on these, whatever the status.'),
  revision: Revision,
  version: z.int().min(1).nullable().describe('Number of the current version; null = never launched.'),
  launchedAt: At.nullable(),
  endedAt: At.nullable(),
  createdAt: At,
  updatedAt: At,
  actor: Actor,
};

export const CampaignAnswer = z
  .object({ ...summary, definition: DefinitionSchema, warnings: WarningsAnswer })
  .meta({ id: 'Campaign' });

const noListYet = { listId: Id.nullable().describe('null = a draft has none yet.') };

const written = {
  ...summary,
  ...noListYet,
  definition: DefinitionSchema.nullable().describe(
    'null = a draft that is not complete; its steps say what was typed.',
  ),
  warnings: WarningsAnswer,
};

export const WrittenCampaignAnswer = z.object(written).meta({ id: 'WrittenCampaign' });

export const CountedCampaignAnswer = z
  .object({ ...written, counts: CampaignCountsAnswer })
  .meta({ id: 'CountedCampaign' });

const CampaignSummaryAnswer = z
  .object({
    ...summary,
    ...noListYet,
    counts: CampaignCountsAnswer.nullable().describe('null = not counted yet.'),
    countedAt: At.nullable().describe('The counts are as of this instant.'),
  })
  .meta({ id: 'CampaignSummary' });

export const CampaignPageAnswer = pageOfAnswers('Campaign', CampaignSummaryAnswer);

export const RulesAnswer = z
  .object({
    rules: z.array(RuleSchema),
    problems: z
      .array(RuleProblemAnswer)
      .describe('Rules whose trigger or target is not there (any more), with the reason.'),
    revision: Revision,
    version: z.int().min(1).nullable().describe('The version that they are part of; null = never launched.'),
  })
  .meta({ id: 'Rules' });

export const ActionKindSchema = z
  .enum(['stop_calls', 'stop_messaging', 'stop_campaign', 'crm_status', 'crm_note', 'crm_fields', 'classify'])
  .describe('Ordered by no rule: `crm_fields` writes answers and attributes into the CRM, `classify` reads a reply.');

const FiredActionAnswer = z
  .object({
    id: Id,
    kind: ActionKindSchema,
    caseExternalId: z.string().nullable(),
    state: z.enum(['pending', 'done', 'failed']),
    result: z.string().nullable(),
    errorCode: z.string().nullable(),
    finishedAt: At.nullable(),
  })
  .meta({ id: 'FiredAction', description: 'What an action of the rule really came to.' });

const RuleFiringAnswer = z
  .object({
    enrollmentId: Id,
    contact: ContactNameAnswer,
    ruleKey: z.string(),
    phrase: z.string().describe('What it fired at, as in "Unsuccessful Call".'),
    version: z.int().min(1),
    at: At,
    actions: z.array(FiredActionAnswer),
  })
  .meta({ id: 'RuleFiring' });

export const RuleFiringPageAnswer = pageOfAnswers('RuleFiring', RuleFiringAnswer);

export const RULE_EXAMPLE = {
  key: 'unreachable',
  when: { trigger: 'call_outcome', outcome: 'unsuccessful' },
  then: [{ kind: 'stop_calls' }, { kind: 'crm_status', status: 'Unreachable' }],
  note: null,
};

export const DEFINITION_EXAMPLE = {
  name: 'Intake follow-up',
  listId: EXAMPLE_IDS.list,
  plan: {
    runs: [
      {
        key: 'two-days',
        startsOn: '2027-03-08',
        endsOn: '2027-03-09',
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
  policy: { rules: [RULE_EXAMPLE] },
};

const SUMMARY_EXAMPLE = {
  id: EXAMPLE_IDS.campaign,
  name: 'Intake follow-up',
  description: '',
  subject: 'general',
  listId: EXAMPLE_IDS.list,
  status: 'draft',
  statusReason: null,
  pausedChannels: [],
  revision: 1,
  version: null,
  launchedAt: null,
  endedAt: null,
  createdAt: '2027-03-01T17:00:00.000Z',
  updatedAt: '2027-03-01T17:00:00.000Z',
  actor: 'key:console',
};

/** With every default filled in, as it comes back. */
export const CAMPAIGN_EXAMPLE = {
  ...SUMMARY_EXAMPLE,
  definition: DefinitionSchema.parse(DEFINITION_EXAMPLE),
  warnings: [],
};

const LAUNCHED = { status: 'active', version: 1, launchedAt: '2027-03-08T13:00:00.000Z' };

export const LAUNCHED_CAMPAIGN_EXAMPLE = { ...CAMPAIGN_EXAMPLE, ...LAUNCHED };

const COUNTS_EXAMPLE = {
  contacts: 200,
  enrolled: 198,
  rejected: 2,
  open: 120,
  ended: 78,
  status: { active: 100, completedAllCalls: 20, completed: 78 },
  reasons: { no_usable_address: 2, plan_through: 70, opted_out: 8 },
  reached: 96,
  outcomes: { converted: 31, successful: 40, disqualified: 12, untagged: 13 },
  attempts: { voice: 240, sms: 196, email: 91 },
  attemptStates: { voice: { accepted: 3, ended: 237 }, sms: { ended: 196 }, email: { ended: 91 } },
  rulesFired: 76,
  actions: { pending: 2, done: 161, failed: 0 },
};

export const COUNTED_CAMPAIGN_EXAMPLE = { ...LAUNCHED_CAMPAIGN_EXAMPLE, counts: COUNTS_EXAMPLE };

export const CAMPAIGN_SUMMARY_EXAMPLE = {
  ...SUMMARY_EXAMPLE,
  ...LAUNCHED,
  counts: COUNTS_EXAMPLE,
  countedAt: '2027-03-08T17:25:00.000Z',
};

export const RULE_FIRING_EXAMPLE = {
  enrollmentId: EXAMPLE_IDS.enrollment,
  contact: CONTACT_NAME_EXAMPLE,
  ruleKey: 'unreachable',
  phrase: 'Unsuccessful Call',
  version: 1,
  at: '2027-03-08T17:02:11.000Z',
  actions: [
    {
      id: EXAMPLE_IDS.execution,
      kind: 'crm_status',
      caseExternalId: '70001',
      state: 'done',
      result: 'status set to Unreachable',
      errorCode: null,
      finishedAt: '2027-03-08T17:02:12.000Z',
    },
  ],
};
