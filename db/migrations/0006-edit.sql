-- Pause of one channel and of one contact, versions published while people are inside, touches that were moved.

alter table campaign
  add column paused_channels text[] not null default '{}' check (paused_channels <@ array['voice', 'sms', 'email']),
  -- Business time, in milliseconds, at which each channel was last resumed: what waited for that does not start all at once.
  add column resumed jsonb not null default '{}',
  -- Who was enrolled after this one lives the current version; the others may have been kept in an earlier one.
  add column kept_through bigint not null default 0,
  -- Waits that were begun under a version before this one are planned anew.
  add column replans_from integer not null default 0,
  -- Another list was taken: whoever isn't on it leaves.
  add column list_exchanged boolean not null default false;

alter table version
  -- Enrollments up to this one stay in the version before.
  add column kept_through bigint,
  -- The version since which plan and hours are what they are; one that brings other rules alone changes no wait.
  add column planned_since integer not null default 1,
  -- What the plan was, as far as it still bears on people inside (domain/plan-history.ts).
  add column history jsonb not null default '{}',
  add column inside text not null default 'adopt' check (inside in ('keep', 'adopt', 'replan')),
  -- The campaign's revision that it came with; null = before revisions were kept.
  add column revision integer;

alter table enrollment
  add column paused_at timestamptz,
  -- An operator set the instant of one touch.
  add column moved_touch text,
  add column moved_to_at timestamptz;

-- Two of one instant have an order all the same: touches are numbered by it.
alter table commitment add column seq bigint generated always as identity;
create index commitment_promised on commitment (promised_at, id);

-- Uses the line that is reserved for this attempt, or takes one at once if one is free and nobody waits for one; else it
-- queues, and who stands in the queue already keeps the place. Answers whether there is a line. The caller holds the
-- enrollment's lock.
create function take_or_queue_line(
  p_enrollment uuid, p_attempt uuid, p_campaign uuid, p_group uuid,
  p_limit integer, p_per_minute integer, p_slack_seconds double precision, p_grant_seconds double precision,
  p_touch_key text, p_commitment boolean, p_eligible_until timestamptz
) returns boolean language plpgsql as $$
declare
  v_has_line boolean;
begin
  v_has_line := exists (
    select 1 from lease
    where attempt_id = p_attempt and freed_rt is null and state = 'granted' and expires_rt > clock_timestamp());
  if not v_has_line then
    -- Leases and queue rows refer to the group, so it is locked in a way that lets them in.
    perform 1 from line_group where id = p_group for no key update;
    -- Whoever stands in the queue of a campaign that is paused, as a whole or its calls, or ended can't be served: nobody has to wait for them.
    v_has_line := found
      and not exists (
        select 1 from line_queue q join campaign c on c.id = q.campaign_id and c.status = 'active' and not 'voice' = any (c.paused_channels)
        where q.line_group_id = p_group and q.enrollment_id <> p_enrollment
          and q.eligible_until_at > (select app_now()))
      and grant_line(p_enrollment, p_attempt, p_campaign, p_group, p_limit, p_per_minute, p_slack_seconds, p_grant_seconds);
  end if;
  if v_has_line then
    delete from line_queue where enrollment_id = p_enrollment;
  else
    insert into line_queue (enrollment_id, attempt_id, campaign_id, line_group_id, touch_key, commitment, eligible_until_at)
    values (p_enrollment, p_attempt, p_campaign, p_group, p_touch_key, p_commitment, p_eligible_until)
    on conflict (enrollment_id) do update
      set attempt_id = excluded.attempt_id, touch_key = excluded.touch_key, commitment = excluded.commitment,
        eligible_until_at = excluded.eligible_until_at;
  end if;
  return v_has_line;
end $$;

-- A claim begins: takes its locks in the one order (campaign, enrollment, addresses, attempt), makes a grant the call's own.
-- No row where there is no such enrollment. `existing` is the state of the attempt if somebody claimed it before.
create function open_claim(p_enrollment uuid, p_attempt uuid)
returns table (locked text[], existing text, has_line boolean) language plpgsql as $$
declare
  v_contact uuid;
  v_seq bigint;
begin
  select e.contact_id, c.seq into v_contact, v_seq
  from enrollment e join campaign c on c.id = e.campaign_id where e.id = p_enrollment;
  if not found then
    return;
  end if;
  perform pg_advisory_xact_lock_shared(1, v_seq::integer);
  perform 1 from enrollment where id = p_enrollment for no key update;
  select coalesce(array_agg(l.hash), '{}') into locked
  from (
    select a.hash from address a
    where a.hash in (select ca.hash from contact_address ca where ca.contact_id = v_contact)
    order by a.hash for no key update) l;
  select t.state into existing from attempt t where t.id = p_attempt for no key update;
  has_line := false;
  if existing is null then
    -- From here on only evidence about the call frees it. Limits may have been narrowed since the grant: what goes beyond
    -- them is not begun.
    update lease l set state = 'bound', expires_rt = null
    from line_group g, campaign c, version v
    where l.attempt_id = p_attempt and l.freed_rt is null and l.state = 'granted' and l.expires_rt > clock_timestamp()
      and g.id = l.line_group_id and c.id = l.campaign_id and v.id = c.current_version_id
      and (select count(*) from lease o where o.line_group_id = g.id and o.freed_rt is null)
        <= greatest(1, floor(g.lines * g.rate_percent / 100.0))
      and (select count(*) from lease o where o.line_group_id = g.id and o.campaign_id = c.id and o.freed_rt is null)
        <= coalesce(nullif((v.policy ->> 'concurrencyLimit')::integer, 0), g.lines);
    has_line := found;
  end if;
  return next;
end $$;

-- Locks the enrollment, then the attempt, and reads what a fold has to see.
create function lock_fold_frame(p_enrollment uuid, p_attempt uuid)
returns table (
  now double precision, campaign_id uuid, contact_id uuid, version_id uuid, state text, reason text, left_for_good boolean,
  calls_stopped_at double precision, messages_stopped_at double precision, hold_reason text,
  paused_at double precision, cases uuid[],
  untagged_after_seconds integer, commitments_made integer, open_commitments integer, form_completed boolean, attempt jsonb
) language plpgsql as $$
begin
  perform 1 from enrollment e where e.id = p_enrollment for no key update;
  select jsonb_build_object(
      'channel', t.channel, 'state', t.state, 'status', t.status, 'rank', t.rank, 'sid', t.provider_sid,
      'answeredBy', t.answered_by, 'disposition', t.disposition, 'outcome', t.outcome, 'outcomeJudged', t.outcome_judged,
      'endedAt', ms(t.ended_at), 'errorCode', t.error_code, 'isCallback', t.step_key = 'callback')
    into attempt
  from attempt t where t.id = p_attempt for no key update;
  return query
  select ms(app_now()), e.campaign_id, e.contact_id, c.current_version_id, e.state, e.reason, e.left_for_good,
    ms(e.calls_stopped_at), ms(e.messages_stopped_at), e.hold_reason,
    ms(e.paused_at), e.cases, s.untagged_after_seconds,
    (select count(*)::integer from commitment k where k.enrollment_id = e.id),
    (select count(*)::integer from commitment k where k.enrollment_id = e.id and k.state = 'open'),
    exists (select 1 from fact f where f.enrollment_id = e.id and f.kind = 'form_completed' and f.folded_rt is not null),
    lock_fold_frame.attempt
  from enrollment e
  join campaign c on c.id = e.campaign_id
  cross join settings s
  where e.id = p_enrollment;
end $$;
