import type { Db } from '../client';
import { type Equation, equation } from './equation';

/** What was ordered is done once and written down; what was promised comes to an end. */

export function executions(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'executions',
    'Every firing of a rule has one execution for each of its actions and its note, CRM ones for each case that it carried then, nothing else has any but replies that are read, texts and fields for the CRM, and final ones say when they finished.',
    sql`
      with action as materialized (
        select v.id as version_id, rule ->> 'key' as rule_key, ordered.ix, ordered.kind
        from version v
        cross join jsonb_array_elements(v.policy -> 'rules') rule
        cross join lateral (
          select ordinality::int - 1 as ix, action ->> 'kind' as kind
          from jsonb_array_elements(rule -> 'then') with ordinality as listed (action, ordinality)
          union all
          select -1, 'crm_note' where rule ->> 'note' is not null -- the note's own place, so that an equal action makes a second one
        ) ordered
      ), expected as (
        select f.fact_id, f.rule_key, f.enrollment_id, a.ix, a.kind, affected.case_id,
          affected.case_id is not null and exists (
            select from change_log j
            where j.entity = 'enrollment' and j.entity_id = e.id::text and j.change = 'case_joined'
              and j.data ->> 'caseId' = affected.case_id::text and j.at >= f.at) as joined_later
        from rule_firing f
        join enrollment e on e.id = f.enrollment_id
        left join action a on a.version_id = f.version_id and a.rule_key = f.rule_key
        left join unnest(case when a.kind in ('crm_status', 'crm_note') then e.cases end) affected (case_id) on true
      ), judged as (
        select coalesce(x.id, o.fact_id) as id,
          o.fact_id is not null or (x.rule_key is null and (x.kind = 'classify' or (x.kind, x.action_ix) in (('crm_note', -2), ('crm_fields', -3)))) as on_left,
          case when x.id is null then o.joined_later else x.state = 'pending' or x.finished_at is not null end as on_right
        from expected o
        full join execution x
          on x.fact_id = o.fact_id and x.rule_key = o.rule_key and x.action_ix = o.ix and x.kind = o.kind
          and x.enrollment_id = o.enrollment_id
          and coalesce(x.case_id::text, '') = coalesce(o.case_id::text, '')
      )
      select id::text, on_left, on_right, on_left <> on_right as wrong
      from judged`,
  );
}

export function commitments(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'commitments',
    'Every promised callback is open with its enrollment, or closed at a set time for a stated reason.',
    sql`
      with judged as (
        select k.id,
          case k.state
            when 'open' then e.state = 'open'
            else coalesce(k.reason, '') <> '' and k.closed_at is not null
          end as sound
        from commitment k
        join enrollment e on e.id = k.enrollment_id
      )
      select id::text, true as on_left, sound as on_right, not sound as wrong
      from judged`,
  );
}
