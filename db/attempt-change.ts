import type { AttemptChange } from '../domain/changes';
import type { Channel } from '../domain/channel';
import type { AttemptState } from '../domain/planner-input';
import type { Tx } from './client';
import { keepSentMessage } from './conversation';
import { lockAddresses } from './suppression';

/** An accepted call whose end nobody told is looked up after this long. */
export const CALL_CHECK_SECONDS = 120;

/**
 * Stores what became known of an attempt; `factId` is the fact that told it, if one did. The caller holds the enrollment;
 * one that holds the attempt, too, says in which state it is.
 */
export async function storeAttemptChange(
  tx: Tx,
  attemptId: string,
  factId: string | null,
  change: AttemptChange,
  held?: AttemptState,
): Promise<void> {
  const columns = [
    ...(change.state === undefined ? [] : [nextState(tx, change.state), nextCheck(tx, change.state)]),
    ...(change.status === undefined ? [] : [tx`status = ${change.status}`]),
    ...(change.rank === undefined ? [] : [tx`rank = ${change.rank}`]),
    ...(change.sid === undefined ? [] : [tx`provider_sid = coalesce(t.provider_sid, ${change.sid})`]),
    ...(change.answeredBy === undefined ? [] : [tx`answered_by = ${change.answeredBy}`]),
    ...(change.disposition === undefined ? [] : [tx`disposition = ${change.disposition}`]),
    ...(change.outcome === undefined ? [] : [tx`outcome = ${change.outcome}`]),
    ...(change.taggedByThis === undefined ? [] : [tx`outcome_fact_id = ${factId}`]),
    ...(change.outcomeJudged === undefined ? [] : [tx`outcome_judged = ${change.outcomeJudged}`]),
    ...(change.durationSeconds === undefined ? [] : [tx`duration_seconds = ${change.durationSeconds}`]),
    ...(change.errorCode === undefined ? [] : [tx`error_code = ${change.errorCode}`]),
    ...(change.acceptedAt === undefined ? [] : [tx`accepted_at = at_ms(${change.acceptedAt})`]),
    ...(change.endedAt === undefined ? [] : [tx`ended_at = at_ms(${change.endedAt})`]),
  ];
  if (columns.length === 0) return;
  if (change.state === 'accepted' && (held ?? 'not_sent') === 'not_sent') await lockIfNotSent(tx, attemptId);
  const [attempt] = await tx<{ before: AttemptState; state: AttemptState; channel: Channel }[]>`
    update attempt t set ${columns.flatMap((column, ix) => (ix === 0 ? [column] : [tx`, `, column]))}
    from attempt old where t.id = ${attemptId} and old.id = t.id
    returning old.state as before, t.state, t.channel`;
  if (attempt === undefined || (change.state !== 'accepted' && change.state !== 'ended')) return;
  if (attempt.state !== change.state) return;
  if (attempt.channel !== 'voice') await keepSentMessage(tx, attemptId);
  if (attempt.before === 'not_sent') await countAgain(tx, attemptId, attempt.channel, change.state);
}

/**
 * An attempt that was taken for not sent lives again when a word of the provider proves it. Where another one has taken
 * its place meanwhile it waits for its end: two open attempts between the same addresses could not be told apart.
 */
function nextState(tx: Tx, state: AttemptState) {
  if (state !== 'accepted') return tx`state = ${state}`;
  return tx`state = case when t.state = 'not_sent' and exists (
      select 1 from attempt o
      where o.id <> t.id and o.channel = t.channel and o.from_hash = t.from_hash and o.to_hash = t.to_hash
        and (o.state in ('claimed', 'unknown') or (o.state = 'accepted' and o.channel = 'voice')))
    then t.state else 'accepted' end`;
}

/** An attempt that lives again takes its place among those of others at the same addresses, as a claim does. */
async function lockIfNotSent(tx: Tx, attemptId: string): Promise<void> {
  const [owner] = await tx<{ contactId: string }[]>`
    select e.contact_id from attempt t join enrollment e on e.id = t.enrollment_id
    where t.id = ${attemptId} and t.state = 'not_sent'`;
  if (owner !== undefined) await lockAddresses(tx, owner.contactId);
}

/** Only a call has an end that somebody must find out about. */
function nextCheck(tx: Tx, state: AttemptState) {
  const isOpen = state === 'accepted';
  return tx`resolve_by_rt = case when ${isOpen} and t.channel = 'voice'
    then clock_timestamp() + make_interval(secs => ${CALL_CHECK_SECONDS}) end`;
}

/** It was taken for not sent and a later word proves the opposite: caps count it after all, and a live call has its line and its person. */
async function countAgain(tx: Tx, attemptId: string, channel: Channel, state: AttemptState): Promise<void> {
  await tx`
    insert into attempt_address (hash, attempt_id, channel, claimed_at)
    select ca.hash, t.id, t.channel, t.claimed_at
    from attempt t
    join enrollment e on e.id = t.enrollment_id
    join contact_address ca on ca.contact_id = e.contact_id
    where t.id = ${attemptId}
    on conflict do nothing`;
  if (channel !== 'voice' || state !== 'accepted') return;
  await tx`
    insert into open_call (hash, attempt_id)
    select hash, attempt_id from attempt_address join address using (hash)
    where attempt_id = ${attemptId} and kind = 'phone'
    on conflict do nothing`;
  await tx`
    insert into lease (attempt_id, enrollment_id, campaign_id, line_group_id, state)
    select t.id, e.id, e.campaign_id, c.line_group_id, 'bound'
    from attempt t
    join enrollment e on e.id = t.enrollment_id
    join campaign c on c.id = e.campaign_id
    where t.id = ${attemptId}
    on conflict (attempt_id) do update set state = 'bound', expires_rt = null, freed_rt = null`;
}

/** The call is over: its line is free and the person may be called by others. */
export async function closeCall(tx: Tx, attemptId: string): Promise<void> {
  await tx`
    with over as (delete from open_call where attempt_id = ${attemptId})
    update lease set freed_rt = clock_timestamp() where attempt_id = ${attemptId} and freed_rt is null`;
}
