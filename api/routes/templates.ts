import * as z from 'zod';
import { archiveTemplate, changeTemplate, createTemplate, getTemplate, listTemplates } from '../../db/template';
import { wordsOfMessage } from '../../db/template-source';
import { idOfRequest } from '../../db/tokens';
import { TemplateChannelSchema } from '../../domain/message-template';
import { LanguageSchema } from '../../domain/wording';
import { pageExample } from '../answers/fields';
import { TEMPLATE_BODY_EXAMPLE, TEMPLATE_EXAMPLE, TemplateAnswer, TemplatePageAnswer } from '../answers/templates';
import type { ApiDeps } from '../deps';
import { numberAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionRequired } from '../revision';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { requireSendable, templateDocument, VariantsInputSchema } from '../template-entry';
import { text } from '../text';

const NameSchema = text(120).min(3);
const KeySchema = text(40).min(1);

/** Words of its own, or those of a message that a campaign has already. */
const NewTemplateSchema = z
  .strictObject({
    name: NameSchema,
    channel: TemplateChannelSchema.optional().describe('Left out with `from`: that message has one.'),
    variants: VariantsInputSchema.optional(),
    from: z
      .strictObject({
        campaignId: z.uuid(),
        runKey: KeySchema,
        messageKey: KeySchema,
        language: LanguageSchema.default('en').describe('Of the words that are for everybody.'),
      })
      .optional()
      .describe(
        'A message of a campaign, whose words become the template. Name the template in it to make it use them.',
      ),
  })
  .check(({ value: { from, channel, variants }, issues }) => {
    const saysAll = channel !== undefined && variants !== undefined;
    const saysNothing = channel === undefined && variants === undefined;
    if (from === undefined ? saysAll : saysNothing) return;
    const message = 'either channel and variants, or from, must say the words, and not both';
    issues.push({ code: 'custom', path: ['variants'], input: variants, message });
  });

/**
 * POST /templates · GET /templates · GET /templates/{id} · PATCH /templates/{id}
 * POST /templates/{id}/archive · POST /templates/{id}/restore
 */
export function templateRoutes(deps: ApiDeps): Route[] {
  return [...reading(deps), ...writing(deps), ...shelving(deps)];
}

function reading({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/templates',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listTemplates',
        tag: 'Templates',
        summary: 'List templates',
        parameters: {
          archived: 'true = those that were archived, instead of the others.',
          query: 'Part of the name.',
          sort: 'Newest first, or by name.',
        },
        answers: { 200: TemplatePageAnswer },
        examples: { answer: pageExample(TEMPLATE_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        channel: TemplateChannelSchema.optional(),
        archived: z.enum(['true', 'false']).default('false'),
        query: text(120).min(1).optional(),
        sort: z.enum(['newest', 'name']).default('newest'),
      }),
      handle: async ({ query: { limit, cursor, archived, ...filter } }) => {
        const asked = { ...filter, archived: archived === 'true', after: numberAt(cursor), limit: limit + 1 };
        return ok(pageOf(await listTemplates(sql, asked), limit, ({ seq }) => seq, templateDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/templates/:id',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getTemplate',
        tag: 'Templates',
        summary: 'Read a template with its newest words',
        answers: { 200: TemplateAnswer },
        examples: { answer: TEMPLATE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(templateDocument(await getTemplate(sql, id))),
    }),
  ];
}

function writing({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/templates',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'createTemplate',
        tag: 'Templates',
        summary: 'Create a template',
        description:
          'Its variables are those of planned texts: `contact.first_name`, `contact.last_name`, `contact.full_name`, `contact.<attribute>` where some contact has it, `company.*`, `campaign.subject`, `form.link`, `unsubscribe.link`, each with filters like `| default: "there"`. Any other is refused with its position.',
        answers: { 201: TemplateAnswer },
        problems: ['wrong_status', 'unknown_reference'],
        examples: { body: TEMPLATE_BODY_EXAMPLE, answer: TEMPLATE_EXAMPLE },
      },
      body: NewTemplateSchema,
      handle: async ({ body: { name, from, channel = 'sms', variants = [] }, caller, requestKey }) => {
        const words = from === undefined ? { channel, variants } : await wordsOfMessage(sql, from);
        await requireSendable(sql, words.channel, words.variants);
        const template = await createTemplate(sql, { id: idOfRequest(requestKey), name, ...words }, caller.actor);
        return created(templateDocument(template), `/templates/${template.id}`);
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/templates/:id',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'changeTemplate',
        tag: 'Templates',
        summary: 'Rename a template, or give it other words',
        description:
          'Other words are another version. Campaigns keep the version that they have; `GET /v1/campaigns/{id}/templates` says that there is a newer one, and publishing adopts it.',
        answers: { 200: TemplateAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { name: 'Second hello', revision: 1 },
          answer: { ...TEMPLATE_EXAMPLE, name: 'Second hello', revision: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({
        revision: RevisionSchema,
        name: NameSchema.optional(),
        variants: VariantsInputSchema.optional().describe('All of them; a language that is left out is taken away.'),
      }),
      handle: async ({ params: { id }, body: { revision: inBody, ...change }, caller, ifMatch }) => {
        const revision = revisionRequired(ifMatch, inBody);
        const { channel } = await getTemplate(sql, id);
        if (change.variants !== undefined) await requireSendable(sql, channel, change.variants);
        return ok(templateDocument(await changeTemplate(sql, id, { revision, ...change }, caller.actor)));
      },
    }),
  ];
}

function shelving({ sql }: ApiDeps): Route[] {
  return [
    {
      verb: 'archive',
      isArchived: true,
      summary: 'Archive a template',
      description: 'Campaigns that use it keep it; no other can take it. Archiving what is archived changes nothing.',
      after: { archivedAt: '2027-03-02T14:00:00.000Z', revision: 2 },
    },
    {
      verb: 'restore',
      isArchived: false,
      summary: 'Take a template out of the archive',
      description: 'Refused while another of its channel has its name.',
      after: { revision: 3 },
    },
  ].map(({ verb, isArchived, summary, description, after }) =>
    defineRoute({
      method: 'post',
      path: `/templates/:id/${verb}`,
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: `${verb}Template`,
        tag: 'Templates',
        summary,
        description,
        answers: { 200: TemplateAnswer },
        problems: ['wrong_status'],
        examples: { answer: { ...TEMPLATE_EXAMPLE, ...after } },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) =>
        ok(templateDocument(await archiveTemplate(sql, id, isArchived, caller.actor))),
    }),
  );
}
