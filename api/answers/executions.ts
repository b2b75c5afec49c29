import * as z from 'zod';
import { ActionKindSchema } from './campaigns';
import { At, EXAMPLE_IDS, Id, pageOfAnswers } from './fields';

const text = z.string();

export const ExecutionAnswer = z
  .object({
    id: Id,
    enrollmentId: Id,
    factId: Id,
    ruleKey: text.nullable().describe('null = ordered by the engine itself and by no rule.'),
    actionIx: z.int().describe("The action's place in the rule; -1 = the note of the rule itself."),
    caseExternalId: text.nullable(),
    kind: ActionKindSchema,
    payload: z.record(text, text),
    state: z.enum(['pending', 'done', 'failed']),
    tries: z.int().min(0),
    result: text.nullable(),
    errorCode: text.nullable(),
    errorDetail: text.nullable(),
    at: At,
    finishedAt: At.nullable(),
  })
  .meta({ id: 'Execution', description: 'The record of one action that a rule ordered.' });

export const ExecutionPageAnswer = pageOfAnswers('Execution', ExecutionAnswer);

export const EXECUTION_EXAMPLE = {
  id: EXAMPLE_IDS.execution,
  enrollmentId: EXAMPLE_IDS.enrollment,
  factId: EXAMPLE_IDS.fact,
  ruleKey: 'unreachable',
  actionIx: 1,
  caseExternalId: '70001',
  kind: 'crm_status',
  payload: { status: 'Unreachable' },
  state: 'done',
  tries: 1,
  result: 'status set to Unreachable',
  errorCode: null,
  errorDetail: null,
  at: '2027-03-08T17:02:11.000Z',
  finishedAt: '2027-03-08T17:02:12.000Z',
};
