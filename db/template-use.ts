import { type CampaignDefinition, CampaignDefinitionSchema, type CampaignStatus } from '../domain/campaign-definition';
import { plannedWords, type PlannedWords, type TemplateChannel, type Variant } from '../domain/message-template';
import type { Plan, PlannedMessage } from '../domain/plan';
import { isInView } from './case-scope';
import type { Db } from './client';
import type { RefusedField } from './refusal';

/** Templates in plans: their words are filled in when a plan is saved, so that nobody who sends has to look them up. */

interface Known {
  readonly id: string;
  readonly name: string;
  readonly channel: TemplateChannel;
  readonly current: number;
  readonly isArchived: boolean;
  readonly versions: ReadonlyMap<number, PlannedWords>;
}

export interface Filled {
  readonly definition: CampaignDefinition;
  /** Pointers into the definition; where there are some, the definition is as it came. */
  readonly problems: readonly RefusedField[];
}

/**
 * Gives each message that names a template the words of the version that it names, or of the newest. `inUse` names the
 * archived ones that may stay. What somebody has written over the words of a template is refused, for it would be lost.
 */
export async function fillTemplates(
  db: Db,
  definition: CampaignDefinition,
  inUse: ReadonlySet<string> = new Set(),
): Promise<Filled> {
  const ids = [...templatesIn(definition.plan)];
  if (ids.length === 0) return { definition, problems: [] };
  const known = await knownTemplates(db, ids);
  const problems: RefusedField[] = [];
  const runs = definition.plan.runs.map((run, runAt) => ({
    ...run,
    messages: run.messages.map((message, at) => {
      if (message.templateId === undefined) return message;
      const filled = fill(message, known.get(message.templateId), inUse);
      if ('message' in filled) return filled.message;
      problems.push({ ...filled, pointer: `#/plan/runs/${runAt}/messages/${at}/${filled.pointer}` });
      return message;
    }),
  }));
  if (problems.length > 0) return { definition, problems };
  return checked({ ...definition, plan: { ...definition.plan, runs } });
}

/** The same of a campaign as it is written, for whoever wants to read its words: those that it has may be archived. */
export async function readTemplates(db: Db, definition: CampaignDefinition): Promise<Filled> {
  return fillTemplates(db, definition, templatesIn(definition.plan));
}

export function templatesIn({ runs }: Plan): ReadonlySet<string> {
  return new Set(runs.flatMap(({ messages }) => messages.flatMap(({ templateId }) => templateId ?? [])));
}

function fill(
  message: PlannedMessage,
  template: Known | undefined,
  inUse: ReadonlySet<string>,
): { readonly message: PlannedMessage } | RefusedField {
  const { templateId, templateVersion: asked } = message;
  if (template === undefined) return { pointer: 'templateId', detail: 'there is no such template', value: templateId };
  const { name, channel, current, isArchived, versions } = template;
  const refuse = (pointer: string, detail: string, value: unknown) => ({ pointer, detail, value });
  if (channel !== message.channel)
    return refuse(
      'templateId',
      `the template "${name}" is for ${channel}, and this message is ${message.channel}`,
      templateId,
    );
  if (isArchived && !inUse.has(template.id))
    return refuse('templateId', `the template "${name}" is archived: restore it, or take another`, templateId);
  const templateVersion = asked ?? current;
  const words = versions.get(templateVersion);
  if (words === undefined)
    return refuse('templateVersion', `the template "${name}" has ${current} versions, and not this one`, asked);
  if (![...versions.values()].some((version) => says(version, message)))
    return refuse(
      'text',
      `these are the words of no version of the template "${name}": leave them out, or templateId`,
      message.text,
    );
  const { translations: _, ...rest } = message;
  // Proof: the template is of the message's channel, so its words have a subject where the message needs one.
  return { message: { ...rest, ...words, templateVersion } as PlannedMessage };
}

/** Has the message these words, as far as it has any? */
function says(words: PlannedWords, message: PlannedMessage): boolean {
  const { text, translations } = message;
  const subject = message.channel === 'email' ? message.subject : '';
  if (text !== '' && text !== words.text) return false;
  if (subject !== '' && subject !== words.subject) return false;
  return translations === undefined || canonical(translations) === canonical(words.translations ?? {});
}

function canonical(translations: NonNullable<PlannedWords['translations']>): string {
  const languages = Object.entries(translations).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(languages.map(([language, { subject, text }]) => [language, subject, text]));
}

/** A text may need what this campaign does not have, such as a form. */
function checked(definition: CampaignDefinition): Filled {
  const { error } = CampaignDefinitionSchema.safeParse(definition);
  const problems = (error?.issues ?? []).map(({ path, message }) => ({
    pointer: `#/${path.join('/')}`,
    detail: message,
  }));
  return { definition, problems };
}

async function knownTemplates(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Known>> {
  const rows = await db<(Omit<Known, 'versions'> & { versions: { number: number; variants: Variant[] }[] })[]>`
    select t.id, t.name, t.channel, t.version as current, t.archived_at is not null as is_archived,
      (select json_agg(json_build_object('number', v.number, 'variants', v.variants))
        from message_template_version v where v.template_id = t.id) as versions
    from message_template t
    where t.id = any (${[...ids]}::uuid[])
    order by t.id for share of t`;
  return new Map(
    rows.map(({ versions, ...row }) => [
      row.id,
      { ...row, versions: new Map(versions.map(({ number, variants }) => [number, plannedWords(variants)])) },
    ]),
  );
}

export interface TemplateUser {
  readonly seq: number;
  readonly campaignId: string;
  readonly name: string;
  readonly status: CampaignStatus;
  readonly messages: readonly { readonly runKey: string; readonly messageKey: string; readonly version: number }[];
}

/**
 * Campaigns whose definition names the template, newest first. Archived ones too: they say what was sent. A draft that names
 * no version would be launched with the newest.
 */
export async function listTemplateUsers(
  db: Db,
  { templateId, after, limit }: { readonly templateId: string; readonly after: number | null; readonly limit: number },
): Promise<TemplateUser[]> {
  return db<TemplateUser[]>`
    select c.seq::int, c.id as campaign_id, c.name, c.status, json_agg(json_build_object(
      'runKey', run ->> 'key', 'messageKey', message ->> 'key',
      'version', coalesce((message ->> 'templateVersion')::int, t.version))) as messages
    from campaign c
    join message_template t on t.id = ${templateId}
    cross join jsonb_path_query(c.definition, 'lax $.plan.runs[*]') run
    cross join jsonb_path_query(run, 'lax $.messages[*] ? (@.templateId == $id)', ${JSON.stringify({ id: templateId })}::text::jsonb) message
    where (${after}::bigint is null or c.seq < ${after}) and ${isInView(db, 'campaign', db`c.id`)}
    group by c.seq, c.id
    order by c.seq desc
    limit ${limit}`;
}

export interface UsedTemplate {
  readonly runKey: string;
  readonly messageKey: string;
  readonly templateId: string;
  readonly name: string;
  readonly version: number;
  readonly currentVersion: number;
  readonly isArchived: boolean;
}

/** The templates of a plan, in its order, with the version that each has by now; a draft may leave open which it takes. */
export async function usedTemplates(db: Db, { runs }: Plan): Promise<UsedTemplate[]> {
  const used = runs.flatMap(({ key: runKey, messages }) =>
    messages.flatMap(({ key: messageKey, templateId, templateVersion: asked }) =>
      templateId === undefined ? [] : [{ runKey, messageKey, templateId, asked }],
    ),
  );
  const rows = await db<Pick<UsedTemplate, 'templateId' | 'name' | 'currentVersion' | 'isArchived'>[]>`
    select id as template_id, name, version as current_version, archived_at is not null as is_archived
    from message_template where id = any (${used.map(({ templateId }) => templateId)}::uuid[])`;
  const byId = new Map(rows.map((row) => [row.templateId, row]));
  return used.flatMap(({ asked, ...use }) => {
    const template = byId.get(use.templateId);
    return template === undefined ? [] : [{ ...use, version: asked ?? template.currentVersion, ...template }];
  });
}
