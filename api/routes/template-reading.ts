import * as z from 'zod';
import { getAnyCampaign } from '../../db/campaign';
import { readerOf } from '../../db/reader';
import { getTemplate, getTemplateVersion, listTemplateVersions } from '../../db/template';
import { previewTemplate } from '../../db/template-preview';
import { listTemplateUsers, usedTemplates } from '../../db/template-use';
import { LanguageSchema } from '../../domain/wording';
import { pageExample } from '../answers/fields';
import {
  PREVIEW_EXAMPLE,
  PreviewAnswer,
  TEMPLATE_USER_EXAMPLE,
  TEMPLATE_VERSION_EXAMPLE,
  TemplateUserPageAnswer,
  TemplateVersionPageAnswer,
  USED_TEMPLATES_EXAMPLE,
  UsedTemplatesAnswer,
} from '../answers/templates';
import type { ApiDeps } from '../deps';
import { numberAt, pageBySeq, pageOf, pageQuery } from '../page';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { versionDocument } from '../template-entry';

/**
 * GET /templates/{id}/versions: its words as they once were
 * GET /templates/{id}/uses: the campaigns that have them
 * GET /templates/{id}/preview: the words as one person gets them
 * GET /campaigns/{id}/templates: which templates a campaign has, and whether there are newer words
 */
export function templateReadingRoutes(deps: ApiDeps): Route[] {
  return [...ofTemplates(deps), ...trying(deps)];
}

function ofTemplates({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/templates/:id/versions',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listTemplateVersions',
        tag: 'Templates',
        summary: 'List the versions of a template, newest first',
        answers: { 200: TemplateVersionPageAnswer },
        examples: { answer: pageExample(TEMPLATE_VERSION_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id: templateId }, query: { limit, cursor } }) => {
        const { channel } = await getTemplate(sql, templateId);
        const rows = await listTemplateVersions(sql, { templateId, after: numberAt(cursor), limit: limit + 1 });
        return ok(
          pageOf(
            rows,
            limit,
            ({ number }) => number,
            (row) => versionDocument(channel, row),
          ),
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/templates/:id/uses',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listTemplateUses',
        tag: 'Templates',
        summary: 'List the campaigns that use a template, newest first',
        description:
          'As their definitions stand. People who were kept in an earlier version of a campaign have its words.',
        answers: { 200: TemplateUserPageAnswer },
        examples: { answer: pageExample(TEMPLATE_USER_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id: templateId }, query: { limit, cursor } }) => {
        await getTemplate(sql, templateId);
        const rows = await listTemplateUsers(sql, { templateId, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, (user) => user));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/templates',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'listUsedTemplates',
        tag: 'Templates',
        summary: 'List the templates of a campaign, and say which have newer words',
        answers: { 200: UsedTemplatesAnswer },
        examples: { answer: USED_TEMPLATES_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const { definition } = await getAnyCampaign(sql, id);
        const items = definition === null ? [] : await usedTemplates(sql, definition.plan);
        return ok({ items: items.map((item) => ({ ...item, isNewer: item.currentVersion > item.version })) });
      },
    }),
  ];
}

function trying({ sql, config: { publicUrl } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/templates/:id/preview',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'previewTemplate',
        tag: 'Templates',
        summary: 'Show the words of a template as one person gets them',
        description: 'Sends nothing. Links in it lead nowhere.',
        parameters: {
          contactId: 'Left out = somebody named Asha Rivera, without attributes.',
          campaignId: 'Whose subject `campaign.subject` is; left out = `general`.',
          version: 'Left out = the newest.',
          language: "Left out = the contact's.",
        },
        answers: { 200: PreviewAnswer },
        problems: ['unknown_reference'],
        examples: { answer: PREVIEW_EXAMPLE },
      },
      params: IdParams,
      query: z.strictObject({
        contactId: z.uuid().optional(),
        campaignId: z.uuid().optional(),
        version: z.coerce.number().int().min(1).max(1_000_000).optional(),
        language: LanguageSchema.optional(),
      }),
      handle: async ({ params: { id }, query: { contactId = null, campaignId = null, version, language } }) => {
        const template = await getTemplate(sql, id);
        const { number, variants } = await getTemplateVersion(sql, id, version ?? template.version);
        const reader = await readerOf(sql, { contactId, campaignId });
        const asked = { language: language ?? reader.language, publicUrl };
        return ok({ version: number, ...previewTemplate({ channel: template.channel, variants }, reader, asked) });
      },
    }),
  ];
}
