import { fromIso } from './instant';
import { reportWords } from './report-words';

const REPORT = {
  campaignName: 'Spring\r\nBcc: somebody@example.com',
  name: ' Every  Monday ',
  key: 'weekly',
  fromAt: fromIso('2027-03-08T13:00:00Z'),
  untilAt: fromIso('2027-03-15T12:00:00Z'),
  isLast: false,
  zone: 'America/New_York',
};

describe('the words of a report (S1-77)', () => {
  it('say what is attached and of when, with names on one line', () => {
    expect(reportWords(REPORT)).toEqual({
      subject: 'Every Monday: Spring Bcc: somebody@example.com, 2027-03-15',
      text: [
        'The report "Every Monday" of the campaign "Spring Bcc: somebody@example.com" is attached, one line for each client.',
        'It counts what happened from 2027-03-08 08:00 to 2027-03-15 08:00 (America/New_York).',
      ].join('\n'),
      fileName: 'weekly-2027-03-15.csv',
    });
  });

  it('say that no other one comes', () => {
    expect(reportWords({ ...REPORT, isLast: true }).text).toContain('this is its last report');
  });
});
