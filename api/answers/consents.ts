import * as z from 'zod';
import { ConsentClassSchema } from '../../domain/consent';
import { Actor, At, Id } from './fields';

const text = z.string();

export const ConsentRecordAnswer = z
  .object({
    id: Id,
    class: ConsentClassSchema,
    source: text.describe('Where it was given: a form, a call, a paper.'),
    text: text.describe('What the person agreed to, word by word.'),
    seller: text.describe('Who was named to the person as the one who gets in touch.'),
    givenAt: At,
    revokedAt: At.nullable(),
    revokedBy: Actor.nullable(),
    revokedReason: text.nullable(),
    actor: Actor,
  })
  .meta({ id: 'ConsentRecord', description: 'What a person has agreed to. Taking it back adds to the record.' });

export const ConsentListAnswer = z
  .object({ items: z.array(ConsentRecordAnswer) })
  .meta({ id: 'ConsentList', description: 'Oldest first.' });

export const CONSENT_BODY_EXAMPLE = {
  class: 'ai_voice',
  source: 'intake form',
  text: 'I agree that Example Law calls me with an automated voice.',
  seller: 'Example Law',
};

export const CONSENT_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a12',
  ...CONSENT_BODY_EXAMPLE,
  givenAt: '2027-03-01T14:00:00.000Z',
  revokedAt: null,
  revokedBy: null,
  revokedReason: null,
  actor: 'key:Ada',
};
