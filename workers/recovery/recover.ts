import type { ListedResource, ProviderBooks } from '../../activities/providers/provider';
import type { ClaimKeys } from '../../db/claim';
import { inTransaction, type Sql } from '../../db/client';
import { receive } from '../../db/inbox';
import { getInstallation, type Installation, keepFailure, type RecoveryReport, unlock } from '../../db/installation';
import { recoverText } from '../../db/recovered-text';
import { adoptResource, businessInstantOf, doubtPendingEffects, enrollAgain } from '../../db/recovery';
import { presumeMails } from '../../db/recovery-mail';
import { presumeReports } from '../../db/report';
import { tryAlone } from '../../db/sweeps/alone';
import { startAnew, wakeAll } from '../../db/sweeps/start';
import { compareMarks, type LockReason, lockSentence } from '../../domain/recovery';
import type { Marks } from '../../engine/mark';
import { tellAttempt } from '../sweeps/reconcile';

/**
 * After a database was restored or lost: takes over what the provider did and heard meanwhile, so that nobody is called
 * twice and every "stop" is known, and lets outreach go on. It only asks and writes down; broken off anywhere, it is begun
 * again and passes over what it has done.
 */
export interface RecoveryDeps {
  readonly sql: Sql;
  readonly engine: Marks;
  /** Null = no telephone provider is connected. */
  readonly books: ProviderBooks | null;
  readonly keys: ClaimKeys;
}

type Counts = Omit<RecoveryReport, 'finishedRt' | 'problem'>;

export type RecoveryOutcome =
  | { readonly kind: 'recovered'; readonly reason: LockReason; readonly counts: Counts }
  | { readonly kind: 'not_locked' }
  /** Somebody else is at it. */
  | { readonly kind: 'busy' };

/** What stands in the way, in words for the admin. */
export class RecoveryError extends Error {
  override readonly name = 'RecoveryError';
}

const NOTHING: Counts = { adopted: 0, mailsPresumed: 0, held: 0, strangers: 0, replies: 0 };
/** An unknown attempt proves that something is missing, and not since when. */
const UNKNOWN_GAP_MS = 86_400_000;
const HELD_REASON = 'We were in touch with this person, and a restored database does not know about what.';

export async function recover(deps: RecoveryDeps, actor: string): Promise<RecoveryOutcome> {
  try {
    return (await tryAlone(deps.sql, 'recovery', () => recoverAlone(deps, actor))) ?? { kind: 'busy' };
  } catch (error) {
    await keepFailure(
      deps.sql,
      error instanceof RecoveryError ? error.message : 'a database or the provider could not be asked',
    );
    throw error;
  }
}

async function recoverAlone(deps: RecoveryDeps, actor: string): Promise<RecoveryOutcome> {
  const installation = await getInstallation(deps.sql);
  const { lockReason: reason } = installation;
  if (reason === null) return { kind: 'not_locked' };
  const seen = await deps.engine.readMark();
  if (compareMarks({ before: installation, after: installation }, seen) === 'another_installation')
    throw new RecoveryError(`${lockSentence('another_installation')}: give each its own namespace or QUEUE_PREFIX`);
  const counts = isPostgresWhole(reason) ? NOTHING : await takeOver(deps, installation, reason);
  const mark = {
    installationId: installation.installationId,
    incarnation: Math.max(installation.incarnation, seen.mark?.incarnation ?? 0) + 1,
    number: Math.max(installation.number, seen.mark?.number ?? 0) + 1,
  };
  // Temporal first: what breaks between the two leaves the installation locked, and nothing else.
  await deps.engine.writeMark(mark);
  await inTransaction(deps.sql, async (tx) => {
    await unlock(tx, mark, seen.namespaceId, counts, actor);
    await (reason === 'temporal_lost' ? startAnew(tx) : wakeAll(tx));
  });
  return { kind: 'recovered', reason, counts };
}

/** Whatever Temporal has forgotten stands in its row. */
function isPostgresWhole(reason: LockReason): boolean {
  return reason === 'temporal_lost' || reason === 'temporal_older';
}

async function takeOver(deps: RecoveryDeps, installation: Installation, reason: LockReason): Promise<Counts> {
  const { sql, keys } = deps;
  const lockedRt = installation.lockedRt ?? 0;
  const knownRt = installation.gapFromRt ?? lockedRt;
  const fromRt = reason === 'unknown_attempt' ? Math.min(knownRt, lockedRt - UNKNOWN_GAP_MS) : knownRt;
  await enrollAgain(sql);
  const { calls, texts } = await readBooks(deps, fromRt);
  const ours = await adoptAll(deps, calls, texts);
  const [fromAt, untilAt] = await Promise.all([businessInstantOf(sql, fromRt), businessInstantOf(sql, lockedRt)]);
  const mailsPresumed = await presumeMails(sql, { fromAt, untilAt }, keys);
  await presumeReports(sql, untilAt);
  let replies = 0;
  for (const { sid, from, to, text = '', direction } of texts)
    if (direction === 'in' && (await recoverText(sql, { sid, from, to, text }, keys.addressKey))) replies++;
  await doubtPendingEffects(sql);
  return { ...ours, mailsPresumed, replies };
}

interface Books {
  readonly calls: readonly ListedResource[];
  readonly texts: readonly ListedResource[];
}

async function readBooks({ sql, books }: RecoveryDeps, sinceMs: number): Promise<Books> {
  if (books !== null) {
    const [calls, texts] = await Promise.all([books.listCalls(sinceMs), books.listTexts(sinceMs)]);
    return { calls, texts };
  }
  if ((await ourNumbers(sql)).size > 0)
    throw new RecoveryError('the telephone provider has to be asked, and none is connected: set TWILIO_ACCOUNT_SID');
  return { calls: [], texts: [] };
}

async function adoptAll(
  deps: RecoveryDeps,
  calls: readonly ListedResource[],
  texts: readonly ListedResource[],
): Promise<Pick<Counts, 'adopted' | 'held' | 'strangers'>> {
  const numbers = await ourNumbers(deps.sql);
  const counts = { adopted: 0, held: 0, strangers: 0 };
  const all = [
    ...calls.map((resource) => ({ channel: 'voice' as const, resource })),
    ...texts.map((resource) => ({ channel: 'sms' as const, resource })),
  ]
    // Others may use the account as well.
    .filter(({ resource: { direction, from } }) => direction === 'out' && numbers.has(from))
    .toSorted((a, b) => a.resource.createdMs - b.resource.createdMs);
  for (const { channel, resource } of all) {
    const adoption = await adoptResource(deps.sql, { channel, ...resource }, deps.keys);
    if (adoption.kind === 'attempt') {
      await tellAttempt(deps.sql, { ...adoption, channel }, resource);
      if (adoption.isNew) counts.adopted++;
    }
    if (adoption.kind === 'unplanned') {
      for (const enrollmentId of adoption.enrollmentIds) await hold(deps.sql, resource.sid, enrollmentId);
      counts.held++;
    }
    if (adoption.kind === 'stranger') counts.strangers++;
  }
  return counts;
}

/** Until a person has looked: it stands in the handoff inbox, once however often this is repeated. */
async function hold(sql: Sql, sid: string, enrollmentId: string): Promise<void> {
  await receive(sql, {
    source: 'recovery',
    eventKey: `recovery:${sid}:${enrollmentId}`,
    raw: { sid },
    actor: 'recovery',
    fact: { enrollmentId, body: { kind: 'handoff_requested', reason: HELD_REASON } },
  });
}

async function ourNumbers(sql: Sql): Promise<ReadonlySet<string>> {
  const [row] = await sql<{ callerNumbers: string[] }[]>`select caller_numbers from settings`;
  return new Set(row?.callerNumbers ?? []);
}
