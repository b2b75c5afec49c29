import { recordNotSent } from '../../db/attempt-result';
import type { Sql } from '../../db/client';
import { receive } from '../../db/inbox';
import {
  closeUnknown,
  countLookup,
  ownedSids,
  takeUnresolved,
  wakeLater,
  type Unresolved,
} from '../../db/sweeps/reconcile';
import { callFactsOf, messageFactsOf } from '../../domain/provider-words';
import type { FoundResource, SmsProvider, VoiceProvider } from '../../activities/providers/provider';
import type { Sweep } from './sweep';

export interface ReconcileOptions {
  /** Absence at the provider means nothing before this much real time has passed since the claim. */
  readonly graceMs: number;
  /** After this long without an answer from anybody an attempt is closed as unknown. */
  readonly giveUpMs: number;
}

interface Deps extends ReconcileOptions {
  readonly sql: Sql;
  readonly voice: VoiceProvider;
  readonly sms: SmsProvider;
  readonly addressKey: string;
}

/** A created resource may carry a time a little before our claim: clocks differ. */
const CLOCK_SLACK_MS = 5_000;
const LOOKUPS_FOR_ABSENCE = 2;
/** The provider ends every call after four hours. */
const LONGEST_CALL_MS = 4 * 3_600_000;

/** Finds out what became of attempts whose answer or end never came. Never a second create: it only asks. */
export function reconcile(deps: Deps): Sweep {
  return {
    name: 'reconcile',
    everyMs: 2_000,
    async round() {
      const page = await takeUnresolved(deps.sql, deps.addressKey);
      await Promise.all(page.map((attempt) => resolve(deps, attempt)));
      return false;
    },
  };
}

async function resolve(deps: Deps, attempt: Unresolved): Promise<void> {
  try {
    const found = await lookUp(deps, attempt);
    if (found !== null) await tellAttempt(deps.sql, attempt, found);
    else await absent(deps, attempt);
  } catch {
    // The provider can't be asked now, and no evidence is no evidence: only time closes it, and never a call that may go on.
    const patienceMs = attempt.state === 'accepted' ? Math.max(deps.giveUpMs, LONGEST_CALL_MS) : deps.giveUpMs;
    if (attempt.ageMs > patienceMs) await closeUnknown(deps.sql, attempt.attemptId);
  }
}

async function lookUp({ sql, voice, sms }: Deps, attempt: Unresolved): Promise<FoundResource | null> {
  const { channel, sid, from, to, claimedMs } = attempt;
  if (channel === 'email') return null;
  if (sid !== null) return channel === 'voice' ? voice.getCall(sid) : sms.getSms(sid);
  if (from === null) return null;
  const query = { from, to, sinceMs: claimedMs - CLOCK_SLACK_MS };
  const all = channel === 'voice' ? await voice.findCalls(query) : await sms.findSms(query);
  const owned = await ownedSids(
    sql,
    all.map((one) => one.sid),
  );
  // One unresolved attempt per pair of addresses: whatever nobody owns is ours.
  return all.find((one) => !owned.has(one.sid)) ?? null;
}

/** What the provider shows of an attempt, told as its callbacks would have told it. */
export async function tellAttempt(
  sql: Sql,
  attempt: Pick<Unresolved, 'attemptId' | 'enrollmentId' | 'channel'>,
  found: FoundResource,
): Promise<void> {
  const facts = attempt.channel === 'voice' ? callFactsOf(found) : messageFactsOf(found);
  let isNews = false;
  for (const body of facts) {
    const { signal } = await receive(sql, {
      source: 'look-up',
      eventKey: `look-up:${found.sid}:${body.kind}:${found.status}:${found.answeredBy ?? ''}`,
      raw: { sid: found.sid, status: found.status },
      actor: 'reconcile',
      fact: { attemptId: attempt.attemptId, body },
    });
    isNews ||= signal !== null;
  }
  // A call that goes on, looked up again and again, wakes nobody.
  if (isNews) await wakeLater(sql, attempt.enrollmentId);
}

async function absent({ sql, graceMs, giveUpMs }: Deps, attempt: Unresolved): Promise<void> {
  if (attempt.state === 'accepted') {
    // Accepted and yet not to be found: its end will never be told.
    if (attempt.ageMs > giveUpMs) await closeUnknown(sql, attempt.attemptId);
    return;
  }
  if (attempt.ageMs < graceMs) return;
  // SMTP can't be asked, so its silence proves nothing.
  if (attempt.channel === 'email' || attempt.from === null) return closeUnknown(sql, attempt.attemptId);
  await countLookup(sql, attempt.attemptId);
  if (attempt.lookups + 1 < LOOKUPS_FOR_ABSENCE) return;
  // A call is not tried again on the strength of an absence; a text may be.
  const verdict = attempt.channel === 'voice' ? 'final' : 'retry';
  await recordNotSent(sql, attempt.attemptId, { reason: 'not_at_provider', verdict });
  await wakeLater(sql, attempt.enrollmentId);
}
