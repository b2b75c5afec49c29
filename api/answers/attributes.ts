import * as z from 'zod';
import { AttributeTypeSchema } from '../../domain/attribute';
import { Actor, At, Id, pageOfAnswers, Revision } from './fields';

export const AttributeAnswer = z
  .object({
    id: Id,
    name: z.string().describe('As in `{{contact.claim_number}}` and `attr_claim_number`.'),
    label: z.string().describe('For people.'),
    type: AttributeTypeSchema,
    choices: z.array(z.string()).describe('Of the type `choice`; values that are none of them any more stay.'),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
    actor: Actor,
  })
  .meta({ id: 'Attribute', description: 'What may stand in an attribute of a contact.' });

export const AttributePageAnswer = pageOfAnswers('Attribute', AttributeAnswer);

export const ATTRIBUTE_BODY_EXAMPLE = {
  name: 'injury',
  label: 'Kind of injury',
  type: 'choice',
  choices: ['Knee', 'Back'],
};

export const ATTRIBUTE_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2b01',
  ...ATTRIBUTE_BODY_EXAMPLE,
  revision: 1,
  createdAt: '2027-03-01T17:00:00.000Z',
  updatedAt: '2027-03-01T17:00:00.000Z',
  actor: 'key:Ada',
};
