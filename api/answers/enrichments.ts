import * as z from 'zod';
import { EnrichmentCauseSchema, EnrichmentKindSchema } from '../../domain/enrichment';
import { Actor, At, Count, EXAMPLE_IDS, Id, pageOfAnswers, Revision } from './fields';

const text = z.string();
const Micros = Count.describe("Millionths of the company's currency.");

export const EnrichmentServiceAnswer = z
  .object({
    enabled: z.boolean(),
    name: text.describe('Shown as the source of what it finds.'),
    url: text.describe('Where questions are posted to.'),
    header: text.describe('The header that the token goes into.'),
    prefix: text.describe('What stands before the token there.'),
    hasToken: z.boolean().describe('Nobody can read the token again.'),
    costMicros: Micros,
    perDay: z.int().min(1).describe('Most questions on one calendar day of the company.'),
    timeoutSeconds: z.int().min(1).max(20),
    honoursIdempotencyKey: z
      .boolean()
      .describe(
        'The same Idempotency-Key is answered there again and paid for once, so a lost answer may be asked for again.',
      ),
    askedToday: Count,
    revision: Revision,
    updatedAt: At,
    updatedBy: Actor,
  })
  .meta({
    id: 'EnrichmentService',
    description: 'Who looks up what is missing of people. Off until it is switched on.',
  });

const FoundAnswer = z.looseObject({ kind: EnrichmentKindSchema, source: text.optional() }).meta({
  id: 'Found',
  description: 'As the service said it: `value` of a phone or mail, the parts of an address, or `values`.',
});

export const EnrichmentStateSchema = z
  .enum(['pending', 'asking', 'found', 'nothing', 'failed', 'unknown'])
  .describe('`unknown`: the answer got lost, and asking again might be paid for twice.');

export const EnrichmentAnswer = z
  .object({
    id: Id,
    contactId: Id,
    campaignId: Id.nullable(),
    enrollmentId: Id.nullable(),
    cause: EnrichmentCauseSchema.describe(
      'What it was asked for; `unreachable`: so many calls in a row went unanswered.',
    ),
    kinds: z.array(EnrichmentKindSchema),
    state: EnrichmentStateSchema,
    source: text.nullable().describe('Who was asked.'),
    data: z.array(FoundAnswer),
    costMicros: Micros.nullable(),
    errorCode: text.nullable(),
    tries: Count,
    createdAt: At,
    askedAt: At.nullable(),
    finishedAt: At.nullable(),
    actor: Actor,
  })
  .meta({ id: 'Enrichment', description: 'One thing that was looked up of one person.' });

export const EnrichmentPageAnswer = pageOfAnswers('Enrichment', EnrichmentAnswer);

export const ENRICHMENT_SERVICE_BODY_EXAMPLE = {
  name: 'Example Data',
  url: 'https://data.example.com/v1/append',
  header: 'Authorization',
  prefix: 'Bearer ',
  token: 'the key of the service',
  costMicros: 150_000,
  perDay: 500,
  enabled: true,
};

export const ENRICHMENT_SERVICE_EXAMPLE = {
  enabled: true,
  name: 'Example Data',
  url: 'https://data.example.com/v1/append',
  header: 'Authorization',
  prefix: 'Bearer ',
  hasToken: true,
  costMicros: 150_000,
  perDay: 500,
  timeoutSeconds: 10,
  honoursIdempotencyKey: false,
  askedToday: 12,
  revision: 2,
  updatedAt: '2027-03-01T17:00:00.000Z',
  updatedBy: 'key:Ada',
};

export const ENRICHMENT_EXAMPLE = {
  id: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2b02',
  contactId: EXAMPLE_IDS.contact,
  campaignId: EXAMPLE_IDS.campaign,
  enrollmentId: EXAMPLE_IDS.enrollment,
  cause: 'unreachable',
  kinds: ['phone'],
  state: 'found',
  source: 'Example Data',
  data: [{ kind: 'phone', value: '+12125550124', source: 'directory' }],
  costMicros: 150_000,
  errorCode: null,
  tries: 1,
  createdAt: '2027-03-08T15:05:00.000Z',
  askedAt: '2027-03-08T15:05:01.000Z',
  finishedAt: '2027-03-08T15:05:02.000Z',
  actor: 'system',
};
