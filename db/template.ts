import type { Instant } from '../domain/instant';
import type { TemplateChannel, Variant } from '../domain/message-template';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { containing } from './pattern';
import { Refusal } from './refusal';
import { brokenConstraint } from './result-guard';

/** U-10: the library of words that campaigns share. A change of the words is another version; none is ever overwritten. */

export interface Template {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly channel: TemplateChannel;
  readonly version: number;
  /** Of that version. */
  readonly variants: readonly Variant[];
  readonly archivedAt: Instant | null;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly actor: string;
}

export interface TemplateVersion {
  readonly number: number;
  readonly variants: readonly Variant[];
  readonly createdAt: Instant;
  readonly actor: string;
}

export interface TemplatePage {
  readonly channel?: TemplateChannel | undefined;
  readonly archived: boolean;
  /** Part of the name. */
  readonly query?: string | undefined;
  readonly sort: 'newest' | 'name';
  /** Sequence number of the last template of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

export interface TemplateChange {
  readonly revision: number;
  readonly name?: string | undefined;
  readonly variants?: readonly Variant[] | undefined;
}

/** Carried out again with the same id, it answers the template that is there. */
export async function createTemplate(
  sql: Sql,
  { id, name, channel, variants }: Pick<Template, 'id' | 'name' | 'channel' | 'variants'>,
  actor: string,
): Promise<Template> {
  return withUniqueName(name, () =>
    inTransaction(sql, async (tx) => {
      const made = await tx`
        insert into message_template (id, name, channel, actor) values (${id}, ${name}, ${channel}, ${actor})
        on conflict (id) do nothing returning 1`;
      if (made.length > 0) {
        await storeVersion(tx, id, 1, variants, actor);
        await recordChange(tx, { entity: 'template', entityId: id, change: 'created', data: { channel }, actor });
      }
      return getTemplate(tx, id);
    }),
  );
}

export async function getTemplate(db: Db, id: string): Promise<Template> {
  const [row] = await db<Template[]>`select ${columns(db)} from ${joined(db)} where t.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no template ${id}`);
  return row;
}

export async function listTemplates(db: Db, page: TemplatePage): Promise<Template[]> {
  const { channel = null, archived, query, sort, after, limit } = page;
  const isByName = sort === 'name';
  return db<Template[]>`
    select ${columns(db)} from ${joined(db)}
    where (t.archived_at is not null) = ${archived}
      and (${channel}::text is null or t.channel = ${channel})
      and (${containing(query)}::text is null or t.name ilike ${containing(query)})
      and (${after}::bigint is null or ${
        isByName
          ? db`(lower(t.name), t.seq) > (select lower(name), seq from message_template where seq = ${after})`
          : db`t.seq < ${after}`
      })
    order by ${isByName ? db`lower(t.name), t.seq` : db`t.seq desc`}
    limit ${limit}`;
}

/** Newest first. */
export async function listTemplateVersions(
  db: Db,
  { templateId, after, limit }: { readonly templateId: string; readonly after: number | null; readonly limit: number },
): Promise<TemplateVersion[]> {
  return db<TemplateVersion[]>`
    select number, variants, ms(created_at) as created_at, actor
    from message_template_version
    where template_id = ${templateId} and (${after}::int is null or number < ${after})
    order by number desc
    limit ${limit}`;
}

/** `field` is where the number was asked for. */
export async function getTemplateVersion(
  db: Db,
  templateId: string,
  number: number,
  field = 'version',
): Promise<TemplateVersion> {
  const [row] = await db<TemplateVersion[]>`
    select number, variants, ms(created_at) as created_at, actor
    from message_template_version where template_id = ${templateId} and number = ${number}`;
  if (row === undefined)
    throw new Refusal('unknown_reference', `the template has no version ${number}`, [
      { pointer: `#/${field}`, detail: 'there is no such version', value: number },
    ]);
  return row;
}

/** Other words are another version; the campaigns that use the template keep theirs until they are given it. */
export async function changeTemplate(sql: Sql, id: string, change: TemplateChange, actor: string): Promise<Template> {
  const { revision, name, variants } = change;
  return withUniqueName(name ?? '', () =>
    inTransaction(sql, async (tx) => {
      const before = await lock(tx, id);
      if (revision !== before.revision)
        throw new Refusal('revision_conflict', `the template stands at revision ${before.revision}, not ${revision}`, [
          { pointer: '#/revision', detail: `the current revision is ${before.revision}`, value: revision },
        ]);
      const hasOtherWords = variants !== undefined && JSON.stringify(variants) !== wordsOf(before);
      const fields = [
        ...(name === undefined || name === before.name ? [] : ['name']),
        ...(hasOtherWords ? ['variants'] : []),
      ];
      if (fields.length === 0) return before;
      const version = before.version + (hasOtherWords ? 1 : 0);
      if (hasOtherWords) await storeVersion(tx, id, version, variants, actor);
      await tx`
        update message_template set name = ${name ?? before.name}, version = ${version}, revision = revision + 1,
          updated_at = app_now(), actor = ${actor}
        where id = ${id}`;
      await recordChange(tx, { entity: 'template', entityId: id, change: 'changed', data: { fields, version }, actor });
      return getTemplate(tx, id);
    }),
  );
}

/** An archived one stays in the campaigns that use it, and comes into no other. Archiving what is archived changes nothing. */
export async function archiveTemplate(sql: Sql, id: string, isArchived: boolean, actor: string): Promise<Template> {
  const { name } = await getTemplate(sql, id);
  return withUniqueName(name, () =>
    inTransaction(sql, async (tx) => {
      const before = await lock(tx, id);
      if ((before.archivedAt !== null) === isArchived) return before;
      await tx`
        update message_template set archived_at = ${isArchived ? tx`app_now()` : null}, revision = revision + 1,
          updated_at = app_now(), actor = ${actor}
        where id = ${id}`;
      const change = isArchived ? 'archived' : 'restored';
      await recordChange(tx, { entity: 'template', entityId: id, change, actor });
      return getTemplate(tx, id);
    }),
  );
}

async function lock(tx: Tx, id: string): Promise<Template> {
  await tx`select from message_template where id = ${id} for update`;
  return getTemplate(tx, id);
}

async function storeVersion(
  tx: Tx,
  id: string,
  number: number,
  variants: readonly Variant[],
  actor: string,
): Promise<void> {
  await tx`
    insert into message_template_version (template_id, number, variants, actor)
    values (${id}, ${number}, ${JSON.stringify(variants)}::text::jsonb, ${actor})`;
}

/** The database keeps the fields of an object in an order of its own. */
function wordsOf({ variants }: Template): string {
  return JSON.stringify(variants.map(({ language, subject, text }) => ({ language, subject, text })));
}

async function withUniqueName<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (brokenConstraint(error) !== 'message_template_name') throw error;
    const detail = 'is the name of another template of this channel';
    throw new Refusal('wrong_status', `the name ${detail}`, [{ pointer: '#/name', detail, value: name }]);
  }
}

function joined(db: Db) {
  return db`message_template t join message_template_version v on v.template_id = t.id and v.number = t.version`;
}

function columns(db: Db) {
  return db`
    t.id, t.seq::int, t.name, t.channel, t.version, v.variants, ms(t.archived_at) as archived_at, t.revision,
    ms(t.created_at) as created_at, ms(t.updated_at) as updated_at, t.actor`;
}
