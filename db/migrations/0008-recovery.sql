-- Is this the database that we left? A mark that only moves forward stands here and in Temporal; if one of the two falls
-- behind the other, somebody has restored or lost a database, and nothing is sent until an admin has it recover.

alter table installation
  add column mark bigint not null default 0,
  -- The last moment at which this database is known to have been in use.
  add column mark_rt timestamptz,
  add column locked_rt timestamptz,
  add column lock_reason text check (lock_reason in (
    'postgres_older', 'postgres_lost', 'temporal_older', 'temporal_lost', 'another_installation', 'unknown_attempt')),
  -- What happened between this moment and the lock may be missing here.
  add column gap_from_rt timestamptz,
  -- Somebody with the right to do so asked for a recovery; the bulk worker carries it out.
  add column recovery_wanted_by text,
  -- What the last recovery found, or why it could not be finished.
  add column recovery jsonb,
  add check ((locked_rt is null) = (lock_reason is null)),
  add check (locked_rt is not null or recovery_wanted_by is null);

-- A wake begins: locks the row and says whether this run of the workflow is its current one. The first step of a run that
-- was never seen makes that run current; a run that another has followed is stale.
-- A workflow whose row was lost with its database is stale as well, and ends.
create function open_step(p_enrollment uuid, p_run text)
returns table (is_current boolean, seen_epoch integer, has_leftovers boolean) language plpgsql as $$
begin
  -- Before the lock: what changes in the campaign meanwhile raises it above what is remembered of this wake.
  select c.epoch into seen_epoch from enrollment e join campaign c on c.id = e.campaign_id where e.id = p_enrollment;
  is_current := found;
  has_leftovers := false;
  if not is_current then
    return next;
    return;
  end if;
  perform 1 from enrollment where id = p_enrollment for no key update;
  insert into enrollment_run (workflow_run_id, enrollment_id) values (p_run, p_enrollment) on conflict do nothing;
  if found then
    update enrollment set run_id = p_run where id = p_enrollment;
  else
    is_current := exists (select 1 from enrollment where id = p_enrollment and run_id = p_run);
  end if;
  has_leftovers := exists (
    select 1 from fact where enrollment_id = p_enrollment and folded_rt is null and fold_error is null);
  return next;
end $$;
