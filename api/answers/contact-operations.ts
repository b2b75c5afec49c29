import * as z from 'zod';
import type { ContactOperation, OrderResult } from '../../db/contact-operation';
import { ORDER_REASONS, orderSentence } from '../../domain/contact-order';
import { toDocument } from '../document';
import { Actor, At, CONTACT_NAME_EXAMPLE, ContactNameAnswer, Count, EXAMPLE_IDS, Id, pageOfAnswers } from './fields';

const text = z.string();

export const ContactOrderSchema = z
  .enum(['complete', 'resume'])
  .describe('`complete`: Mark Completed, outreach ends. `resume`: Resume Outreach, it is taken up again.');

const operation = {
  id: Id,
  campaignId: Id,
  order: ContactOrderSchema,
  source: z.enum(['ids', 'filter', 'import']),
  note: text.nullable(),
  state: z.enum(['running', 'done']).describe('`running`: it goes on by itself, whoever asks.'),
  total: Count.describe('Contacts, or different lines of the file.'),
  done: Count.describe('Contacts who stand as the order wants them.'),
  unchanged: Count.describe('Of the done: they were completed already.'),
  skipped: Count.describe('Each with its reason in the results.'),
  left: Count.describe('Still to be looked at.'),
  repeated: Count.describe('Ids that were named once more; they count once.'),
  actor: Actor,
  createdAt: At,
  finishedAt: At.nullable(),
};

export const OrderResultAnswer = z
  .object({
    position: z.int().min(1).describe('The line of the file, or the place among those that were named.'),
    given: text.nullable().describe('The id as it was named, where it was a line of a file or named nobody.'),
    enrollmentId: Id.nullable(),
    contact: ContactNameAnswer.nullable(),
    result: z.enum(['done', 'skipped']).nullable().describe('null = still to be looked at.'),
    reason: z.enum(ORDER_REASONS).nullable(),
    sentence: text.nullable().describe('The reason in words.'),
  })
  .meta({ id: 'OrderResult', description: 'What an order for many came to for one of them.' });

const ContactOperationSummary = z.object(operation).meta({ id: 'ContactOperationSummary' });

export const ContactOperationAnswer = z
  .object({
    ...operation,
    results: z
      .array(OrderResultAnswer)
      .describe('One for each contact where there are no more than 200; else they come in pages.'),
  })
  .meta({ id: 'ContactOperation', description: 'An order for many contacts, and how far it is.' });

export const ContactOperationPageAnswer = pageOfAnswers('ContactOperation', ContactOperationSummary);
export const OrderResultPageAnswer = pageOfAnswers('OrderResult', OrderResultAnswer);

export function operationDocument({ seq: _, kind: order, ...rest }: ContactOperation): Record<string, unknown> {
  const { total, done, skipped } = rest;
  // What toDocument makes of an object is one.
  return toDocument({ ...rest, order, left: total - done - skipped }) as Record<string, unknown>;
}

export function resultDocument({ detail, ...result }: OrderResult): unknown {
  const { reason } = result;
  return toDocument({ ...result, sentence: reason === null ? null : orderSentence(reason, detail) });
}

export const ORDER_RESULT_EXAMPLE = {
  position: 1,
  given: null,
  enrollmentId: EXAMPLE_IDS.enrollment,
  contact: CONTACT_NAME_EXAMPLE,
  result: 'skipped',
  reason: 'opted_out',
  sentence: 'the contact opted out; outreach reopens only where a new consent frees a channel of the campaign',
};

export const CONTACT_OPERATION_SUMMARY_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a60',
  campaignId: EXAMPLE_IDS.campaign,
  order: 'resume',
  source: 'ids',
  note: null,
  state: 'done',
  total: 1,
  done: 0,
  unchanged: 0,
  skipped: 1,
  left: 0,
  repeated: 0,
  actor: 'key:console',
  createdAt: '2027-03-09T15:00:00.000Z',
  finishedAt: '2027-03-09T15:00:00.000Z',
};

export const CONTACT_OPERATION_EXAMPLE = { ...CONTACT_OPERATION_SUMMARY_EXAMPLE, results: [ORDER_RESULT_EXAMPLE] };

export const IMPORTED_IDS_EXAMPLE = {
  ...CONTACT_OPERATION_SUMMARY_EXAMPLE,
  order: 'complete',
  source: 'import',
  total: 2,
  done: 1,
  repeated: 1,
  results: [
    { ...ORDER_RESULT_EXAMPLE, given: 'P-1001', result: 'done', reason: null, sentence: null },
    {
      position: 3,
      given: '999',
      enrollmentId: null,
      contact: null,
      result: 'skipped',
      reason: 'no_contact',
      sentence: 'no contact of this campaign carries the id',
    },
  ],
};
