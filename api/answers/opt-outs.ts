import * as z from 'zod';
import { ChannelSchema } from '../../domain/channel';
import { Actor, At, Id } from './fields';

const OptOutAnswer = z
  .object({
    channels: z.array(ChannelSchema),
    caseType: z.string().nullable().describe('Calls about cases of this type alone; null = whatever the case.'),
    source: z.string().describe('`reply`, `call`, `unsubscribe`, `provider`, `operator`, …'),
    reason: z.string().describe('What whoever recorded it says of it.'),
    at: At,
    actor: Actor,
    liftedAt: At.nullable(),
    liftedBy: Actor.nullable(),
    consentId: Id.nullable().describe('The consent that lifted it.'),
  })
  .meta({ id: 'OptOut', description: 'What a person wants no more of, at any address and in any campaign.' });

export const OptOutListAnswer = z
  .object({ items: z.array(OptOutAnswer) })
  .meta({ id: 'OptOutList', description: 'Newest first, with those that were lifted.' });

export const OPT_OUT_EXAMPLE = {
  channels: ['voice'],
  caseType: 'intake',
  source: 'operator',
  reason: 'said so to the front desk',
  at: '2027-03-01T17:00:00.000Z',
  actor: 'key:Ada',
  liftedAt: null,
  liftedBy: null,
  consentId: null,
};

export const OPT_IN_BODY_EXAMPLE = {
  consent: {
    class: 'ai_voice',
    source: 'phone call on 2 March',
    text: 'You may call me again with an automated voice.',
    seller: 'Example Law',
  },
};

export const LIFTED_EXAMPLE = {
  ...OPT_OUT_EXAMPLE,
  liftedAt: '2027-03-02T14:00:00.000Z',
  liftedBy: 'key:Ada',
  consentId: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a12',
};
