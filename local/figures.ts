import type { Sql } from '../db/client';
import { balance, compareLedger, type Balance } from '../db/balance';
import type { LedgerComparison } from '../db/balance/ledger';
import { readLedger } from './simulator-ledger';

/** What the run came to, for people as a table and for machines as the last line of output. */
export interface Figures {
  readonly contacts: number;
  readonly enrolled: number;
  readonly rejected: number;
  readonly ended: number;
  readonly attempts: { readonly voice: number; readonly sms: number; readonly email: number };
  readonly rulesFired: number;
  readonly actions: { readonly done: number; readonly failed: number };
  readonly outsideHours: number;
  readonly duplicates: number;
  readonly balance: 'ok' | 'differs';
}

export interface Progress {
  readonly contacts: number;
  readonly enrolled: number;
  readonly rejected: number;
  readonly ended: number;
  readonly pendingActions: number;
  readonly voice: number;
  readonly sms: number;
  readonly email: number;
  readonly rulesFired: number;
  readonly done: number;
  readonly failed: number;
  readonly unresolved: number;
  readonly unknown: number;
  /** The instant at which the next of those who wait wants to look again. */
  readonly nextDue: Date | null;
  readonly businessTime: Date;
}

/** One look at the campaign, cheap enough for every second. */
export async function progressOf(sql: Sql, campaignId: string): Promise<Progress> {
  const [row] = await sql<Progress[]>`
    select
      (select count(distinct k.contact_id)::int from campaign c join list_member m on m.list_id = c.list_id
        join cases k on k.id = m.case_id where c.id = ${campaignId}) as contacts,
      count(*) filter (where e.state <> 'rejected')::int as enrolled,
      count(*) filter (where e.state = 'rejected')::int as rejected,
      count(*) filter (where e.state = 'ended')::int as ended,
      coalesce(sum(x.pending), 0)::int as pending_actions,
      coalesce(sum(x.done), 0)::int as done,
      coalesce(sum(x.failed), 0)::int as failed,
      coalesce(sum(t.voice), 0)::int as voice,
      coalesce(sum(t.sms), 0)::int as sms,
      coalesce(sum(t.email), 0)::int as email,
      coalesce(sum(t.unresolved), 0)::int as unresolved,
      coalesce(sum(t.unknown), 0)::int as unknown,
      (select count(*)::int from rule_firing where campaign_id = ${campaignId}) as rules_fired,
      min(e.due_at) filter (where e.state = 'open') as next_due,
      app_now() as business_time
    from enrollment e
    left join lateral (
      select count(*) filter (where state = 'pending') as pending,
        count(*) filter (where state = 'done' and kind <> 'classify') as done,
        count(*) filter (where state = 'failed') as failed
      from execution where enrollment_id = e.id) x on true
    left join lateral (
      select count(*) filter (where channel = 'voice' and state <> 'not_sent') as voice,
        count(*) filter (where channel = 'sms' and state <> 'not_sent') as sms,
        count(*) filter (where channel = 'email' and state <> 'not_sent') as email,
        count(*) filter (where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice')) as unresolved,
        count(*) filter (where state in ('unknown', 'unknown_final')) as unknown
      from attempt where enrollment_id = e.id) t on true
    where e.campaign_id = ${campaignId}`;
  if (row === undefined) throw new Error('the database did not answer');
  return row;
}

export function isOver(progress: Progress): boolean {
  const { contacts, enrolled, rejected, ended, pendingActions, unresolved } = progress;
  return (
    contacts > 0 && enrolled + rejected === contacts && ended === enrolled && pendingActions === 0 && unresolved === 0
  );
}

/** The final figures, with the two accounts they rest on: the auditor's from the database, the simulator's own ledger. */
export async function figuresOf(
  sql: Sql,
  campaignId: string,
  simulatorUrl: string,
): Promise<{ figures: Figures; books: Balance; ledger: LedgerComparison }> {
  const progress = await progressOf(sql, campaignId);
  const books = await balance(sql, { settled: true });
  const ledger = await compareLedger(sql, await readLedger(simulatorUrl));
  const { contacts, enrolled, rejected, ended, voice, sms, email, rulesFired, done, failed } = progress;
  const figures: Figures = {
    contacts,
    enrolled,
    rejected,
    ended,
    attempts: { voice, sms, email },
    rulesFired,
    actions: { done, failed },
    outsideHours: Math.max(books.windows.outside, ledger.windows.outside),
    duplicates: ledger.duplicates.length,
    balance: books.ok && ledger.ok ? 'ok' : 'differs',
  };
  return { figures, books, ledger };
}
