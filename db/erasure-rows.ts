import type { Tx } from './client';
import { closeCommitments } from './commitment';
import { appNow } from './clock';
import { eraseRows } from './import-rows';
import { recordTimeline } from './timeline';

/** What erasing does to our own rows. Each function may run any number of times. */

/** Every lock that a person's story takes, in the order in which everybody takes them; false = there is no such contact. */
export async function lockPerson(tx: Tx, contactId: string): Promise<boolean> {
  await tx`select from enrollment where contact_id = ${contactId} order by id for no key update`;
  const contact = await tx`select 1 from contact where id = ${contactId} for no key update`;
  await tx`
    select from address where hash in (select hash from contact_address where contact_id = ${contactId})
    order by hash for no key update`;
  return contact.length > 0;
}

/** Ends whatever would still happen by itself: enrollments, their places in queues, promises, actions that were ordered. */
export async function endOutreach(tx: Tx, contactId: string, actor: string): Promise<Record<string, number>> {
  const at = await appNow(tx);
  const ended = await tx<{ id: string }[]>`
    update enrollment set state = 'ended', reason = 'erased', ended_at = at_ms(${at}), due_at = null
    where contact_id = ${contactId} and state = 'open'
    returning id`;
  for (const { id: enrollmentId } of ended) {
    await closeCommitments(tx, { enrollmentId, state: 'broken', reason: 'erased', keptBy: null, actor, at });
    const data = { status: 'completed', reason: 'erased' };
    await recordTimeline(tx, { enrollmentId, kind: 'contact_status_changed', data, actor, at });
  }
  await tx`delete from line_queue where enrollment_id in (${enrollmentsOf(tx, contactId)})`;
  await tx`
    update lease set freed_rt = clock_timestamp()
    where state = 'granted' and freed_rt is null and enrollment_id in (${enrollmentsOf(tx, contactId)})`;
  const givenUp = await tx`
    update execution set state = 'failed', error_code = 'erased', error_detail = null, finished_at = at_ms(${at}),
      held_rt = null, hold_ends_rt = null
    where state = 'pending' and enrollment_id in (${enrollmentsOf(tx, contactId)})
    returning 1`;
  await tx`update enrollment set wants_workflow = false, left_for_good = true where contact_id = ${contactId}`;
  await tx`
    update fact set seen_rt = clock_timestamp()
    where wakes and seen_rt is null and enrollment_id in (${enrollmentsOf(tx, contactId)})`;
  await tx`delete from wake where enrollment_id in (${enrollmentsOf(tx, contactId)})`;
  return { enrollmentsEnded: ended.length, actionsGivenUp: givenUp.length };
}

export interface UnderWay {
  readonly attemptId: string;
  readonly channel: 'voice' | 'sms' | 'email';
  readonly sid: string | null;
}

/** Attempts whose end nobody knows yet: reconciliation finds it, whatever happens. */
export async function attemptsUnderWay(tx: Tx, contactId: string): Promise<UnderWay[]> {
  return tx<UnderWay[]>`
    select id as attempt_id, channel, provider_sid as sid from attempt
    where enrollment_id in (${enrollmentsOf(tx, contactId)})
      and (state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice'))`;
}

/** Takes out of every row what says who the person is, and notes what others have to delete. */
export async function anonymise(tx: Tx, contactId: string): Promise<Record<string, number>> {
  await lockPerson(tx, contactId);
  // Facts are numbered under the locks: whatever comes from here on is later.
  await tx`update erasure set looked_rt = clock_timestamp() where contact_id = ${contactId}`;
  await noteItems(tx, contactId);
  const arrivals = await blankArrivals(tx, contactId);
  const facts = await tx`
    update fact set body = (body - ${FREE_FIELDS}::text[]) || case when body ? 'answers' then '{"answers": {}}'::jsonb else '{}' end
    where id in (${factsOf(tx, contactId)}) and body ?| ${FREE_FIELDS}::text[] returning 1`;
  const messages = await tx`
    update message set body = '', subject = null, provider_id = null
    where conversation_id in (${conversationsOf(tx, contactId)}) returning 1`;
  const attempts = await tx`
    update attempt set content = '{}', error_detail = null
    where enrollment_id in (${enrollmentsOf(tx, contactId)}) returning 1`;
  const turns = await tx`
    update call_turn set said = '', digits = '', answer = ''
    where attempt_id in (select id from attempt where enrollment_id in (${enrollmentsOf(tx, contactId)})) returning 1`;
  const actions = await tx`
    update execution set payload = '{}', error_detail = null
    where enrollment_id in (${enrollmentsOf(tx, contactId)}) returning kind, state`;
  await tx`update commitment set reason = null where enrollment_id in (${enrollmentsOf(tx, contactId)})`;
  const tests = await tx`
    update own_message set content = '{}', reason = case state when 'queued' then 'erased' else reason end,
      state = case state when 'queued' then 'not_sent' else state end, finished_at = coalesce(finished_at, app_now())
    where contact_id = ${contactId} returning 1`;
  await tx`
    update timeline set data = data - ${FREE_FIELDS}::text[]
    where enrollment_id in (${enrollmentsOf(tx, contactId)}) and data ?| ${FREE_FIELDS}::text[]`;
  await tx`
    update contact_operation_item set given = null
    where enrollment_id in (${enrollmentsOf(tx, contactId)}) and given is not null`;
  // Also what was refused, which only the case that it named leads to.
  await tx`
    delete from crm_arrival where contact_id = ${contactId} or (connection_id, case_external_id) in (
      select c.id, k.external_id from connection c cross join cases k where k.contact_id = ${contactId})`;
  const cases = await tx`
    update cases set external_id = 'erased:' || id, title = '', status = null where contact_id = ${contactId} returning 1`;
  await tx`delete from crm_case where case_id in (select id from cases where contact_id = ${contactId})`;
  const consents =
    await tx`update consent set text = '', source = 'erased', revoked_reason = null where contact_id = ${contactId} returning 1`;
  await tx`update relationship set source = 'erased', withdrawn_reason = null where contact_id = ${contactId}`;
  await tx`update call_opt_out set reason = '' where contact_id = ${contactId}`;
  await tx`delete from found_address where contact_id = ${contactId}`;
  await tx`
    update enrichment set data = '[]', state = case when state in ('pending', 'asking') then 'failed' else state end,
      error_code = case when state in ('pending', 'asking') then 'erased' else error_code end,
      finished_at = coalesce(finished_at, app_now())
    where contact_id = ${contactId}`;
  const { blanked, kept, suppressions } = await blankAddresses(tx, contactId);
  await blankContact(tx, contactId);
  await eraseRows(tx, contactId);
  const [mails] = await tx<{ count: number }[]>`
    select count(*)::int as count from attempt
    where enrollment_id in (${enrollmentsOf(tx, contactId)}) and channel = 'email' and state not in ('claimed', 'not_sent')`;
  return {
    arrivals,
    facts: facts.length,
    messages: messages.length,
    attempts: attempts.length,
    spokenTurns: turns.length,
    actions: actions.length,
    tests: tests.length,
    crmWrites: actions.filter(({ kind, state }) => state === 'done' && String(kind).startsWith('crm')).length,
    mails: mails?.count ?? 0,
    cases: cases.length,
    consents: consents.length,
    addresses: blanked,
    addressesOfOthers: kept,
    suppressions,
  };
}

/** Where people's own words stand in a fact or in an entry of the timeline. */
const FREE_FIELDS = ['summary', 'reason', 'note', 'text', 'answers', 'providerId'];

async function noteItems(tx: Tx, contactId: string): Promise<void> {
  await tx`
    insert into erasure_item (contact_id, kind, ref)
    select ${contactId}::uuid, case channel when 'voice' then 'call' else 'message' end, provider_sid from attempt
    where enrollment_id in (${enrollmentsOf(tx, contactId)}) and channel in ('voice', 'sms') and provider_sid is not null
    union
    select ${contactId}::uuid, 'message', m.provider_id
    from message m join conversation v on v.id = m.conversation_id
    where v.id in (${conversationsOf(tx, contactId)}) and v.channel = 'sms' and m.direction = 'in' and m.provider_id is not null
    on conflict do nothing`;
  // A late word may have begun another run of a workflow that is gone already.
  await tx`
    insert into erasure_item (contact_id, kind, ref)
    select ${contactId}::uuid, 'workflow', id::text from enrollment where contact_id = ${contactId}
    on conflict (contact_id, kind, ref) do update set done_rt = null`;
}

/** Also what was kept without a fact, which only the provider's name for the call or text leads to. */
async function blankArrivals(tx: Tx, contactId: string): Promise<number> {
  const rows = await tx`
    update inbox set raw = '{}',
      event_key = case when source in ('mail', 'facts')
        then 'erased:' || id else event_key end
    where raw <> '{}' and (
      id in (select inbox_id from fact where id in (${factsOf(tx, contactId)}))
      or (source = 'twilio' and split_part(event_key, ':', 2) in (
        select ref from erasure_item where contact_id = ${contactId} and kind <> 'workflow')))
    returning 1`;
  return rows.length;
}

/** An address that somebody else has as well stays theirs. */
async function blankAddresses(tx: Tx, contactId: string) {
  const own = await tx<{ hash: string }[]>`
    select hash from address where hash in (select hash from contact_address where contact_id = ${contactId})
    order by hash for update`;
  const blanked = await tx`
    update address a set value = ''
    where a.hash = any (${own.map(({ hash }) => hash)}::text[]) and not exists (
      select from contact_address o join contact p on p.id = o.contact_id
      where o.hash = a.hash and p.erased_rt is null)
    returning 1`;
  const suppressions = await tx`
    select 1 from suppression where hash = any (${own.map(({ hash }) => hash)}::text[]) and lifted_at is null`;
  return { blanked: blanked.length, kept: own.length - blanked.length, suppressions: suppressions.length };
}

/** Zones, states and the country stay, without the numbers that they were found by: past hours are judged by them. */
async function blankContact(tx: Tx, contactId: string): Promise<void> {
  await tx`
    update contact set external_id = null, first_name = '', last_name = '', language = 'en', stated_zone = null, state = null,
      country = null, postal_code = null, places = jsonb_set(places, '{sources}', jsonb_path_query_array(places, '$.sources[*] ? (@.source == "country")')), attributes = '{}', tags = '{}',
      revision = revision + 1, updated_at = app_now()
    where id = ${contactId}`;
}

function enrollmentsOf(tx: Tx, contactId: string) {
  return tx`select id from enrollment where contact_id = ${contactId}`;
}

function factsOf(tx: Tx, contactId: string) {
  return tx`
    select id from fact where enrollment_id in (${enrollmentsOf(tx, contactId)})
    union all
    select id from fact where enrollment_id is null and contact_id = ${contactId}`;
}

function conversationsOf(tx: Tx, contactId: string) {
  return tx`
    select id from conversation where enrollment_id in (${enrollmentsOf(tx, contactId)})
    union all
    select id from conversation where enrollment_id is null and contact_id = ${contactId}`;
}
