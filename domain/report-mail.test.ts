import {
  REPORT_MAIL_STATES,
  REPORT_STATES,
  reportMailSentence,
  type ReportMailState,
  reportStateOf,
} from './report-mail';

describe('a report (S1-77)', () => {
  it.each<[readonly ReportMailState[], string]>([
    [['pending'], 'sending'],
    [['mailed', 'claimed'], 'sending'],
    [['mailed', 'mailed'], 'mailed'],
    [['failed'], 'failed'],
    [['unknown'], 'unknown'],
    [['mailed', 'unknown'], 'partly'],
    [['failed', 'mailed'], 'partly'],
  ])('whose mails are %j is %s', (mails, state) => {
    expect(reportStateOf(mails)).toBe(state);
  });
});

it.each(REPORT_MAIL_STATES)('a report of one mail that is %s is in one of its states', (state) => {
  expect(REPORT_STATES).toContain(reportStateOf([state]));
});

describe('what is said of a mail of a report', () => {
  it.each<[ReportMailState, string | null, string | null]>([
    ['mailed', null, null],
    ['failed', 'opted_out', 'The recipient has opted out of mail.'],
    ['pending', 'rate_limited', 'The mail server did not take it (rate_limited); it is tried again.'],
    ['failed', 'content_refused', 'The mail server did not take it (content_refused).'],
    ['unknown', 'timeout', 'The mail server gave no clear answer (timeout), so it is not mailed again.'],
  ])('that is %s for "%s": %s', (state, reason, sentence) => {
    expect(reportMailSentence(state, reason)).toBe(sentence);
  });
});
