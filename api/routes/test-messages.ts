import * as z from 'zod';
import { getTest, listTests, queueTest, type TestMessage } from '../../db/own-message';
import { prepareTest, type TestedWords } from '../../db/test-message';
import { idOfRequest } from '../../db/tokens';
import { countRequest } from '../../db/usage';
import { LanguageSchema } from '../../domain/wording';
import { pageExample } from '../answers/fields';
import { TEST_BODY_EXAMPLE, TEST_EXAMPLE, TestMessageAnswer, TestMessagePageAnswer } from '../answers/own-messages';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAt, pageBySeq, pageQuery } from '../page';
import { refuseBeyond } from '../rate-limit';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const TESTS_PER_HOUR = 60;
const KeySchema = text(40).min(1);

const BodySchema = z
  .strictObject({
    ownAddressId: z.uuid(),
    templateId: z.uuid().optional(),
    templateVersion: z.int().min(1).max(1_000_000).optional().describe('Left out = the newest.'),
    campaignId: z.uuid().optional(),
    runKey: KeySchema.optional(),
    stepKey: KeySchema.optional().describe('`call` for the greeting of the calls, or the key of a message.'),
    contactId: z.uuid().optional().describe('Whose values stand in it; left out = somebody named Asha Rivera.'),
    language: LanguageSchema.optional().describe("Left out = the contact's."),
  })
  .check(({ value, issues }) => {
    if (wordsAsked(value) !== null) return;
    const message = 'either templateId, or campaignId with runKey and stepKey, must say what is sent';
    issues.push({ code: 'custom', path: ['templateId'], input: value.templateId, message });
  });

interface Asked {
  readonly templateId?: string | undefined;
  readonly templateVersion?: number | undefined;
  readonly campaignId?: string | undefined;
  readonly runKey?: string | undefined;
  readonly stepKey?: string | undefined;
}

/** Null = it says neither, or both. */
function wordsAsked({ templateId, templateVersion, campaignId, runKey, stepKey }: Asked): TestedWords | null {
  const named = [campaignId, runKey, stepKey].filter((each) => each !== undefined).length;
  if (templateId !== undefined) return named === 0 ? { templateId, templateVersion } : null;
  if (templateVersion !== undefined) return null;
  if (campaignId === undefined || runKey === undefined || stepKey === undefined) return null;
  return { campaignId, runKey, stepKey };
}

/** POST /test-messages · GET /test-messages · GET /test-messages/{id} */
export function testMessageRoutes({ sql, config: { publicUrl } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/test-messages',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'sendTest',
        tag: 'Tests',
        summary: 'Call, text or mail me a test',
        description:
          'To a verified address of the team only, and at once: hours of law and caps are those of people who are reached, and the test is no attempt at anybody. An opt-out of the address holds all the same. Links in it lead nowhere. Sixty an hour.',
        answers: { 201: TestMessageAnswer },
        problems: ['unknown_reference', 'not_verified', 'test_refused'],
        examples: { body: TEST_BODY_EXAMPLE, answer: TEST_EXAMPLE },
      },
      body: BodySchema,
      handle: async ({ body: { ownAddressId, contactId = null, language, ...asked }, caller, requestKey }) => {
        // Proof: the schema has refused what says nothing.
        const words = wordsAsked(asked) as TestedWords;
        const id = idOfRequest(requestKey);
        const { source, channel, content } = await prepareTest(sql, { words, contactId, language }, publicUrl);
        refuseBeyond(TESTS_PER_HOUR, await countRequest(sql, 'own-tests'), 'tests');
        const test = await queueTest(sql, { id, ownAddressId, channel, content, ...source }, caller.actor);
        return created(testDocument(test), `/test-messages/${id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/test-messages',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listTests',
        tag: 'Tests',
        summary: 'List the tests that were sent, newest first',
        answers: { 200: TestMessagePageAnswer },
        examples: { answer: pageExample(TEST_EXAMPLE) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listTests(sql, { after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/test-messages/:id',
      role: 'viewer',
      concerns: 'test_message',
      operation: {
        id: 'getTest',
        tag: 'Tests',
        summary: 'Read a test, and what became of it',
        answers: { 200: TestMessageAnswer },
        examples: { answer: TEST_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(testDocument(await getTest(sql, id))),
    }),
  ];
}

function testDocument({ seq: _, ...test }: TestMessage): unknown {
  return toDocument(test);
}
