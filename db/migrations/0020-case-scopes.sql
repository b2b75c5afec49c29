-- Keys that see and change what belongs to some case types, and nothing else.

alter table api_key
  -- Null = all of them.
  add column case_types text[] check (cardinality(case_types) > 0),
  add check (case_types is null or role <> 'admin');

-- Of what whoever began it may see; it counts as long as a draft names neither list nor form.
alter table campaign add column case_types text[];

-- Of what whoever started it may see: people beyond that are strangers to it.
alter table import add column case_types text[];

-- What a campaign is about: the type of its list, and of a draft those of all that it names so far. Null = nobody knows yet.
create function campaign_case_types(c campaign) returns text[] language sql stable as $$
  select case when c.status <> 'draft' then (select array[l.case_type] from list l where l.id = c.list_id)
    else coalesce((
      select array_agg(distinct named.case_type)
      from (
        select l.case_type from list l where l.id = c.list_id or l.id::text = lower(c.steps -> 'list' ->> 'listId')
        union all
        select f.case_type from form f
        where f.id::text in (lower(c.steps -> 'form' ->> 'formId'), lower(c.definition -> 'plan' ->> 'formId'))
        union all
        select f.case_type from agent a join form f on f.id = a.form_id
        where a.id::text in (lower(c.steps -> 'agent' ->> 'agentId'), lower(c.definition -> 'plan' ->> 'agentId'))
      ) named
      where named.case_type is not null), c.case_types) end
$$;
