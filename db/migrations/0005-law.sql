-- What permits outreach to a person: rules of law, the calendar, consents and money.

-- A change of rules or calendar makes a revision; an attempt names the one that it was claimed under. Nothing here is ever
-- overwritten: each change is a further version, so every revision can be read again.
create table law_revision (
  revision integer primary key,
  id uuid not null unique default gen_random_uuid(),
  at timestamptz not null default app_now(),
  rt timestamptz not null default clock_timestamp(),
  actor text not null
);
insert into law_revision (revision, actor) values (1, 'system');

create table legal_rule (
  id uuid not null,
  version integer not null check (version > 0),
  revision integer not null references law_revision (revision),
  country text not null check (country ~ '^[A-Z]{2}$'),
  -- Null = the whole country. Rules of the whole United States bind everybody, wherever they are.
  state text check (state ~ '^[A-Z]{2}$'),
  channels text[] not null check (channels <@ array['voice', 'sms', 'email'] and cardinality(channels) > 0),
  -- [{weekdays, slots: [{open, close}]}]; weekdays that are in none are closed.
  hours jsonb not null,
  holidays boolean not null,
  -- Most attempts at one person in 24 hours on the channels of the rule together.
  per_day integer check (per_day > 0),
  effective_from date not null,
  effective_to date check (effective_to >= effective_from),
  retired boolean not null default false,
  source text not null check (source <> ''),
  -- Who answers for it; what loosens another version has to have one.
  reviewed_by text,
  created_at timestamptz not null default app_now(),
  actor text not null,
  primary key (id, version)
);

create table calendar_day (
  id uuid not null,
  version integer not null check (version > 0),
  revision integer not null references law_revision (revision),
  name text not null,
  -- {kind: dates | yearly | nth_weekday | easter, …}
  rule jsonb not null,
  observed text not null check (observed in ('same_day', 'sunday_to_monday', 'weekend_to_weekday')),
  -- `law` = closed only where a rule of law closes holidays.
  binds text not null check (binds in ('everybody', 'law')),
  state text check (state ~ '^[A-Z]{2}$'),
  effective_from date not null,
  effective_to date check (effective_to >= effective_from),
  retired boolean not null default false,
  source text not null check (source <> ''),
  reviewed_by text,
  created_at timestamptz not null default app_now(),
  actor text not null,
  primary key (id, version)
);

create function law_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'a version of the law is never changed: add another one' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger legal_rule_append_only before update or delete on legal_rule for each row execute function law_is_append_only();
create trigger calendar_day_append_only before update or delete on calendar_day for each row execute function law_is_append_only();

-- Starting data from charts that partly contradict each other: where they do, the narrower reading is here. It is no legal
-- advice, and nobody's review stands behind it until a version names one.
insert into legal_rule (id, version, revision, country, state, channels, hours, holidays, per_day, effective_from, source, actor)
select ('00000000-0000-4000-8000-' || lpad(to_hex(row_number() over ()), 12, '0'))::uuid, 1, 1, 'US', state,
  array['voice', 'sms'], hours, holidays, per_day, '2000-01-01', source, 'system'
from (values
  (null, '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"08:00","close":"21:00"}]}]'::jsonb, false, null::integer,
    '47 CFR 64.1200(c)(1)'),
  ('AL', '[{"weekdays":[1,2,3,4,5,6],"slots":[{"open":"08:00","close":"20:00"}]}]', true, null,
    'dropcowboy.com/state-compliance; leadmanagerhelp.clickpointsoftware.com/en/articles/5753977-state-calling-hours'),
  ('LA', '[{"weekdays":[1,2,3,4,5,6],"slots":[{"open":"08:00","close":"20:00"}]}]', true, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('MS', '[{"weekdays":[1,2,3,4,5,6],"slots":[{"open":"08:00","close":"20:00"}]}]', false, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('CT', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"09:00","close":"20:00"}]}]', false, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('FL', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"08:00","close":"20:00"}]}]', false, 3,
    'Fla. Stat. 501.616; flsenate.gov/Session/Bill/2021/1120'),
  ('MD', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"08:00","close":"20:00"}]}]', false, 3,
    'dropcowboy.com/state-compliance; wmar2news.com/local/law-to-prevent-spam-calls-takes-effect-first-of-the-year'),
  ('MA', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"08:00","close":"20:00"}]}]', false, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('OK', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"08:00","close":"20:00"}]}]', false, 3,
    'dropcowboy.com/state-compliance'),
  ('KY', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"10:00","close":"21:00"}]}]', false, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('MI', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"09:00","close":"21:00"}]}]', false, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('MN', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"09:00","close":"21:00"}]}]', false, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('NV', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"09:00","close":"20:00"}]}]', false, null,
    'dropcowboy.com/state-compliance'),
  ('NM', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"09:00","close":"21:00"}]}]', false, null,
    'dropcowboy.com/state-compliance'),
  -- It has Saturday hours of its own, which no source gave: until somebody adds them, Saturdays are closed.
  ('RI', '[{"weekdays":[1,2,3,4,5],"slots":[{"open":"09:00","close":"18:00"}]}]', false, null,
    'dropcowboy.com/state-compliance'),
  ('PA', '[{"weekdays":[1,2,3,4,5,7],"slots":[{"open":"08:00","close":"21:00"}]},{"weekdays":[6],"slots":[{"open":"08:00","close":"12:00"}]}]', true, null,
    'dropcowboy.com/state-compliance'),
  -- Charts disagree about these two: the later opening holds.
  ('IL', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"09:00","close":"21:00"}]}]', false, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('CA', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"09:00","close":"21:00"}]}]', false, null,
    'dropcowboy.com/state-compliance; usestello.com/compliance'),
  ('TX', '[{"weekdays":[1,2,3,4,5,6],"slots":[{"open":"09:00","close":"21:00"}]},{"weekdays":[7],"slots":[{"open":"12:00","close":"21:00"}]}]', false, null,
    'commlawgroup.com/2025/texas-senate-bill-140-registration-and-compliance-requirements-for-telephone-solicitation'),
  ('WA', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"08:00","close":"20:00"}]}]', false, null,
    'dinsmore.com/publications/more-states-adding-tougher-telephone-consumer-protection-act-statutes; kleinmoynihan.com'),
  ('VA', '[{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"08:00","close":"21:00"}]}]', false, null,
    'Virginia Telephone Privacy Protection Act')
) as seed (state, hours, holidays, per_day, source);

-- The holidays of the federal government (5 U.S.C. 6103), each as it falls and as it is kept, and those of the states whose
-- law closes holidays.
insert into calendar_day (id, version, revision, name, rule, observed, binds, state, effective_from, source, actor)
select ('00000000-0000-4000-9000-' || lpad(to_hex(row_number() over ()), 12, '0'))::uuid, 1, 1, name, rule::jsonb,
  'weekend_to_weekday', 'law', state, '2000-01-01', source, 'system'
from (values
  ('New Year''s Day', '{"kind":"yearly","month":1,"day":1}', null, '5 U.S.C. 6103'),
  ('Martin Luther King Jr. Day', '{"kind":"nth_weekday","month":1,"weekday":1,"nth":3,"plusDays":0}', null, '5 U.S.C. 6103'),
  ('Washington''s Birthday', '{"kind":"nth_weekday","month":2,"weekday":1,"nth":3,"plusDays":0}', null, '5 U.S.C. 6103'),
  ('Memorial Day', '{"kind":"nth_weekday","month":5,"weekday":1,"nth":-1,"plusDays":0}', null, '5 U.S.C. 6103'),
  ('Juneteenth', '{"kind":"yearly","month":6,"day":19}', null, '5 U.S.C. 6103'),
  ('Independence Day', '{"kind":"yearly","month":7,"day":4}', null, '5 U.S.C. 6103'),
  ('Labor Day', '{"kind":"nth_weekday","month":9,"weekday":1,"nth":1,"plusDays":0}', null, '5 U.S.C. 6103'),
  ('Columbus Day', '{"kind":"nth_weekday","month":10,"weekday":1,"nth":2,"plusDays":0}', null, '5 U.S.C. 6103'),
  ('Veterans Day', '{"kind":"yearly","month":11,"day":11}', null, '5 U.S.C. 6103'),
  ('Thanksgiving Day', '{"kind":"nth_weekday","month":11,"weekday":4,"nth":4,"plusDays":0}', null, '5 U.S.C. 6103'),
  ('Christmas Day', '{"kind":"yearly","month":12,"day":25}', null, '5 U.S.C. 6103'),
  ('Mardi Gras', '{"kind":"easter","plusDays":-47}', 'AL', 'Ala. Code 1-3-8'),
  ('Confederate Memorial Day', '{"kind":"nth_weekday","month":4,"weekday":1,"nth":4,"plusDays":0}', 'AL', 'Ala. Code 1-3-8'),
  ('Jefferson Davis'' Birthday', '{"kind":"nth_weekday","month":6,"weekday":1,"nth":1,"plusDays":0}', 'AL', 'Ala. Code 1-3-8'),
  ('Mardi Gras', '{"kind":"easter","plusDays":-47}', 'LA', 'La. R.S. 1:55'),
  ('Good Friday', '{"kind":"easter","plusDays":-2}', 'LA', 'La. R.S. 1:55'),
  ('All Saints'' Day', '{"kind":"yearly","month":11,"day":1}', 'LA', 'La. R.S. 1:55'),
  ('Day after Thanksgiving', '{"kind":"nth_weekday","month":11,"weekday":4,"nth":4,"plusDays":1}', 'PA', 'Pennsylvania state holidays'),
  ('Good Friday', '{"kind":"easter","plusDays":-2}', 'PA', 'Pennsylvania state holidays')
) as seed (name, rule, state, source);

-- Why a consent was taken back, and by whom; its text stays.
alter table consent
  add column seller text not null default '',
  add column revoked_by text,
  add column revoked_reason text;
create index consent_unrevoked on consent (contact_id, class) where revoked_at is null;

-- What things are taken to cost, in millionths of the company's currency.
create table spend_rate (
  singleton boolean primary key default true check (singleton),
  call_minute_micros bigint not null default 0 check (call_minute_micros >= 0),
  segment_micros bigint not null default 0 check (segment_micros >= 0),
  mail_micros bigint not null default 0 check (mail_micros >= 0),
  -- So long a call is taken to last.
  call_minutes integer not null default 3 check (call_minutes > 0),
  revision integer not null default 1,
  updated_at timestamptz not null default app_now(),
  updated_by text not null default 'system'
);
insert into spend_rate default values;

alter table attempt add column cost_micros bigint not null default 0;

-- One row where a limit was set: who has none counts nothing while claiming. Locked last of all.
create table spend_limit (
  -- Null = the company's.
  campaign_id uuid unique nulls not distinct references campaign (id) on delete cascade,
  per_day_micros bigint check (per_day_micros >= 0),
  total_micros bigint check (total_micros >= 0),
  -- The company's calendar day that `day_spent` belongs to.
  on_day date not null,
  day_spent bigint not null default 0,
  total_spent bigint not null default 0,
  revision integer not null default 1,
  updated_at timestamptz not null default app_now(),
  updated_by text not null
);

create function company_day(at timestamptz) returns date language sql stable as $$
  select (at at time zone zone)::date from settings
$$;

-- What was not sent costs nothing; what turns out to have been sent after all does.
create function refund_attempt() returns trigger language plpgsql as $$
begin
  -- In the order in which a claim locks them.
  perform from spend_limit
  where campaign_id is null or campaign_id = (select campaign_id from enrollment where id = new.enrollment_id)
  order by campaign_id nulls last for update;
  update spend_limit l set
    total_spent = l.total_spent + case new.state when 'not_sent' then -new.cost_micros else new.cost_micros end,
    day_spent = l.day_spent + case
      when l.on_day <> company_day(new.claimed_at) then 0
      when new.state = 'not_sent' then -new.cost_micros else new.cost_micros end
  where l.campaign_id is null or l.campaign_id = (select campaign_id from enrollment where id = new.enrollment_id);
  return null;
end
$$;
create trigger refund_attempt after update of state on attempt for each row
  when (new.cost_micros > 0 and (old.state = 'not_sent') <> (new.state = 'not_sent'))
  execute function refund_attempt();
