import * as z from 'zod';
import { DncAnswerSchema, ReassignedAnswerSchema, RegistrySchema } from '../../domain/number-check';
import { Actor, At, Count, EXAMPLE_IDS, Id, pageOfAnswers } from './fields';

export const ChecksReportAnswer = z
  .object({
    recorded: Count.describe('Answers that are new.'),
    known: Count.describe('Answers that were here already.'),
    rejected: Count,
    errors: z.array(
      z.object({ index: Count.describe('Of the item.'), field: z.string(), value: z.unknown(), rule: z.string() }),
    ),
  })
  .meta({ id: 'NumberChecksReport', description: 'What became of the items; the rejected ones with the reason.' });

export const ChecksAnswer = z
  .object({
    items: z.array(
      z
        .object({
          phone: z.string(),
          registry: RegistrySchema,
          answer: z.enum([...DncAnswerSchema.options, ...ReassignedAnswerSchema.options]),
          checkedAt: At,
          askedAboutAt: At.nullable().describe('Of the Reassigned Numbers Database: was it given up after this?'),
          source: z.string(),
          actor: Actor,
        })
        .meta({ id: 'NumberCheck', description: 'What a registry said of a number, and when.' }),
    ),
  })
  .meta({ id: 'NumberCheckList', description: 'Newest first.' });

export const NumbersToCheckAnswer = pageOfAnswers(
  'NumberToCheck',
  z
    .object({
      contactId: Id,
      phones: z.array(z.object({ phone: z.string(), checkedAt: At.nullable().describe('Null = never looked up.') })),
    })
    .meta({ id: 'NumberToCheck' }),
);

export const CHECKS_BODY_EXAMPLE = {
  registry: 'dnc',
  source: 'national registry, area codes 212 and 305',
  checkedAt: '2026-03-01T09:00:00Z',
  items: [
    { phone: '+12125550123', answer: 'not_listed' },
    { phone: '+13055550124', answer: 'listed' },
  ],
};

export const CHECKS_REPORT_EXAMPLE = { recorded: 2, known: 0, rejected: 0, errors: [] };

export const CHECKS_EXAMPLE = {
  items: [
    {
      phone: '+12125550123',
      registry: 'dnc',
      answer: 'not_listed',
      checkedAt: '2026-03-01T09:00:00.000Z',
      askedAboutAt: null,
      source: 'national registry, area codes 212 and 305',
      actor: 'key:Ada',
    },
  ],
};

export const NUMBER_TO_CHECK_EXAMPLE = {
  contactId: EXAMPLE_IDS.contact,
  phones: [{ phone: '+12125550123', checkedAt: null }],
};
