-- The provider takes so many new calls a second and refuses, or keeps waiting, what is too much.

alter table line_group
  -- Null = as many as there are lines for.
  add column calls_per_second double precision check (calls_per_second > 0),
  add column calls_tat_rt timestamptz not null default '-infinity';

create or replace function grant_line(
  p_enrollment uuid, p_attempt uuid, p_campaign uuid, p_group uuid,
  p_limit integer, p_per_minute integer, p_slack_seconds double precision, p_grant_seconds double precision
) returns boolean language plpgsql as $$
declare
  v_per_second double precision;
begin
  select g.calls_per_second into v_per_second
  from line_group g
  left join lease l on l.line_group_id = g.id and l.freed_rt is null
  -- Whoever asks holds the lock of the group, so its pace is still free below.
  where g.id = p_group and (g.calls_per_second is null or g.calls_tat_rt <= clock_timestamp())
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
  if v_per_second is not null then
    update line_group g
    set calls_tat_rt = greatest(calls_tat_rt, clock_timestamp() - make_interval(secs => p_slack_seconds))
      + make_interval(secs => 1.0 / v_per_second)
    where id = p_group;
  end if;
  insert into lease (attempt_id, enrollment_id, campaign_id, line_group_id, state, expires_rt)
  values (p_attempt, p_enrollment, p_campaign, p_group, 'granted', clock_timestamp() + make_interval(secs => p_grant_seconds))
  on conflict (attempt_id) do update
    set state = 'granted', granted_rt = clock_timestamp(), expires_rt = excluded.expires_rt, freed_rt = null
    where lease.freed_rt is not null or lease.state = 'granted';
  return true;
end $$;
