import * as z from 'zod';
import { RelationshipKindSchema } from '../../domain/number-check';
import { Actor, At, Id } from './fields';

const text = z.string();

export const RelationshipAnswer = z
  .object({
    id: Id,
    kind: RelationshipKindSchema,
    happenedOn: z.iso.date().describe('It lasts 18 months from a purchase, 3 months from an inquiry.'),
    source: text.describe('Where it is on record: an invoice, a form, a call.'),
    recordedAt: At,
    withdrawnAt: At.nullable(),
    withdrawnBy: Actor.nullable(),
    withdrawnReason: text.nullable(),
    actor: Actor,
  })
  .meta({
    id: 'Relationship',
    description: 'A purchase or an inquiry: an established business relationship. Withdrawing it adds to the record.',
  });

export const RelationshipListAnswer = z
  .object({ items: z.array(RelationshipAnswer) })
  .meta({ id: 'RelationshipList', description: 'Oldest first.' });

export const RELATIONSHIP_BODY_EXAMPLE = { kind: 'inquiry', happenedOn: '2026-01-15', source: 'contact form' };

export const RELATIONSHIP_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a13',
  ...RELATIONSHIP_BODY_EXAMPLE,
  recordedAt: '2026-03-01T14:00:00.000Z',
  withdrawnAt: null,
  withdrawnBy: null,
  withdrawnReason: null,
  actor: 'key:Ada',
};
