import { alertWords, HandoffAlertsSchema } from './handoff-alert';

const ANN = { channel: 'sms', to: '+12125550150' };
const BEN = { channel: 'email', to: 'ben@example.com' };
const problemsOf = (alerts: object) =>
  HandoffAlertsSchema.safeParse(alerts).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('alerts of handoffs (U-4)', () => {
  it('go to nobody unless somebody is named', () => {
    expect(HandoffAlertsSchema.parse({})).toEqual({ recipients: [], escalation: null });
  });

  it('may go on to others', () => {
    expect(problemsOf({ recipients: [ANN, BEN], escalation: { afterMinutes: 15, recipients: [BEN] } })).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'a number as people write it',
      { recipients: [{ ...ANN, to: '212 555 0150' }] },
      'recipients.0.to: must be a phone number in E.164',
    ],
    ['what is no number', { recipients: [{ ...ANN, to: 'ann' }] }, 'recipients.0.to: must be a phone number in E.164'],
    ['what is no address', { recipients: [{ ...BEN, to: 'ben' }] }, 'recipients.0.to: must be a mail address'],
    [
      'an address in capitals',
      { recipients: [{ ...BEN, to: 'Ben@example.com' }] },
      'recipients.0.to: must be a mail address',
    ],
    ['somebody twice', { recipients: [ANN, BEN, ANN] }, 'recipients.2.to: the address is named twice'],
    [
      'nobody to go on to',
      { recipients: [ANN], escalation: { afterMinutes: 5, recipients: [] } },
      'escalation.recipients: ',
    ],
    [
      'no time to wait',
      { recipients: [ANN], escalation: { afterMinutes: 0, recipients: [BEN] } },
      'escalation.afterMinutes: ',
    ],
    ['nothing to go on from', { escalation: { afterMinutes: 5, recipients: [BEN] } }, 'recipients: must name somebody'],
  ])('are refused with %s', (_, alerts, problem) => {
    expect(problemsOf(alerts)).toEqual([expect.stringContaining(problem)]);
  });

  it('say what waits and where, and name nobody', () => {
    const about = {
      campaignName: 'Intake',
      reason: 'handoff',
      level: 1,
      link: 'https://example.com/enrollments/1',
    } as const;
    expect(alertWords(about).text).toBe('Somebody asks for a person (Intake). https://example.com/enrollments/1');
    expect(alertWords({ ...about, reason: 'unclear_reply', level: 2 }).subject).toBe(
      'Nobody has taken it yet: A reply waits to be read (Intake)',
    );
  });
});
