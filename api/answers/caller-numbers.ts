import * as z from 'zod';
import { Actor, At, Id, pageOfAnswers, Revision } from './fields';

export const RegistrationSchema = z
  .enum(['unknown', 'pending', 'registered', 'rejected'])
  .describe(
    'Of the number as a sender of texts (A2P 10DLC, toll-free verification). Carriers block texts of a number that was rejected or is still waited for, so none are sent from it; `unknown` is used.',
  );

export const CallerNumberAnswer = z
  .object({
    id: Id,
    position: z.int().min(1).describe("Where it stands in the company's order."),
    number: z.string().describe('E.164.'),
    areaCode: z.string().nullable().describe('Of a North American number.'),
    tollFree: z.boolean(),
    label: z.string(),
    registration: RegistrationSchema,
    resting: z.boolean().describe('Ours still, and answered; nothing is begun from it.'),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
    updatedBy: Actor,
  })
  .meta({ id: 'CallerNumber', description: 'A number of the company that people hear from.' });

export const CallerNumberPageAnswer = pageOfAnswers('CallerNumber', CallerNumberAnswer);

export const CALLER_NUMBER_BODY_EXAMPLE = { number: '+16465550171', label: 'New York', registration: 'registered' };

export const CALLER_NUMBER_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2b01',
  position: 1,
  areaCode: '646',
  tollFree: false,
  ...CALLER_NUMBER_BODY_EXAMPLE,
  resting: false,
  revision: 1,
  createdAt: '2027-03-01T17:00:00.000Z',
  updatedAt: '2027-03-01T17:00:00.000Z',
  updatedBy: 'key:Ada',
};
