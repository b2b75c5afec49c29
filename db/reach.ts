import { REACH_PROBLEMS, type ReachProblem } from '../domain/reach-problem';
import { isTypeInView } from './case-scope';
import type { Db } from './client';
import { Refusal } from './refusal';

/** Whom nobody can reach, or only within limits, and why. */

export interface HardToReach {
  readonly contact: {
    readonly id: string;
    readonly externalId: string | null;
    readonly firstName: string;
    readonly lastName: string;
  };
  readonly problems: readonly ReachProblem[];
}

/** People of the list whom at least one problem concerns, in a stable order that means nothing. */
export async function listProblems(
  db: Db,
  listId: string,
  {
    problem = null,
    after,
    limit,
  }: { readonly problem?: ReachProblem | null; readonly after: string | null; readonly limit: number },
): Promise<HardToReach[]> {
  const caseType = await caseTypeOf(db, listId);
  return db<HardToReach[]>`
    select json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) as contact,
      found.problems
    from contact p
    ${problemsOf(db, caseType)}
    where p.id in (${peopleOf(db, listId)})
      and (${after}::uuid is null or p.id > ${after})
      and cardinality(found.problems) > 0
      and (${problem}::text is null or ${problem} = any (found.problems))
    order by p.id
    limit ${limit}`;
}

export interface ProblemCounts {
  readonly contacts: number;
  /** Nothing stands in the way of any of them. */
  readonly free: number;
  readonly problems: Readonly<Record<ReachProblem, number>>;
}

export async function countProblems(db: Db, listId: string): Promise<ProblemCounts> {
  const caseType = await caseTypeOf(db, listId);
  const [row] = await db<{ contacts: number; free: number; told: Partial<Record<ReachProblem, number>> }[]>`
    with person as materialized (
      select p.id, found.problems from contact p ${problemsOf(db, caseType)} where p.id in (${peopleOf(db, listId)})
    )
    select count(*)::int as contacts, (count(*) filter (where cardinality(problems) = 0))::int as free,
      (select coalesce(json_object_agg(problem, people), '{}')
        from (select problem, count(*)::int as people from person, unnest(problems) problem group by problem) counted) as told
    from person`;
  const problems = Object.fromEntries(REACH_PROBLEMS.map((problem) => [problem, row?.told[problem] ?? 0]));
  // Every problem is a key of it.
  return { contacts: row?.contacts ?? 0, free: row?.free ?? 0, problems: problems as Record<ReachProblem, number> };
}

/** Of cases of one type, or of any where none is named. */
export async function contactProblems(db: Db, contactId: string, caseType: string | null): Promise<ReachProblem[]> {
  const [row] = await db<{ problems: ReachProblem[] }[]>`
    select found.problems from contact p ${problemsOf(db, caseType)} where p.id = ${contactId}`;
  if (row === undefined) throw new Refusal('not_found', `there is no contact ${contactId}`);
  return row.problems;
}

function peopleOf(db: Db, listId: string) {
  return db`select k.contact_id from list_member m join cases k on k.id = m.case_id where m.list_id = ${listId}`;
}

async function caseTypeOf(db: Db, listId: string): Promise<string> {
  const [row] = await db<{ caseType: string }[]>`select case_type from list where id = ${listId}`;
  if (row === undefined) throw new Refusal('not_found', `there is no list ${listId}`);
  return row.caseType;
}

/** As the planner reads it: one suppressed address bars the channel at every address of the person. */
function problemsOf(db: Db, caseType: string | null) {
  return db`
    cross join lateral (
      select coalesce(bool_or(a.kind = 'phone'), false) as has_phone,
        coalesce(bool_or(a.kind = 'phone' and ca.unusable is null), false) as has_usable_phone,
        coalesce(bool_and(not countries_of_number(a.value) && s.allowed_countries)
          filter (where a.kind = 'phone' and ca.unusable is null and a.value <> ''), false) as is_abroad,
        coalesce(bool_or(a.kind = 'email'), false) as has_email,
        coalesce(bool_or(a.kind = 'email' and ca.unusable is null), false) as has_usable_email
      from contact_address ca join address a on a.hash = ca.hash cross join settings s
      where ca.contact_id = p.id and (ca.unusable is null or ca.unusable in ('wrong_number', 'invalid'))
    ) way
    cross join lateral (
      select coalesce(array_agg(distinct channel), '{}') as channels
      from contact_address ca join suppression x on x.hash = ca.hash and x.lifted_at is null, unnest(x.channels) channel
      where ca.contact_id = p.id
    ) barred
    cross join lateral (
      select coalesce(array_agg(newest.answer) filter (where newest.answer <> 'yes' or not exists (
          select from consent n where n.contact_id = p.id and n.revoked_at is null and n.given_at > newest.checked_at)), '{}') as answers
      from contact_address ca
      cross join lateral (select distinct on (n.registry) n.answer, n.checked_at from number_check n
        where n.hash = ca.hash and n.checked_at <= app_now()
        order by n.registry, n.checked_at desc, n.answer in ('listed', 'yes') desc) newest
      where ca.contact_id = p.id and ca.unusable is null
    ) checked
    cross join lateral (
      select array_remove(array[
        case when not (p.places ->> 'known')::boolean then 'unknown_place' end,
        case when not has_phone then 'no_phone' when not has_usable_phone then 'no_usable_phone' end,
        case when is_abroad then 'country_not_allowed' end,
        case when 'yes' = any (checked.answers) then 'reassigned_number' end,
        case when 'listed' = any (checked.answers) then 'on_dnc_list' end,
        case when not has_email then 'no_email' when not has_usable_email then 'no_usable_email' end,
        case when 'voice' = any (barred.channels) then 'opted_out_voice'
          when exists (select from contact_address ca join call_opt_out o on o.hash = ca.hash and o.lifted_at is null
            where ca.contact_id = p.id and (${caseType}::text is null or o.case_type = ${caseType})
              and ${isTypeInView(db, db`o.case_type`)}) then 'opted_out_case_type' end,
        case when 'sms' = any (barred.channels) then 'opted_out_sms' end,
        case when 'email' = any (barred.channels) then 'opted_out_email' end,
        case when not exists (select from consent n where n.contact_id = p.id and n.revoked_at is null) then 'no_consent' end
      ], null) as problems
    ) found`;
}
