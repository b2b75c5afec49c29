import * as z from 'zod';
import { appNow } from '../../db/clock';
import { listChecks, type NumberAnswer, numbersToCheck, recordAnswers } from '../../db/number-check';
import { DomainError } from '../../domain/errors';
import { toIso } from '../../domain/instant';
import { DncAnswerSchema, ReassignedAnswerSchema, RegistrySchema } from '../../domain/number-check';
import { phoneAddress } from '../../imports/address';
import { pageExample } from '../answers/fields';
import {
  CHECKS_BODY_EXAMPLE,
  CHECKS_EXAMPLE,
  CHECKS_REPORT_EXAMPLE,
  ChecksAnswer,
  ChecksReportAnswer,
  NUMBER_TO_CHECK_EXAMPLE,
  NumbersToCheckAnswer,
} from '../answers/number-checks';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { InstantSchema } from '../instant';
import { idAt, pageOf, pageQuery } from '../page';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const MOST_ITEMS = 1_000;

const batch = { source: text(200).min(1), checkedAt: InstantSchema };
const phone = text(60).min(1);

const DncBatchSchema = z.strictObject({
  registry: z.literal('dnc'),
  ...batch,
  items: z
    .array(z.strictObject({ phone, answer: DncAnswerSchema }))
    .min(1)
    .max(MOST_ITEMS),
});

const ReassignedBatchSchema = z.strictObject({
  registry: z.literal('reassigned'),
  ...batch,
  items: z
    .array(z.strictObject({ phone, answer: ReassignedAnswerSchema, askedAboutAt: InstantSchema }))
    .min(1)
    .max(MOST_ITEMS),
});

const BatchSchema = z.discriminatedUnion('registry', [DncBatchSchema, ReassignedBatchSchema]);
type Batch = z.output<typeof BatchSchema>;

/**
 * POST /number-checks: what a registry said of up to 1,000 numbers
 * GET /contacts/{id}/number-checks
 * GET /lists/{id}/numbers-to-check
 */
export function numberCheckRoutes({ sql, config: { addressKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/number-checks',
      role: 'editor',
      concerns: 'whole',
      isUnlimited: true,
      operation: {
        id: 'recordNumberChecks',
        tag: 'Contacts',
        summary: 'Record what a registry said of up to 1,000 phone numbers',
        description:
          'Of the National Do-Not-Call registry (`dnc`): a campaign whose policy says `solicits` calls and texts only numbers that were looked up within 31 days and are not listed, or people with consent or a purchase or inquiry on record. Of the Reassigned Numbers Database (`reassigned`): a number that was given up after the person was last known to have it is not called or texted in any campaign. Numbers need not be known here. Every answer is kept as evidence; the one with the latest `checkedAt` counts. Items are taken in or rejected one by one, and sending them again changes nothing.',
        answers: { 200: ChecksReportAnswer },
        examples: { body: CHECKS_BODY_EXAMPLE, answer: CHECKS_REPORT_EXAMPLE },
      },
      body: BatchSchema,
      handle: async ({ body, caller }) => {
        const { registry, checkedAt, source } = body;
        if (checkedAt > (await appNow(sql))) throw inFuture(checkedAt);
        const { answers, errors } = readItems(body, addressKey);
        const recorded = await recordAnswers(sql, { registry, checkedAt, source, answers }, caller.actor);
        return ok({ recorded, known: answers.length - recorded, rejected: errors.length, errors });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/contacts/:id/number-checks',
      role: 'viewer',
      concerns: 'contact',
      operation: {
        id: 'listNumberChecks',
        tag: 'Contacts',
        summary: 'List what registries have said of the numbers of a contact',
        answers: { 200: ChecksAnswer },
        examples: { answer: CHECKS_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument({ items: await listChecks(sql, id) })),
    }),
    defineRoute({
      method: 'get',
      path: '/lists/:id/numbers-to-check',
      role: 'viewer',
      concerns: 'list',
      operation: {
        id: 'listNumbersToCheck',
        tag: 'Lists',
        summary: 'List the numbers of a list that have to be looked up in a registry',
        description:
          'Never looked up, or too long ago; by contact, in a stable order that means nothing. What a campaign that solicits would hold back.',
        parameters: {
          registry: 'Which registry; the Do-Not-Call registry unless said otherwise.',
          olderThanDays: 'Look-ups older than this count as none. 31 is as old as the law allows.',
        },
        answers: { 200: NumbersToCheckAnswer },
        examples: { answer: pageExample(NUMBER_TO_CHECK_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({
        ...pageQuery,
        registry: RegistrySchema.default('dnc'),
        olderThanDays: z.coerce.number().int().min(0).max(3650).optional(),
      }),
      handle: async ({ params: { id }, query: { limit, cursor, ...filter } }) => {
        const rows = await numbersToCheck(sql, id, { ...filter, after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ contactId }) => contactId, toDocument));
      },
    }),
  ];
}

interface ItemError {
  readonly index: number;
  readonly field: string;
  readonly value: unknown;
  readonly rule: string;
}

/** Numbers are told back to whoever sent them and nowhere else. */
function readItems({ items, checkedAt }: Batch, addressKey: string): { answers: NumberAnswer[]; errors: ItemError[] } {
  const answers: NumberAnswer[] = [];
  const errors: ItemError[] = [];
  for (const [index, item] of items.entries()) {
    const askedAboutAt = 'askedAboutAt' in item ? item.askedAboutAt : null;
    if (askedAboutAt !== null && askedAboutAt > checkedAt) {
      const value = toIso(askedAboutAt);
      errors.push({ index, field: 'askedAboutAt', value, rule: 'must not be later than checkedAt' });
      continue;
    }
    try {
      answers.push({ hash: phoneAddress(item.phone, addressKey).hash, answer: item.answer, askedAboutAt });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      errors.push({ index, field: 'phone', value: item.phone, rule: error.message });
    }
  }
  return { answers, errors };
}

function inFuture(checkedAt: number): ApiError {
  const detail = 'must not be later than now';
  return new ApiError('invalid_body', `#/checkedAt: ${detail}`, [
    { pointer: '#/checkedAt', detail, value: toIso(checkedAt) },
  ]);
}
