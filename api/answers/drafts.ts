import * as z from 'zod';
import { CampaignStatusSchema } from '../../domain/campaign-definition';
import { CAMPAIGN_TEMPLATES, RULE_TEMPLATES } from '../../domain/campaign-templates';
import { BuilderPlaceSchema, DraftStepSchema, StepsSchema } from '../../domain/draft';
import { KindSchema, PortableCampaignSchema } from '../../domain/portable-campaign';
import { RuleSchema } from '../../domain/rule';
import { Actor, At, EXAMPLE_IDS, Id, Revision } from './fields';

StepsSchema.register(z.globalRegistry, {
  id: 'DraftSteps',
  description: 'What was typed into each step of the builder, as it was typed; a step without anything is left out.',
  fields: {
    basics: 'name, description, subject',
    list: 'listId',
    agent: 'agentId',
    form: 'formId',
    schedule: 'runs with their calls and messages, companySlots, closedOn',
    rules: 'rules',
    settings: 'The other fields of the policy.',
    reports: 'reports',
    crm: 'fields',
  },
});

const draft = {
  id: Id,
  name: z.string().describe('As far as one was typed.'),
  status: z.literal('draft'),
  revision: Revision,
  lastStep: BuilderPlaceSchema.describe('Where the builder was left.'),
  steps: StepsSchema,
  isComplete: z.boolean().describe('Nothing is missing that shows in the draft alone; `problems` tells everything.'),
  createdAt: At,
  updatedAt: At,
  actor: Actor,
};

export const DraftAnswer = z
  .object(draft)
  .meta({ id: 'Draft', description: 'A campaign that is being written. It starts nothing and can be deleted.' });

const DraftProblemAnswer = z
  .object({
    step: DraftStepSchema,
    field: z.string().describe('Within the step, as `runs/0/calls/attempts`.'),
    pointer: z.string().describe('Within the definition, as a launch names it: RFC 6901, as a fragment.'),
    rule: z.string().describe('What it breaks.'),
    value: z.unknown().optional().describe('What was typed; left out if nothing was, or if it is long.'),
  })
  .meta({ id: 'DraftProblem', description: 'One thing that keeps a campaign from being launched.' });

export const ProblemsAnswer = z
  .object({
    campaignId: Id,
    status: CampaignStatusSchema,
    revision: Revision,
    isLaunchable: z.boolean().describe('It is a draft without problems.'),
    problems: z.array(DraftProblemAnswer),
  })
  .meta({ id: 'CampaignProblems' });

const MatchAnswer = z
  .object({
    kind: KindSchema,
    name: z.string(),
    from: z.string().describe('Its id in the file.'),
    to: Id.nullable().describe('Its id here; null = there is none of this id, nor exactly one of this name.'),
    by: z.enum(['id', 'name']).nullable(),
  })
  .meta({ id: 'ImportMatch', description: 'What became of something that an imported campaign refers to.' });

export const ImportedAnswer = z
  .object({ ...draft, matches: z.array(MatchAnswer), problems: z.array(DraftProblemAnswer) })
  .meta({ id: 'ImportedCampaign' });

export const PortableAnswer = PortableCampaignSchema.register(z.globalRegistry, {
  id: 'PortableCampaign',
  description: 'A campaign as a file, for this installation or another one.',
});

const CampaignTemplateAnswer = z
  .object({
    kind: z.literal('campaign'),
    key: z.string(),
    name: z.string(),
    description: z.string(),
    steps: StepsSchema,
  })
  .meta({ id: 'CampaignTemplate', description: 'A draft may begin with it.' });

const RuleTemplateAnswer = z
  .object({
    kind: z.literal('rule'),
    key: z.string(),
    name: z.string(),
    description: z.string(),
    rule: RuleSchema,
  })
  .meta({ id: 'RuleTemplate', description: 'A rule to be put among those of a campaign.' });

export const TemplatesAnswer = z
  .object({ items: z.array(z.discriminatedUnion('kind', [CampaignTemplateAnswer, RuleTemplateAnswer])) })
  .meta({ id: 'CampaignTemplates' });

const STEPS_EXAMPLE = {
  basics: { name: 'Intake follow-up' },
  schedule: { runs: [{ key: 'week', startsOn: '2027-03-08', calls: { attempts: 3 } }] },
};

export const DRAFT_EXAMPLE = {
  id: EXAMPLE_IDS.campaign,
  name: 'Intake follow-up',
  status: 'draft',
  revision: 1,
  lastStep: 'basics',
  steps: { basics: { name: 'Intake follow-up' } },
  isComplete: false,
  createdAt: '2027-03-01T17:00:00.000Z',
  updatedAt: '2027-03-01T17:00:00.000Z',
  actor: 'key:console',
};

export const SAVED_DRAFT_EXAMPLE = { ...DRAFT_EXAMPLE, revision: 2, lastStep: 'schedule', steps: STEPS_EXAMPLE };

export const PROBLEMS_EXAMPLE = {
  campaignId: EXAMPLE_IDS.campaign,
  status: 'draft',
  revision: 2,
  isLaunchable: false,
  problems: [
    { step: 'list', field: 'listId', pointer: '#/listId', rule: 'is missing' },
    {
      step: 'form',
      field: 'formId',
      pointer: '#/plan/formId',
      rule: 'the form "Accident" is for cases of the type "injury", and the list is for "intake" (S1-22)',
      value: EXAMPLE_IDS.form,
    },
  ],
};

export const PORTABLE_EXAMPLE = {
  format: 'followthrough.campaign',
  formatVersion: 1,
  steps: { ...STEPS_EXAMPLE, list: { listId: EXAMPLE_IDS.list } },
  lastStep: 'schedule',
  references: [{ kind: 'list', id: EXAMPLE_IDS.list, name: 'Intake, spring', caseType: 'intake' }],
};

export const IMPORTED_EXAMPLE = {
  ...SAVED_DRAFT_EXAMPLE,
  revision: 1,
  steps: PORTABLE_EXAMPLE.steps,
  matches: [{ kind: 'list', name: 'Intake, spring', from: EXAMPLE_IDS.list, to: EXAMPLE_IDS.list, by: 'id' }],
  problems: [
    { step: 'schedule', field: 'runs/0/calls/greeting', pointer: '#/plan/runs/0/calls/greeting', rule: 'is missing' },
  ],
};

export const TEMPLATES = [
  ...CAMPAIGN_TEMPLATES.map((template) => ({ kind: 'campaign', ...template })),
  ...RULE_TEMPLATES.map((template) => ({ kind: 'rule', ...template })),
];
