import { decide } from '../domain/decide';
import type { Decision } from '../domain/decision';
import type { Instant } from '../domain/instant';
import type { ClaimKeys } from './claim';
import { type Db, inTransaction, type Sql } from './client';
import { asNothingForbade, type Candidate, inputAt, lockCandidate, storePast } from './past-attempt';
import { loadPlannerFrame } from './planner-input';
import { enrollPage } from './sweeps/enroll';
import { addressHash } from './tokens';

/**
 * What a restored database has forgotten, found again: the planner is asked what it would have done at the instant at which
 * the provider did something, and that is written down as the attempt that it was, under the same id. Nothing is sent.
 */

/** A call or a text of ours in the provider's books. */
export interface Resource {
  readonly channel: 'voice' | 'sms';
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  /** Real time, epoch milliseconds, in whole seconds. */
  readonly createdMs: number;
}

export type Adoption =
  /** Known all along, and over. */
  | { readonly kind: 'owned' }
  /** It is this attempt; the provider's word for how it stands has to be told of it. */
  | { readonly kind: 'attempt'; readonly isNew: boolean; readonly attemptId: string; readonly enrollmentId: string }
  /** These people heard from us, and no plan says what it was. */
  | { readonly kind: 'unplanned'; readonly enrollmentIds: readonly string[] }
  /** Nobody who is in a campaign here. */
  | { readonly kind: 'stranger' };

/** The provider tells whole seconds; and a request takes its time from the claim. */
const CLAIMED_WITHIN_MS = [0, 1_000, -10_000];
const CLOCK_SLACK_MS = 5_000;

/** Members without a row get one before anybody is looked for: whoever was enrolled after the copy was made is enrolled again. */
export async function enrollAgain(sql: Sql): Promise<void> {
  await sql`update campaign set enroll_cursor = null, enroll_scanned_rt = null where status = 'active'`;
  for (let isOpen = true; isOpen; ) {
    await enrollPage(sql);
    isOpen =
      (await sql`select 1 from campaign where status = 'active' and enroll_scanned_rt is null limit 1`).length > 0;
  }
}

interface Owner {
  readonly attemptId: string;
  readonly enrollmentId: string;
  readonly isOpen: boolean;
}

export async function adoptResource(sql: Sql, resource: Resource, keys: ClaimKeys): Promise<Adoption> {
  const [owner] = await sql<Owner[]>`
    select id as attempt_id, enrollment_id, state in ('claimed', 'accepted', 'unknown') as is_open
    from attempt where provider_sid = ${resource.sid}`;
  // Its end has to be known before anything that came after it is looked at.
  if (owner !== undefined)
    return owner.isOpen
      ? { kind: 'attempt', isNew: false, attemptId: owner.attemptId, enrollmentId: owner.enrollmentId }
      : { kind: 'owned' };
  const hash = (value: string) => addressHash(keys.addressKey, 'phone', value);
  const [fromHash, toHash] = [hash(resource.from), hash(resource.to)];
  const open = await unresolvedBetween(sql, resource, fromHash, toHash);
  if (open !== null) return { kind: 'attempt', isNew: false, ...open };
  const at = await businessInstantOf(sql, resource.createdMs);
  const candidates = await sql<(Candidate & { isOpen: boolean })[]>`
    select e.id, e.contact_id, c.seq::int as seq, e.state = 'open' as is_open
    from contact_address ca
    join enrollment e on e.contact_id = ca.contact_id and (e.state = 'open' or e.ended_at >= at_ms(${at}))
    join campaign c on c.id = e.campaign_id
    where ca.hash = ${toHash}
    order by e.seq`;
  for (const candidate of candidates) {
    const attemptId = await adoptInto(sql, candidate, { ...resource, fromHash, toHash }, keys);
    if (attemptId !== null) return { kind: 'attempt', isNew: true, attemptId, enrollmentId: candidate.id };
  }
  if (candidates.length === 0) return { kind: 'stranger' };
  return { kind: 'unplanned', enrollmentIds: candidates.filter(({ isOpen }) => isOpen).map(({ id }) => id) };
}

/** One unresolved attempt per pair of addresses: whatever nobody owns is its own. */
async function unresolvedBetween(db: Db, { channel, createdMs }: Resource, fromHash: string, toHash: string) {
  const [row] = await db<{ attemptId: string; enrollmentId: string }[]>`
    select id as attempt_id, enrollment_id from attempt
    where channel = ${channel} and from_hash = ${fromHash} and to_hash = ${toHash} and provider_sid is null
      and state in ('claimed', 'unknown') and claimed_rt <= at_ms(${createdMs + CLOCK_SLACK_MS})`;
  return row ?? null;
}

async function adoptInto(
  sql: Sql,
  candidate: Candidate,
  resource: Resource & { readonly fromHash: string; readonly toHash: string },
  keys: ClaimKeys,
): Promise<string | null> {
  return inTransaction(sql, async (tx) => {
    await lockCandidate(tx, candidate);
    const frame = await loadPlannerFrame(tx, candidate.id, 'granted');
    for (const offsetMs of CLAIMED_WITHIN_MS) {
      const at = await businessInstantOf(tx, resource.createdMs + offsetMs);
      const decision = decide(inputAt(asNothingForbade(frame.input), at, resource.channel));
      if (decision.kind !== 'touch' || !isThis(decision, resource)) continue;
      const past = { frame, at, decision, claimedRt: resource.createdMs, fromHash: resource.fromHash, keys };
      return storePast(tx, { ...past, state: 'claimed', evidence: { sid: resource.sid } });
    }
    return null;
  });
}

function isThis({ touch }: Decision & { kind: 'touch' }, { channel, toHash }: { channel: string; toHash: string }) {
  return touch.channel === channel && touch.toHash === toHash;
}

/** Of an instant of real time. Where business time is its own, what its clock says today is the best there is. */
export async function businessInstantOf(db: Db, rt: number): Promise<Instant> {
  const [row] = await db<{ at: Instant }[]>`
    select ms(coalesce((select anchor_at + (at_ms(${rt}) - anchor_rt) * speed from clock), at_ms(${rt}))) as at`;
  if (row === undefined) throw new Error('the database did not answer');
  return row.at;
}

/** An effect that is still to be done may have been done before: its target is asked for it first. */
export async function doubtPendingEffects(db: Db): Promise<void> {
  await db`
    update execution set sent_rt = clock_timestamp()
    where state = 'pending' and sent_rt is null and kind in ('crm_status', 'crm_note', 'crm_fields')`;
}
