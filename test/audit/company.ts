import { createHash } from 'node:crypto';
import type { Channel } from '../../domain/channel';
import type { Db } from '../../db/client';

/** Rows for the auditor's tests: a small company in which everything is in order, and single attempts to spoil it with. */

/** Rows are called by words: a contact, its enrollment and their campaign have the ids of their names. */
export function id(name: string): string {
  return createHash('md5')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A Tuesday, 10:00 in New York. */
export const TUESDAY = '2026-06-02T14:00:00Z';

interface AttemptRow {
  readonly name: string;
  /** Whose; e-mail goes to their mail address, the rest to their phone. */
  readonly who: string;
  readonly at: string;
  readonly run?: string;
  readonly step?: string;
  readonly ordinal?: number;
  readonly try?: number;
  readonly channel?: Channel;
  readonly state?: string;
  readonly permit?: Readonly<Record<string, unknown>>;
}

/** Claimed an hour ago in real time; what was not sent counts for no address. */
export async function addAttempt(db: Db, attempt: AttemptRow): Promise<void> {
  const { name, who, at, run = 'main', step = 'call', ordinal = 1, channel = 'voice', state = 'ended' } = attempt;
  await db`
    insert into attempt (id, enrollment_id, touch_key, try, run_key, step_key, ordinal, channel, from_hash, to_hash,
      state, token_hash, claimed_at, claimed_rt, post_by_rt, resolve_by_rt, version_id, permit, content)
    values (${id(name)}, ${id(who)}, ${`${run}.${step}.${ordinal}`}, ${attempt.try ?? 1}, ${run}, ${step}, ${ordinal}, ${channel},
      'ours', ${`${who}-${channel === 'email' ? 'email' : 'phone'}`}, ${state}, 'token', ${at}::text::timestamptz,
      clock_timestamp() - interval '1 hour', clock_timestamp() - interval '1 hour', clock_timestamp() + interval '1 hour', ${id('version')},
      ${JSON.stringify(attempt.permit ?? {})}::text::jsonb, '{}')`;
  await db`
    insert into attempt_address (hash, attempt_id, channel, claimed_at)
    select hash, ${id(name)}, ${channel}, ${at}::text::timestamptz
    from contact_address
    where contact_id = ${id(who)} and ${state} <> 'not_sent'`;
}

/** A contact with a phone number, a mail address and a case of the list, not enrolled. */
export async function addContact(
  db: Db,
  name: string,
  zones: readonly string[] = ['America/New_York'],
  known = true,
): Promise<void> {
  await db`
    insert into contact (id, places, actor, updated_at)
    values (${id(name)}, ${JSON.stringify({ zones, states: [], known, sources: {} })}::text::jsonb, 'test', '2026-01-01')`;
  await db`
    insert into address (hash, kind, value)
    values (${`${name}-phone`}, 'phone', '+12125550100'), (${`${name}-email`}, 'email', 'somebody@example.com')`;
  await db`
    insert into contact_address (contact_id, hash, position)
    values (${id(name)}, ${`${name}-phone`}, 0), (${id(name)}, ${`${name}-email`}, 1)`;
  await db`
    insert into cases (id, contact_id, external_id, case_type)
    values (${id(`${name}-case`)}, ${id(name)}, ${name}, 'intake')`;
  await db`insert into list_member (list_id, case_id) values (${id('list')}, ${id(`${name}-case`)})`;
}

export async function enroll(db: Db, name: string): Promise<void> {
  await db`
    insert into enrollment (id, campaign_id, contact_id, state, cases, enrolled_at, due_at, stepped_rt)
    values (${id(name)}, ${id('campaign')}, ${id(name)}, 'open', array[${id(`${name}-case`)}::uuid], ${TUESDAY}::text::timestamptz,
      ${TUESDAY}::text::timestamptz, clock_timestamp())`;
}

const PLAN = {
  runs: [
    {
      key: 'main',
      startsOn: '2026-01-05',
      endsOn: '2026-12-18',
      weekdays: [1, 2, 3, 4, 5],
      hours: {
        mode: 'calling_times',
        slots: [
          { open: '09:00', close: '12:00' },
          { open: '13:00', close: '20:00' },
        ],
      },
    },
    {
      key: 'shared',
      startsOn: '2026-01-05',
      endsOn: null,
      weekdays: [1, 2, 3, 4, 5, 6],
      hours: { mode: 'company_times' },
    },
  ],
};

const POLICY = {
  companySlots: [{ open: '12:00', close: '20:00' }],
  closedOn: ['2026-07-03'],
  rules: [
    {
      key: 'converted',
      when: { trigger: 'call_outcome', outcome: 'converted' },
      then: [{ kind: 'stop_calls' }, { kind: 'crm_status', status: 'Signed' }],
      note: 'Signed on the phone',
    },
    {
      key: 'asked',
      when: { trigger: 'handoff', outcome: 'requested' },
      then: [{ kind: 'stop_messaging' }],
      note: null,
    },
  ],
};

const PEOPLE = ['waiting', 'held', 'queued', 'calling', 'ended', 'rejected'];

/** One campaign with a contact in every state, one live call, and a story that is over. */
export async function seedHealthy(db: Db): Promise<void> {
  await seedCampaign(db);
  for (const name of PEOPLE) {
    await addContact(db, name);
    await enroll(db, name);
  }
  await db`update enrollment set due_at = null, held_until_at = '2026-06-05', hold_reason = 'handoff' where id = ${id('held')}`;
  await db`update enrollment set due_at = null where id in (${id('queued')}, ${id('calling')})`;
  await db`update enrollment set state = 'rejected', reason = 'no_address', due_at = null where id = ${id('rejected')}`;
  await seedEnded(db);
  await seedCalls(db);
  await seedPromises(db);
}

async function seedCampaign(db: Db): Promise<void> {
  await db`insert into list (id, name, case_type, actor) values (${id('list')}, 'Intake', 'intake', 'test')`;
  await db`
    insert into campaign (id, name, subject, list_id, definition, line_group_id, actor)
    select ${id('campaign')}, 'Intake', 'intake', ${id('list')}, '{}', id, 'test' from line_group`;
  await db`
    insert into version (id, campaign_id, number, plan, policy, created_at, actor)
    values (${id('version')}, ${id('campaign')}, 1, ${JSON.stringify(PLAN)}::text::jsonb, ${JSON.stringify(POLICY)}::text::jsonb, now(), 'test')`;
  await db`update campaign set status = 'active', current_version_id = ${id('version')} where id = ${id('campaign')}`;
}

/** Two cases, every channel, a touch that took two tries, a rule that fired, and a stop at the end. */
async function seedEnded(db: Db): Promise<void> {
  await db`insert into cases (id, contact_id, external_id, case_type) values (${id('second-case')}, ${id('ended')}, 'second', 'intake')`;
  await db`
    update enrollment set state = 'ended', reason = 'opted_out', ended_at = '2026-06-08', due_at = null,
      cases = cases || ${id('second-case')}::uuid
    where id = ${id('ended')}`;
  await addAttempt(db, { name: 'refused', who: 'ended', at: TUESDAY, state: 'not_sent' });
  await addAttempt(db, { name: 'first', who: 'ended', at: '2026-06-02T14:01:00Z', try: 2 });
  await addAttempt(db, { name: 'lost', who: 'ended', at: '2026-06-03T17:00:00Z', ordinal: 2, state: 'unknown_final' });
  await addAttempt(db, {
    name: 'text',
    who: 'ended',
    at: '2026-06-03T23:59:59Z',
    step: 'text',
    channel: 'sms',
    state: 'accepted',
  });
  await addAttempt(db, {
    name: 'mail',
    who: 'ended',
    at: '2026-06-06T16:00:00Z',
    run: 'shared',
    step: 'mail',
    channel: 'email',
  });
  await addAttempt(db, {
    name: 'promised',
    who: 'ended',
    at: '2026-06-07T23:30:00Z',
    run: 'promises',
    step: 'callback',
  });
  await db`update attempt set provider_sid = id::text where state in ('ended', 'accepted')`;
  await seedFiring(db);
  await db`
    insert into suppression (hash, channels, source, at, actor)
    select hash, array['voice', 'sms', 'email'], 'reply', '2026-06-08', 'test' from contact_address where contact_id = ${id('ended')}`;
}

async function seedFiring(db: Db): Promise<void> {
  await db`insert into inbox (source, event_key, raw, at, folded_rt) values ('agent', 'tag', '{}', now(), clock_timestamp())`;
  await db`insert into inbox (source, event_key, raw, at, fold_error) values ('agent', 'nonsense', '{}', now(), 'ZodError')`;
  await db`
    insert into fact (id, kind, enrollment_id, body, actor, at, folded_rt, wakes, seen_rt)
    values (${id('tag')}, 'call_outcome', ${id('ended')}, '{}', 'agent', now(), clock_timestamp(), true, clock_timestamp()),
      (${id('reply')}, 'reply', ${id('ended')}, '{}', 'person', now(), clock_timestamp(), false, null)`;
  await db`
    insert into rule_firing (fact_id, rule_key, enrollment_id, campaign_id, version_id, phrase, at)
    values (${id('tag')}, 'converted', ${id('ended')}, ${id('campaign')}, ${id('version')}, 'Converted Call', now())`;
  await db`
    insert into execution (fact_id, rule_key, action_ix, case_id, enrollment_id, kind, payload, state, at, finished_at)
    select fact::uuid, rule, ix, case_id::uuid, ${id('ended')}, kind, '{}', state, now(), now()
    from (values
      (${id('tag')}, 'converted', 0, null, 'stop_calls', 'done'),
      (${id('tag')}, 'converted', 1, ${id('ended-case')}, 'crm_status', 'done'),
      (${id('tag')}, 'converted', 1, ${id('second-case')}, 'crm_status', 'failed'),
      (${id('tag')}, 'converted', -1, ${id('ended-case')}, 'crm_note', 'done'),
      (${id('tag')}, 'converted', -1, ${id('second-case')}, 'crm_note', 'done'),
      (${id('reply')}, null, 0, null, 'classify', 'done')
    ) ordered (fact, rule, ix, case_id, kind, state)`;
}

async function seedCalls(db: Db): Promise<void> {
  await addAttempt(db, { name: 'live', who: 'calling', at: TUESDAY, state: 'accepted' });
  await db`insert into open_call (hash, attempt_id) values ('calling-phone', ${id('live')})`;
  await db`
    insert into line_queue (enrollment_id, attempt_id, campaign_id, line_group_id, touch_key, eligible_until_at)
    select ${id('queued')}, ${id('next')}, ${id('campaign')}, id, 'main.call.1', '2026-06-02T21:00:00Z' from line_group`;
  await db`
    insert into lease (attempt_id, enrollment_id, campaign_id, line_group_id, state, expires_rt, freed_rt)
    select attempt::uuid, enrollment::uuid, ${id('campaign')}, g.id, state, expires_rt, freed_rt
    from line_group g, (values
      (${id('live')}, ${id('calling')}, 'bound', null, null),
      (${id('next')}, ${id('queued')}, 'granted', clock_timestamp() + interval '1 hour', null),
      (${id('unused')}, ${id('waiting')}, 'granted', clock_timestamp() - interval '1 hour', null),
      (${id('first')}, ${id('ended')}, 'bound', null, clock_timestamp())
    ) held (attempt, enrollment, state, expires_rt, freed_rt)`;
}

async function seedPromises(db: Db): Promise<void> {
  await db`
    insert into commitment (enrollment_id, fact_id, promised_at, created_at)
    values (${id('ended')}, ${id('tag')}, now(), now()), (${id('waiting')}, ${id('reply')}, now(), now())`;
  await db`
    update commitment set state = 'kept', reason = 'the callback was answered', closed_at = now()
    where enrollment_id = ${id('ended')}`;
}
