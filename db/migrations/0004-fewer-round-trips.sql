-- What a contact costs is the number of statements, in the client as much as here. Where no decision of the planner lies
-- between them, several are one: to close a step, to take in a fact; and, with what later migrations know of the rows, to take a line, to open
-- a step or a claim (0006, 0008), to open a fold.

-- Everybody who wants to call locks the line group. It is held for one statement and the commit, not for a conversation of
-- several: a client that waits for its turn of the processor between two of them would keep everybody else waiting.

-- Grants a line if the company's rate, the campaign's limit and its pacing allow one more. The caller holds the group's
-- lock. A grant that ran out still counts until somebody who holds that lock has freed it: it may be being bound just now.
create function grant_line(
  p_enrollment uuid, p_attempt uuid, p_campaign uuid, p_group uuid,
  p_limit integer, p_per_minute integer, p_slack_seconds double precision, p_grant_seconds double precision
) returns boolean language plpgsql as $$
begin
  perform 1
  from line_group g
  left join lease l on l.line_group_id = g.id and l.freed_rt is null
  where g.id = p_group
  group by g.id
  having count(l.attempt_id) < greatest(1, floor(g.lines * g.rate_percent / 100.0))
    -- 0 = the company's limit alone (R-10).
    and (p_limit = 0 or count(*) filter (where l.campaign_id = p_campaign) < p_limit);
  if not found then
    return false;
  end if;
  if p_per_minute is not null then
    -- Evenly spaced (GCRA) with a little room to catch up, and in no rolling minute more than the limit.
    update campaign c
    set calls_tat_rt = greatest(calls_tat_rt, clock_timestamp() - make_interval(secs => p_slack_seconds))
      + make_interval(secs => 60.0 / p_per_minute)
    where id = p_campaign and calls_tat_rt <= clock_timestamp()
      and (select count(*) from lease l
        where l.campaign_id = c.id and l.granted_rt > (select clock_timestamp()) - interval '1 minute') < p_per_minute;
    if not found then
      return false;
    end if;
  end if;
  insert into lease (attempt_id, enrollment_id, campaign_id, line_group_id, state, expires_rt)
  values (p_attempt, p_enrollment, p_campaign, p_group, 'granted', clock_timestamp() + make_interval(secs => p_grant_seconds))
  on conflict (attempt_id) do update
    set state = 'granted', granted_rt = clock_timestamp(), expires_rt = excluded.expires_rt, freed_rt = null
    where lease.freed_rt is not null or lease.state = 'granted';
  return true;
end $$;

-- A wake ends: places in the queue and grants that are wanted no more are void, facts are seen, the answer is remembered.
-- With `p_attempt` a line is wanted: what is remembered is the answer with it in hand, and the other one where there is none.
-- `wants_workflow` falls only when nothing is left that a workflow has to do.
create function close_step(
  p_enrollment uuid, p_running uuid[], p_epoch integer, p_calls_over boolean, p_is_over boolean,
  p_decision text, p_due timestamptz, p_queued_decision text, p_queued_due timestamptz,
  p_attempt uuid, p_campaign uuid, p_group uuid, p_limit integer, p_per_minute integer,
  p_slack_seconds double precision, p_grant_seconds double precision,
  p_touch_key text, p_commitment boolean, p_eligible_until timestamptz
) returns table (has_line boolean, executions jsonb) language plpgsql as $$
begin
  delete from line_queue where enrollment_id = p_enrollment and attempt_id is distinct from p_attempt;
  update lease set freed_rt = clock_timestamp()
  where enrollment_id = p_enrollment and state = 'granted' and freed_rt is null and attempt_id is distinct from p_attempt;
  update fact set seen_rt = clock_timestamp() where enrollment_id = p_enrollment and wakes and seen_rt is null;
  select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'kind', x.kind) order by x.seq), '[]') into executions
  from execution x
  where x.enrollment_id = p_enrollment and x.state = 'pending' and x.held_rt is null and not (x.id = any(p_running));
  update enrollment
  set decision = p_decision::jsonb, due_at = p_due, epoch = p_epoch, calls_over = p_calls_over,
    steps = steps + 1, stepped_rt = clock_timestamp(), started_rt = coalesce(started_rt, clock_timestamp()),
    not_before_at = case when not_before_at <= app_now() then null else not_before_at end,
    wants_workflow = not p_is_over or exists (
      select 1 from execution x where x.enrollment_id = p_enrollment and x.state = 'pending')
  where id = p_enrollment;
  has_line := false;
  if p_attempt is not null then
    -- The lock that everybody wants comes last; after it there is nothing but the commit.
    has_line := take_or_queue_line(p_enrollment, p_attempt, p_campaign, p_group, p_limit, p_per_minute, p_slack_seconds,
      p_grant_seconds, p_touch_key, p_commitment, p_eligible_until);
    if not has_line then
      update enrollment set decision = p_queued_decision::jsonb, due_at = p_queued_due where id = p_enrollment;
    end if;
  end if;
  return next;
end $$;

-- Writes down what arrived, and the fact that it is; no row where it is known. An attempt knows its enrollment, and that
-- its contact; what is named and not there (a lost row, a forged id) makes a fact of nobody. The enrollment is locked before
-- anything refers to it: facts of one enrollment are numbered in the order in which they are folded.
create function take_in_fact(
  p_source text, p_event_key text, p_raw text, p_kind text, p_body text, p_actor text,
  p_attempt uuid, p_enrollment uuid, p_contact uuid, p_call_sid text
) returns table (fact_id uuid, inbox_id bigint, attempt_id uuid, enrollment_id uuid, contact_id uuid) language plpgsql as $$
begin
  insert into inbox as i (source, event_key, raw, at)
  values (p_source, p_event_key, p_raw::jsonb, app_now())
  on conflict (event_key) do nothing
  returning i.id into inbox_id;
  if not found then
    return;
  end if;
  select t.id, e.id, coalesce(e.contact_id, p.id) into attempt_id, enrollment_id, contact_id
  from (select 1) one
  left join attempt t on t.id = p_attempt
  left join enrollment e on e.id = coalesce(t.enrollment_id, p_enrollment)
  left join contact p on p.id = p_contact;
  if enrollment_id is not null then
    perform 1 from enrollment e where e.id = take_in_fact.enrollment_id for no key update;
  end if;
  insert into fact as f (inbox_id, kind, enrollment_id, contact_id, attempt_id, call_sid, body, actor, at)
  values (take_in_fact.inbox_id, p_kind, take_in_fact.enrollment_id, take_in_fact.contact_id, take_in_fact.attempt_id,
    p_call_sid, p_body::jsonb, p_actor, app_now())
  returning f.id into fact_id;
  return next;
end $$;

-- Rows that are only ever written from the row that they name need no check that it is there; and a check locks the named
-- row, which for a campaign, its version and its line group is the same one for everybody who is at work.
alter table timeline drop constraint timeline_campaign_id_fkey, drop constraint timeline_contact_id_fkey,
  drop constraint timeline_attempt_id_fkey, drop constraint timeline_fact_id_fkey;
alter table rule_firing drop constraint rule_firing_campaign_id_fkey, drop constraint rule_firing_version_id_fkey;
alter table lease drop constraint lease_campaign_id_fkey, drop constraint lease_line_group_id_fkey;
alter table line_queue drop constraint line_queue_campaign_id_fkey, drop constraint line_queue_line_group_id_fkey;
alter table fact drop constraint fact_judged_version_id_fkey;
alter table attempt drop constraint attempt_version_id_fkey;
