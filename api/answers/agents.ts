import * as z from 'zod';
import { Actor, At, EXAMPLE_IDS, Id, pageOfAnswers, Revision } from './fields';

export const FormAnswer = z
  .object({
    id: Id,
    name: z.string(),
    caseType: z.string().nullable().describe('null = none yet; a campaign can not be launched with it.'),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
    actor: Actor,
  })
  .meta({ id: 'Form', description: 'What people fill in, as far as campaigns must know it.' });

export const FormPageAnswer = pageOfAnswers('Form', FormAnswer);

export const AgentAnswer = z
  .object({
    id: Id,
    name: z.string(),
    formId: Id.nullable().describe(
      'The form that the agent fills in with people; a campaign with the agent has it too.',
    ),
    voice: z.string().describe('The name of the voice, for the platform that speaks.'),
    greeting: z.string().describe('A template: what calls begin with that have no greeting of their own.'),
    transferNumber: z.string().describe("Where calls are put through to; empty = the company's number."),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
    actor: Actor,
  })
  .meta({ id: 'Agent', description: 'Who speaks on calls.' });

export const AgentPageAnswer = pageOfAnswers('Agent', AgentAnswer);

const MADE = {
  revision: 1,
  createdAt: '2027-03-01T17:00:00.000Z',
  updatedAt: '2027-03-01T17:00:00.000Z',
  actor: 'key:console',
};

export const FORM_BODY_EXAMPLE = { name: 'Intake questions', caseType: 'intake' };
export const FORM_EXAMPLE = { id: EXAMPLE_IDS.form, ...FORM_BODY_EXAMPLE, ...MADE };

export const AGENT_BODY_EXAMPLE = {
  name: 'Receptionist',
  voice: 'warm',
  greeting: 'Hello {{contact.first_name | default: "there"}}, this is {{company.name}}.',
  transferNumber: '+12125550178',
};
export const AGENT_EXAMPLE = { id: EXAMPLE_IDS.agent, ...AGENT_BODY_EXAMPLE, formId: null, ...MADE };
