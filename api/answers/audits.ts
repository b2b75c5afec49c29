import * as z from 'zod';
import { At, Count, pageOfAnswers, RealTime } from './fields';

const text = z.string();

const EquationAnswer = z
  .object({
    name: text,
    statement: text.describe('The promise as a sentence.'),
    left: Count,
    right: Count,
    ok: z.boolean(),
    examples: z.array(text).describe('Ids, never more than ten, of what breaks it.'),
  })
  .meta({ id: 'Equation', description: 'A promise as two counts taken from the database that have to agree.' });

const AuditAnswer = z
  .object({
    id: z.int(),
    at: At,
    tookMs: Count,
    ok: z.boolean(),
    equations: z.array(EquationAnswer),
    auditedAt: RealTime,
  })
  .meta({ id: 'Audit', description: 'One look at the books.' });

export const AuditPageAnswer = pageOfAnswers('Audit', AuditAnswer);

export const AUDIT_EXAMPLE = {
  id: 12,
  at: '2027-03-08T17:00:00.000Z',
  tookMs: 41,
  ok: true,
  equations: [
    {
      name: 'hours',
      statement: 'Every attempt was claimed within the hours of every place where its person may be.',
      left: 527,
      right: 527,
      ok: true,
      examples: [],
    },
  ],
  auditedAt: '2027-03-08T17:00:00.000Z',
};
