import type { Channel } from '../domain/channel';
import type { Db } from './client';

/** People with their cases as files take them out, a page at a time. Nobody who was erased is among them. */

/** Whose: of a list its cases; of a campaign those it was enrolled for. */
export type ExportScope = { readonly listId: string } | { readonly campaignId: string };

export interface ExportRow {
  /** Where the page after it goes on. */
  readonly position: string;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly language: string;
  readonly zone: string | null;
  readonly state: string | null;
  readonly country: string | null;
  readonly postalCode: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly consents: readonly { readonly class: string; readonly source: string }[];
  readonly optOut: readonly Channel[];
  readonly caseExternalId: string | null;
  readonly caseTitle: string | null;
  readonly caseStatus: string | null;
}

export interface ExportWidth {
  readonly phones: number;
  readonly emails: number;
  /** Names of attributes that anybody has, sorted. */
  readonly attributes: readonly string[];
}

/** How many columns of each kind it takes to hold everybody. */
export async function widthOf(db: Db, scope: ExportScope): Promise<ExportWidth> {
  const [most] = await db<{ phones: number; emails: number }[]>`
    select coalesce(max(phones), 0)::int as phones, coalesce(max(emails), 0)::int as emails
    from (
      select count(*) filter (where a.kind = 'phone') as phones, count(*) filter (where a.kind = 'email') as emails
      from (select distinct contact_id from (${membersOf(db, scope)}) as m) as person
      join contact_address ca on ca.contact_id = person.contact_id and ca.unusable is null
      join address a on a.hash = ca.hash
      group by person.contact_id) as counted`;
  const names = await db<{ name: string }[]>`
    select distinct jsonb_object_keys(p.attributes) as name
    from (${membersOf(db, scope)}) as m join contact p on p.id = m.contact_id
    where p.attributes <> '{}'
    order by name`;
  return { phones: most?.phones ?? 0, emails: most?.emails ?? 0, attributes: names.map(({ name }) => name) };
}

/** In an order that means nothing and never changes, so that what comes or goes meanwhile moves nobody else. */
export async function exportPage(
  db: Db,
  scope: ExportScope,
  after: string | null,
  limit: number,
): Promise<ExportRow[]> {
  return db<ExportRow[]>`
    select page.position, p.external_id, p.first_name, p.last_name, p.language, p.stated_zone as zone, p.state,
      p.country, p.postal_code, p.attributes, p.tags,
      ${addressesOf(db, 'phone')} as phones, ${addressesOf(db, 'email')} as emails,
      (select coalesce(json_agg(json_build_object('class', n.class, 'source', n.source) order by n.class, n.source), '[]')
        from (select distinct class, source from consent where contact_id = p.id and revoked_at is null) n) as consents,
      array(select distinct channel
        from contact_address ca join suppression s on s.hash = ca.hash and s.lifted_at is null cross join unnest(s.channels) as channel
        where ca.contact_id = p.id order by channel) as opt_out,
      k.external_id as case_external_id, k.title as case_title, k.status as case_status
    from (${membersOf(db, scope, { after: after ?? FIRST, limit })}) as page
    join contact p on p.id = page.contact_id
    left join cases k on k.id = page.case_id
    order by page.position, page.case_id`;
}

const FIRST = '00000000-0000-0000-0000-000000000000';

/** A row for each case, along an index. A page of a campaign is so many people, with all of their cases. */
function membersOf(db: Db, scope: ExportScope, page?: { readonly after: string; readonly limit: number }) {
  const pageBy = (column: string) =>
    page === undefined ? db`` : db`and ${db(column)} > ${page.after}::uuid order by ${db(column)} limit ${page.limit}`;
  if ('listId' in scope)
    return db`
      select lm.case_id as position, k.contact_id, lm.case_id
      from list_member lm join cases k on k.id = lm.case_id join contact c on c.id = k.contact_id
      where lm.list_id = ${scope.listId} and c.erased_rt is null ${pageBy('lm.case_id')}`;
  return db`
    select e.contact_id as position, e.contact_id, each.case_id
    from (
      select e.contact_id, e.cases
      from enrollment e join contact c on c.id = e.contact_id
      where e.campaign_id = ${scope.campaignId} and c.erased_rt is null ${pageBy('e.contact_id')}) as e
    left join lateral unnest(e.cases) as each (case_id) on true`;
}

function addressesOf(db: Db, kind: 'phone' | 'email') {
  return db`array(
    select a.value from contact_address ca join address a on a.hash = ca.hash
    where ca.contact_id = p.id and a.kind = ${kind} and ca.unusable is null
    order by ca.position)`;
}
