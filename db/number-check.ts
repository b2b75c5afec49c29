import type { CampaignDefinition } from '../domain/campaign-definition';
import type { Registry } from '../domain/number-check';
import { SCRUB_DAYS } from '../domain/number-rules';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { Refusal, type RefusedField } from './refusal';

/** What registries said of phone numbers (C10, C11). Every answer is kept: each is evidence of its time. */

export interface NumberAnswer {
  readonly hash: string;
  readonly answer: string;
  /** Of the Reassigned Numbers Database alone. */
  readonly askedAboutAt: number | null;
}

export interface NewAnswers {
  readonly registry: Registry;
  readonly checkedAt: number;
  readonly source: string;
  readonly answers: readonly NumberAnswer[];
}

/**
 * Holds the locks that every claim takes, so that what is claimed afterwards has seen it. An answer that is here already is
 * not stored again. Answers how many were new.
 */
export async function recordAnswers(
  sql: Sql,
  { registry, checkedAt, source, answers }: NewAnswers,
  actor: string,
): Promise<number> {
  const hashes = answers.map(({ hash }) => hash);
  return inTransaction(sql, async (tx) => {
    await tx`select from address where hash = any (${hashes}::text[]) order by hash for no key update`;
    const stored = await tx<{ hash: string }[]>`
      insert into number_check (hash, registry, answer, checked_at, asked_about_at, source, actor)
      select given.hash, ${registry}, given.answer, at_ms(${checkedAt}), at_ms(given.asked_about_at), ${source}, ${actor}
      from unnest(${hashes}::text[], ${answers.map(({ answer }) => answer)}::text[],
        ${answers.map(({ askedAboutAt }) => askedAboutAt)}::float8[]) as given (hash, answer, asked_about_at)
      order by given.hash
      on conflict do nothing
      returning hash`;
    if (stored.length === 0) return 0;
    await tx`
      insert into wake (enrollment_id, reason)
      select distinct e.id, 'number_checked'
      from contact_address ca
      join enrollment e on e.contact_id = ca.contact_id and e.state = 'open'
      where ca.hash = any (${stored.map(({ hash }) => hash)}::text[])
        and (${registry} = 'reassigned' or e.decision -> 'reasons' @> '[{"code": "no_basis"}]')`;
    const data = { registry, numbers: stored.length };
    await recordChange(tx, { entity: 'number_check', entityId: registry, change: 'recorded', data, actor });
    return stored.length;
  });
}

export interface StoredCheck {
  readonly phone: string;
  readonly registry: Registry;
  readonly answer: string;
  readonly checkedAt: number;
  readonly askedAboutAt: number | null;
  readonly source: string;
  readonly actor: string;
}

/** Newest first, of the numbers that the contact has now. */
export async function listChecks(db: Db, contactId: string): Promise<StoredCheck[]> {
  const contact = await db`select 1 from contact where id = ${contactId}`;
  if (contact.length === 0) throw new Refusal('not_found', `there is no contact ${contactId}`);
  return db<StoredCheck[]>`
    select a.value as phone, n.registry, n.answer, ms(n.checked_at) as checked_at, ms(n.asked_about_at) as asked_about_at,
      n.source, n.actor
    from contact_address ca
    join address a on a.hash = ca.hash
    join number_check n on n.hash = ca.hash
    where ca.contact_id = ${contactId} and ca.unusable is distinct from 'removed'
    order by n.checked_at desc, n.id desc
    limit 500`;
}

export interface NumberToCheck {
  readonly contactId: string;
  readonly phones: readonly {
    readonly phone: string;
    /** When it was last looked up; null = never. */
    readonly checkedAt: number | null;
  }[];
}

/** People of a list with the numbers that nobody has looked up in the registry for so many days, in an order that means nothing. */
export async function numbersToCheck(
  db: Db,
  listId: string,
  {
    registry,
    olderThanDays = SCRUB_DAYS,
    after,
    limit,
  }: {
    readonly registry: Registry;
    readonly olderThanDays?: number | undefined;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<NumberToCheck[]> {
  const list = await db`select 1 from list where id = ${listId}`;
  if (list.length === 0) throw new Refusal('not_found', `there is no list ${listId}`);
  return db<NumberToCheck[]>`
    select ca.contact_id, json_agg(json_build_object('phone', a.value, 'checkedAt', ms(newest.checked_at)) order by ca.position) as phones
    from contact_address ca
    join address a on a.hash = ca.hash and a.kind = 'phone'
    left join lateral (
      select max(n.checked_at) as checked_at from number_check n
      where n.hash = a.hash and n.registry = ${registry} and n.checked_at <= app_now()) newest on true
    where ca.contact_id in (select k.contact_id from list_member m join cases k on k.id = m.case_id where m.list_id = ${listId})
      and ca.unusable is null and (${after}::uuid is null or ca.contact_id > ${after})
      and (newest.checked_at is null or newest.checked_at < app_now() - make_interval(hours => ${24 * olderThanDays}))
    group by ca.contact_id
    order by ca.contact_id
    limit ${limit}`;
}

/** Whom a campaign that solicits would hold back from its first day on, as nobody has looked up one of their numbers (C10). */
export async function uncheckedProblems(db: Db, { listId, plan, policy }: CampaignDefinition): Promise<RefusedField[]> {
  const usesPhone = plan.runs.some(({ calls, messages }) => calls !== undefined || messages.some(isText));
  if (!policy.solicits || !usesPhone) return [];
  const [row] = await db<{ people: number }[]>`
    select count(*)::int as people
    from (select distinct k.contact_id from list_member m join cases k on k.id = m.case_id where m.list_id = ${listId}) person
    where not exists (select from consent n where n.contact_id = person.contact_id and n.revoked_at is null)
      and not exists (select from relationship r where r.contact_id = person.contact_id and r.withdrawn_at is null
        and app_now() < r.happened_on + case r.kind when 'purchase' then interval '18 months' else interval '3 months' end)
      and (
        select bool_and(not exists (select from number_check n
          where n.hash = ca.hash and n.registry = 'dnc' and n.checked_at >= app_now() - make_interval(hours => ${24 * SCRUB_DAYS})))
        from contact_address ca join address a on a.hash = ca.hash and a.kind = 'phone'
        where ca.contact_id = person.contact_id and ca.unusable is null)`;
  if (row === undefined || row.people === 0) return [];
  const detail = `it solicits, and ${row.people} of the list's people have no number that was looked up in the Do-Not-Call list within ${SCRUB_DAYS} days, and neither consent nor a purchase or inquiry on record (GET /v1/lists/{id}/numbers-to-check)`;
  return [{ pointer: '#/policy/solicits', detail, value: true }];
}

function isText({ channel }: { readonly channel: string }): boolean {
  return channel === 'sms';
}
