import type { Attempt, CampaignStatus, Channel, EnrollmentSummary, Person } from '../api/answers';

/** Words and colours of states: one place, so that the same thing is called the same everywhere. */

export type Tone = 'good' | 'calm' | 'attention' | 'bad' | 'quiet';

export interface Badge {
  readonly words: string;
  readonly tone: Tone;
}

export const CAMPAIGN_STATUS: Readonly<Record<CampaignStatus, Badge>> = {
  draft: { words: 'Draft', tone: 'quiet' },
  active: { words: 'Active', tone: 'good' },
  paused: { words: 'Paused', tone: 'attention' },
  completed: { words: 'Completed', tone: 'calm' },
  archived: { words: 'Archived', tone: 'quiet' },
};

const REASONS: Readonly<Record<string, string>> = {
  plan_through: 'Plan is through',
  opted_out: 'Opted out',
  unreachable: 'No usable address left',
  stopped_by_rule: 'Stopped by a rule',
  stopped_in_crm: 'Status set in the CRM',
  completed_by_operator: 'Completed by an operator',
  removed_by_operator: 'Removed by an operator',
  campaign_ended: 'Campaign ended',
  stopped: 'Stopped by an operator',
  left_list: 'Not on the list any more',
  step_removed: 'Its next step was taken out',
};

/** Why something ended, in words. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? inWords(reason);
}

export function enrollmentBadge(row: Pick<EnrollmentSummary, 'state' | 'status' | 'heldUntilAt' | 'next'>): Badge {
  if (row.state === 'rejected') return { words: 'Rejected', tone: 'bad' };
  if (row.state === 'ended') return { words: 'Ended', tone: 'calm' };
  if (row.next?.decision === 'hold')
    return row.heldUntilAt === null ? { words: 'Waiting', tone: 'quiet' } : { words: 'On hold', tone: 'attention' };
  if (row.status === 'completed_all_calls') return { words: 'Calls are over', tone: 'quiet' };
  return { words: 'Active', tone: 'good' };
}

export const CHANNEL: Readonly<Record<Channel, string>> = { voice: 'Call', sms: 'Text', email: 'Mail' };

export const OUTCOME: Readonly<Record<string, Badge>> = {
  converted: { words: 'Converted', tone: 'good' },
  successful: { words: 'Successful', tone: 'good' },
  disqualified: { words: 'Disqualified', tone: 'quiet' },
  unsuccessful: { words: 'Unsuccessful', tone: 'attention' },
  untagged: { words: 'Untagged', tone: 'attention' },
};

const ATTEMPT_STATE: Readonly<Record<string, Badge>> = {
  claimed: { words: 'Being sent', tone: 'calm' },
  accepted: { words: 'Under way', tone: 'calm' },
  not_sent: { words: 'Not sent', tone: 'bad' },
  unknown: { words: 'Fate unknown', tone: 'attention' },
  unknown_final: { words: 'Fate never known', tone: 'attention' },
};

const DISPOSITION: Readonly<Record<string, Badge>> = {
  answered: { words: 'Answered', tone: 'good' },
  delivered: { words: 'Delivered', tone: 'good' },
  voicemail: { words: 'Voicemail', tone: 'quiet' },
  no_answer: { words: 'No answer', tone: 'quiet' },
  busy: { words: 'Busy', tone: 'quiet' },
  undelivered: { words: 'Not delivered', tone: 'bad' },
  failed: { words: 'Failed', tone: 'bad' },
};

export function attemptBadge({
  channel,
  state,
  disposition,
}: Pick<Attempt, 'channel' | 'state' | 'disposition'>): Badge {
  // Of most mails nothing more is ever heard.
  if (channel === 'email' && state === 'accepted') return { words: 'Sent', tone: 'good' };
  const badge = disposition === null ? ATTEMPT_STATE[state] : DISPOSITION[disposition];
  return badge ?? { words: inWords(disposition ?? state), tone: 'quiet' };
}

export const EXECUTION: Readonly<Record<'pending' | 'done' | 'failed', Badge>> = {
  pending: { words: 'Pending', tone: 'attention' },
  done: { words: 'Done', tone: 'good' },
  failed: { words: 'Failed', tone: 'bad' },
};

export function actionInWords(kind: string): string {
  return { crm_status: 'CRM status', crm_note: 'CRM note', classify: 'Reply read' }[kind] ?? inWords(kind);
}

export function nameOf(person: Person): string {
  const name = `${person.firstName} ${person.lastName}`.trim();
  return name === '' ? (person.externalId ?? 'Without a name') : name;
}

/** "no_answer" as "No answer". */
export function inWords(code: string): string {
  const words = code.replaceAll(/[_-]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Two-way: "1 contact", "2 contacts". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
