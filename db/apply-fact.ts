import type { Changes, EnrollmentChange } from '../domain/changes';
import { fold } from '../domain/fold';
import { closeCall, storeAttemptChange } from './attempt-change';
import type { Tx } from './client';
import { appNow } from './clock';
import { storeCommitments } from './commitment';
import { storeFirings } from './firing';
import { lockFoldFrame, type FoldFrame, type StoredFact } from './fold-state';
import { markDeadAddress, markWrongNumber, suppressPerson } from './suppression';
import { recordTimeline } from './timeline';

/** Folds a stored fact into its enrollment: asks the pure `fold`, stores its answer, all in the caller's transaction. */
export async function applyFact(tx: Tx, fact: StoredFact): Promise<{ wakes: boolean }> {
  const { enrollmentId, attemptId, body } = fact;
  if (enrollmentId === null) return applyToContact(tx, fact);
  const frame = await lockFoldFrame(tx, { ...fact, enrollmentId });
  const changes = fold(frame.state, body);
  // Addresses are locked before anything of an attempt is changed: a claim holds them while it writes its attempt.
  await storeSuppressions(tx, fact, frame, changes);
  if (changes.deadAddress) await markDeadAddress(tx, attemptId, enrollmentId);
  if (attemptId !== null) {
    await storeAttemptChange(tx, attemptId, fact.id, changes.attempt, frame.state.attempt?.state);
    if (changes.freesLine) await closeCall(tx, attemptId);
  }
  if (changes.wrongNumber) {
    const replyFactId = body.kind === 'reply_classified' ? body.replyFactId : null;
    await markWrongNumber(tx, frame.contactId, { attemptId, replyFactId });
  }
  await storeCommitments(tx, fact, frame, changes);
  await storeFirings(tx, fact, frame, changes);
  await storeConversation(tx, fact, enrollmentId, changes);
  await storeTimeline(tx, fact, frame, changes);
  await storeEnrollment(tx, enrollmentId, changes);
  await markFolded(tx, fact, { versionId: frame.versionId, wakes: changes.wakes });
  return { wakes: changes.wakes };
}

interface Folded {
  /** The version that judged it. */
  readonly versionId: string | null;
  readonly wakes: boolean;
}

async function markFolded(tx: Tx, { id }: StoredFact, { versionId, wakes }: Folded): Promise<void> {
  await tx`
    with folded as (
      update fact set folded_rt = clock_timestamp(), fold_error = null, wakes = ${wakes},
        judged_version_id = coalesce(${versionId}::uuid, judged_version_id)
      where id = ${id}
      returning inbox_id
    )
    update inbox i set folded_rt = clock_timestamp(), fold_error = null from folded where i.id = folded.inbox_id`;
}

/** Nobody's enrollment: an opt-out still goes to the person, everything else waits in the handoff inbox. */
async function applyToContact(tx: Tx, fact: StoredFact): Promise<{ wakes: boolean }> {
  await obeyRevocation(tx, fact);
  await markFolded(tx, fact, { versionId: null, wakes: false });
  return { wakes: false };
}

/** Bars the person if the fact says so, whatever else can or can't be made of it. */
export async function obeyRevocation(tx: Tx, { id, body, contactId, actor }: StoredFact): Promise<void> {
  const channels = channelsRevoked(body);
  if (contactId === null || channels === null) return;
  const source = body.kind === 'opted_out' ? body.source : 'reply';
  await suppressPerson(tx, { contactId, channels, source, factId: id, actor, at: await appNow(tx) });
}

function channelsRevoked(body: StoredFact['body']) {
  if (body.kind === 'opted_out') return body.channels;
  return body.kind === 'reply' && body.verdict === 'revoke' ? (['voice', 'sms', 'email'] as const) : null;
}

async function storeSuppressions(tx: Tx, fact: StoredFact, frame: FoldFrame, changes: Changes): Promise<void> {
  for (const { channels, source } of changes.suppress) {
    await suppressPerson(tx, {
      contactId: frame.contactId,
      channels,
      source,
      factId: fact.id,
      actor: fact.actor,
      at: frame.state.now,
      ...(fact.enrollmentId === null ? {} : { besides: fact.enrollmentId }),
    });
  }
}

/** A reply's bucket stands beside its text; a conversation that a person has to take over says so. */
async function storeConversation(
  tx: Tx,
  { id, body }: StoredFact,
  enrollmentId: string,
  { bucket, handedOff }: Changes,
): Promise<void> {
  if (bucket !== null) {
    const replyFactId = body.kind === 'reply_classified' ? body.replyFactId : id;
    await tx`update message set bucket = ${bucket} where fact_id = ${replyFactId} and direction = 'in'`;
  }
  if (handedOff !== null)
    await tx`update conversation set handed_off = ${handedOff} where enrollment_id = ${enrollmentId}`;
}

async function storeTimeline(tx: Tx, fact: StoredFact, { state }: FoldFrame, { timeline }: Changes): Promise<void> {
  if (fact.enrollmentId === null) return;
  for (const { kind, data } of timeline) {
    await recordTimeline(tx, {
      enrollmentId: fact.enrollmentId,
      kind,
      data,
      factId: fact.id,
      attemptId: fact.attemptId,
      actor: fact.actor,
      at: state.now,
    });
  }
}

const AT_COLUMNS = {
  endedAt: 'ended_at',
  callsStoppedAt: 'calls_stopped_at',
  messagesStoppedAt: 'messages_stopped_at',
  heldUntilAt: 'held_until_at',
  pausedAt: 'paused_at',
  movedToAt: 'moved_to_at',
  dueAt: 'due_at',
} as const;

async function storeEnrollment(
  tx: Tx,
  enrollmentId: string,
  { enrollment: change, wakes, executions }: Changes,
): Promise<void> {
  const wants = wakes || executions.some(({ done }) => done === null);
  const columns = [
    ...(change.state === undefined ? [] : [tx`state = ${change.state}`]),
    ...(change.reason === undefined ? [] : [tx`reason = ${change.reason}`]),
    ...(change.leftForGood === undefined ? [] : [tx`left_for_good = ${change.leftForGood}`]),
    ...(change.holdReason === undefined ? [] : [tx`hold_reason = ${change.holdReason}`]),
    ...(change.movedTouch === undefined ? [] : [tx`moved_touch = ${change.movedTouch}`]),
    ...instants(tx, change),
    ...(wants ? [tx`wants_workflow = true`] : []),
  ];
  if (columns.length === 0) return;
  await tx`update enrollment set ${columns.flatMap((column, ix) => (ix === 0 ? [column] : [tx`, `, column]))} where id = ${enrollmentId}`;
}

function instants(tx: Tx, change: EnrollmentChange) {
  return keysOf(AT_COLUMNS).flatMap((key) => {
    const value = change[key];
    return value === undefined ? [] : [tx`${tx(AT_COLUMNS[key])} = at_ms(${value})`];
  });
}

function keysOf<T extends object>(object: T): (keyof T)[] {
  // Object.keys loses the key type; the object is a constant of this file.
  return Object.keys(object) as (keyof T)[];
}
