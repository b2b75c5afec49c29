/** What became of a report, in words: each of its mails, and the report as a whole. */

export const REPORT_MAIL_STATES = ['pending', 'claimed', 'mailed', 'failed', 'unknown'] as const;
export type ReportMailState = (typeof REPORT_MAIL_STATES)[number];

export const REPORT_STATES = ['sending', 'mailed', 'failed', 'unknown', 'partly'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

/** `partly` = its mails came to different ends. */
export function reportStateOf(mails: readonly ReportMailState[]): ReportState {
  if (mails.some((state) => state === 'pending' || state === 'claimed')) return 'sending';
  const [first, ...others] = new Set(mails);
  if (others.length > 0) return 'partly';
  return first === 'failed' || first === 'unknown' ? first : 'mailed';
}

const SENTENCES: Readonly<Record<string, string>> = {
  opted_out: 'The recipient has opted out of mail.',
  no_sender: 'The settings name no address that mail is sent from.',
  too_large: 'The file is too large for a mail; it can be downloaded.',
  address_invalid: 'The recipient is no address that mail can be sent to.',
  restored:
    'The database was restored from an older copy, so nobody can say whether it was mailed; it is not mailed again.',
  nobody_answered: 'The worker that was mailing it died, so nobody can say whether it left; it is not mailed again.',
};

/** Why a mail is where it is, as a sentence; null = there is nothing to say. */
export function reportMailSentence(state: ReportMailState, reason: string | null): string | null {
  if (reason === null) return null;
  const known = SENTENCES[reason];
  if (known !== undefined) return known;
  if (state === 'unknown') return `The mail server gave no clear answer (${reason}), so it is not mailed again.`;
  const again = state === 'pending' ? '; it is tried again' : '';
  return `The mail server did not take it (${reason})${again}.`;
}
