import * as z from 'zod';
import { CrmFieldSchema } from '../../domain/crm-field';
import { CrmMappingSchema } from '../../domain/crm-mapping';
import { StatusFieldSchema } from '../../domain/crm-status';
import { Actor, At, Id, pageOfAnswers, RealTime, Revision } from './fields';
import { CONNECTION_EXAMPLE } from './connections';

const Availability = {
  available: z.boolean(),
  reason: z.string().nullable().describe('Why it can not be used, as a sentence; null = it can.'),
};
const group = z.string().optional().describe('The type of a substatus, where a case has one of each.');

const OutcomeOptionAnswer = z
  .object({
    outcome: z.string(),
    label: z.string(),
    field: StatusFieldSchema.optional().describe('Only of `crm_status`; left out = the status of the case.'),
    group,
  })
  .meta({ id: 'OutcomeOption' });

const StatusOptionAnswer = z
  .object({
    status: z.string().describe('What is written.'),
    field: StatusFieldSchema.describe('Into which field of the CRM.'),
    group,
    label: z.string().describe('As in "Status: Retained" or "Substatus (Dialer Status): Busy".'),
  })
  .meta({ id: 'StatusOption' });

export const StatusOptionPageAnswer = pageOfAnswers('StatusOption', StatusOptionAnswer);

export const RuleOptionsAnswer = z
  .object({
    crm: z
      .object({
        connectionId: Id,
        name: z.string(),
        kind: z.enum(['lawruler', 'smartadvocate', 'http']),
        state: z.enum(['ok', 'held', 'disabled']),
      })
      .nullable()
      .describe('Where the actions of this campaign go; null = no CRM is connected.'),
    triggers: z.array(
      z
        .object({
          trigger: z.enum(['call_outcome', 'reply_bucket', 'handoff', 'form', 'crm_status']),
          label: z.string(),
          outcomes: z.array(OutcomeOptionAnswer),
          ...Availability,
        })
        .meta({ id: 'TriggerOption' }),
    ),
    actions: z.array(
      z
        .object({
          kind: z.enum(['stop_calls', 'stop_messaging', 'stop_campaign', 'crm_status', 'crm_note']),
          label: z.string(),
          statuses: z
            .array(StatusOptionAnswer)
            .optional()
            .describe('Of `crm_status`: those that are offered. Empty = nothing is mapped, and any may be typed.'),
          ...Availability,
        })
        .meta({ id: 'ActionOption' }),
    ),
    noteTypes: z
      .array(z.object({ value: z.string(), label: z.string() }))
      .describe('Types of note of the CRM; a CRM note of a rule may name one (`noteType`).'),
    noteType: z.string().nullable().describe('What a note gets that names none, as the mapping of the CRM has it.'),
    fields: z.array(CrmFieldSchema).describe('Fields of the CRM that answers and attributes can be written into.'),
    fieldProblems: z
      .array(
        z.object({
          pointer: z.string().describe('The place in the definition.'),
          detail: z.string(),
          value: z.string(),
        }),
      )
      .describe("What is wrong with the campaign's own mappings of fields."),
  })
  .meta({ id: 'RuleOptions', description: 'What rules of a campaign can be made of.' });

export const RuleProblemAnswer = z
  .object({
    rule: z.string().describe('Key of the rule.'),
    pointer: z.string().describe('The place in this answer.'),
    detail: z.string(),
    value: z.string(),
  })
  .meta({ id: 'RuleProblem', description: 'A rule that waits for something, or orders something, that is not there.' });

export const CrmMappingAnswer = z
  .object({
    ...CrmMappingSchema.shape,
    connectionId: Id,
    revision: Revision,
    lastListing: z
      .object({ at: RealTime, result: z.string().describe('`ok`, `no_lists`, or why the lists could not be had.') })
      .nullable()
      .describe("When the CRM's own lists were last asked for."),
    nextListingAt: RealTime.nullable(),
    updatedAt: At.nullable(),
    updatedBy: Actor.nullable(),
  })
  .meta({ id: 'CrmMapping', description: 'What is known of the CRM of a connection.' });

export const CrmHookAnswer = z
  .object({
    url: z.string().describe('Whoever knows it can tell of changes: give it to the CRM alone.'),
    secret: z.string().describe('Signs requests, where the CRM can: see the description.'),
    hook: z.record(z.string(), z.string()).describe('Where the body has what, as JSON pointers.'),
  })
  .meta({ id: 'CrmHook', description: 'The address at which a CRM tells of changed statuses.' });

export const MAPPING_BODY_EXAMPLE = {
  statuses: [
    { field: 'status', value: 'Retained', label: 'Retained', stopsOutreach: true },
    { field: 'substatus', group: 'Dialer Status', value: '12', label: 'Busy' },
  ],
  outcomes: [{ outcome: 'no_show', label: 'No show', countsAs: 'unsuccessful' }],
  noteTypes: [{ value: '3', label: 'Intake' }],
  noteType: '3',
  fields: [{ name: 'custom894', label: 'Date of accident', type: 'date' }],
};

export const MAPPING_EXAMPLE = {
  statuses: MAPPING_BODY_EXAMPLE.statuses.map((status) => ({
    stopsOutreach: false,
    ...status,
    offered: true,
    source: 'hand',
  })),
  outcomes: MAPPING_BODY_EXAMPLE.outcomes,
  noteTypes: MAPPING_BODY_EXAMPLE.noteTypes,
  noteType: '3',
  fields: [{ name: 'custom894', label: 'Date of accident', type: 'date', options: [] }],
  hook: null,
  pollMinutes: null,
  connectionId: CONNECTION_EXAMPLE.id,
  revision: 2,
  lastListing: { at: '2027-03-01T14:00:00.000Z', result: 'ok' },
  nextListingAt: '2027-03-01T14:15:00.000Z',
  updatedAt: '2027-03-01T14:00:00.000Z',
  updatedBy: 'key:Ada',
};

export const STATUS_OPTION_EXAMPLE = {
  status: '12',
  field: 'substatus',
  group: 'Dialer Status',
  label: 'Substatus (Dialer Status): Busy',
};

export const RULE_OPTIONS_EXAMPLE = {
  crm: { connectionId: CONNECTION_EXAMPLE.id, name: 'Case manager', kind: 'http', state: 'ok' },
  triggers: [
    {
      trigger: 'call_outcome',
      label: 'Post Call Status',
      outcomes: [{ outcome: 'no_show', label: 'No show' }],
      available: true,
      reason: null,
    },
    {
      trigger: 'form',
      label: 'Form Status',
      outcomes: [{ outcome: 'completed', label: 'Completed' }],
      available: false,
      reason: 'The campaign has no form attached.',
    },
  ],
  actions: [
    {
      kind: 'crm_status',
      label: 'Update CRM Status',
      statuses: [STATUS_OPTION_EXAMPLE],
      available: true,
      reason: null,
    },
  ],
  noteTypes: MAPPING_BODY_EXAMPLE.noteTypes,
  noteType: '3',
  fields: MAPPING_EXAMPLE.fields,
  fieldProblems: [],
};

export const HOOK_EXAMPLE = {
  url: 'https://outreach.example.com/webhooks/crm-status/0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a0e?token=c2VjcmV0',
  secret: 'c2VjcmV0',
  hook: { caseId: '/caseId', status: '/status' },
};
