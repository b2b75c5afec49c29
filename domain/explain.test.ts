import type { Decision, Reason, Touch } from './decision';
import { explain, explainRefusal } from './explain';
import { CHICAGO, local } from './planner-builders';

const TEN = local(CHICAGO, '2027-03-01 10:00');
const ISO = '2027-03-01T16:00:00.000Z';
const CALL: Touch = {
  key: 'intake.call.1',
  runKey: 'intake',
  stepKey: 'call',
  ordinal: 1,
  channel: 'voice',
  try: 1,
  toHash: 'phone-1',
  version: 1,
  untilAt: TEN,
};
const TEXT: Touch = { ...CALL, key: 'intake.text.1', stepKey: 'text', channel: 'sms' };
const DUE: Reason[] = [{ code: 'due' }];

describe('a decision in one sentence (N-5)', () => {
  it.each<[Decision, string]>([
    [{ kind: 'touch', touch: CALL, askAt: TEN, reasons: DUE }, 'Now the call intake.call.1 is placed: it is due.'],
    [{ kind: 'touch', touch: TEXT, askAt: TEN, reasons: DUE }, 'Now the sms intake.text.1 is sent: it is due.'],
    [
      { kind: 'queue', touch: CALL, askAt: TEN, reasons: [{ code: 'no_free_line' }] },
      `Waits in the queue to place intake.call.1, until ${ISO} at the latest: no line is free.`,
    ],
    [
      { kind: 'wait', touch: CALL, askAt: TEN, reasons: [{ code: 'retry', attempt: 1, of: 3 }, ...DUE] },
      `Next is intake.call.1 (voice) at ${ISO}: call 1 of 3; it is due.`,
    ],
    [
      { kind: 'wait', askAt: TEN, reasons: [{ code: 'awaiting_tag', untilAt: TEN }] },
      `Waits until ${ISO}: the call was answered and its outcome is expected by ${ISO}.`,
    ],
    [{ kind: 'hold', askAt: TEN, reasons: [{ code: 'reply_unread' }] }, 'Outreach is held: a reply is being read.'],
    [
      {
        kind: 'reconcile',
        attemptId: 'a',
        askAt: TEN,
        reasons: [{ code: 'in_flight', channel: 'voice', sinceAt: TEN }],
      },
      `Waits to hear how the attempt under way ends: a voice attempt is under way since ${ISO}.`,
    ],
    [
      { kind: 'finish', reason: 'plan_through', reasons: [{ code: 'plan_through' }, { code: 'calls_stopped' }] },
      'Nothing more will happen: the plan is through; calls were stopped.',
    ],
  ])('%j', (decision, sentence) => {
    expect(explain(decision)).toBe(sentence);
  });
});

describe('every reason has its phrase', () => {
  const closed = { code: 'outside_hours', zone: 'America/Chicago', localMinute: 750, opensAt: TEN } as const;

  it.each<[Reason, string]>([
    [
      { code: 'locked_for_recovery' },
      'a database was restored or lost, and the installation is locked until it has recovered',
    ],
    [{ code: 'campaign_paused' }, 'the campaign is paused'],
    [{ code: 'channel_paused', channel: 'voice' }, 'calls are paused in this campaign'],
    [{ code: 'channel_paused', channel: 'sms' }, 'texts are paused in this campaign'],
    [{ code: 'contact_paused', sinceAt: TEN }, `outreach to this contact is paused since ${ISO}`],
    [
      { code: 'resume_jitter', untilAt: TEN },
      `not everybody starts at the first second after a pause, this contact at ${ISO}`,
    ],
    [{ code: 'kept_wait', at: TEN }, `the wait began under an earlier version and ends as planned, at ${ISO}`],
    [{ code: 'calls_scheduled_externally' }, 'calls are scheduled elsewhere, and none is ordered at the moment'],
    [{ code: 'moved', at: TEN }, `an operator set it for ${ISO}`],
    [{ code: 'left_list' }, "the contact is not on the campaign's list any more"],
    [{ code: 'step_removed' }, 'the step that came next was taken out of the campaign'],
    [{ code: 'campaign_ended' }, 'the campaign has ended'],
    [{ code: 'handoff', untilAt: TEN }, `a person has taken over, until it is handed back or ${ISO}`],
    [{ code: 'unclear_reply', untilAt: TEN }, 'a reply may have meant "stop" and waits for a person to read it'],
    [
      { ...closed, rule: 'company', kind: 'between_slots', opensMinute: 780 },
      `12:30 lies in the gap of the company hours in America/Chicago, which open again at 13:00; the next opening is at ${ISO}`,
    ],
    [
      { ...closed, rule: 'run', kind: 'before_opening', opensMinute: 780 },
      `12:30 is before the run hours in America/Chicago open at 13:00; the next opening is at ${ISO}`,
    ],
    [
      { ...closed, rule: 'unknown_place', kind: 'after_closing', opensMinute: null },
      `12:30 is after the unknown place hours in America/Chicago have closed; the next opening is at ${ISO}`,
    ],
    [
      { ...closed, rule: 'legal', kind: 'closed_day', opensMinute: null },
      `the legal hours in America/Chicago are closed on that day; the next opening is at ${ISO}`,
    ],
    [
      { code: 'opening_jitter', untilAt: TEN },
      `not everybody starts at the first second of an opening, this contact at ${ISO}`,
    ],
    [{ code: 'spacing', minutes: 30, after: 'busy' }, '30 minutes apart from the last call (busy)'],
    [{ code: 'spacing', minutes: 30, after: null }, '30 minutes apart from the last call (unknown end)'],
    [{ code: 'message_delay', step: 'text' }, 'the message "text" falls due then'],
    [{ code: 'pre_call_message', fromAt: TEN }, `after the text ahead of the call, from ${ISO}`],
    [{ code: 'scheduled', step: 'mail' }, 'the message "mail" is scheduled for then'],
    [{ code: 'run_not_started', startsAt: TEN }, `the run starts at ${ISO}`],
    [{ code: 'per_day', limit: 2 }, 'no more than 2 calls on one day'],
    [
      { code: 'cap', cap: 'perDay', limit: 3, freeAt: TEN },
      `the person had 3 attempts already (perDay); the next is allowed from ${ISO}`,
    ],
    [
      { ...closed, rule: 'legal AL', kind: 'after_closing', opensMinute: null },
      `12:30 is after the legal AL hours in America/Chicago have closed; the next opening is at ${ISO}`,
    ],
    [
      { ...closed, rule: 'Thanksgiving Day', kind: 'holiday', opensMinute: null },
      `it is Thanksgiving Day in America/Chicago, a day without outreach; the next opening is at ${ISO}`,
    ],
    [
      { code: 'legal_cap', law: 'FL', limit: 3, freeAt: TEN },
      `the law of FL allows no more than 3 attempts in 24 hours; the next is allowed from ${ISO}`,
    ],
    [
      { code: 'spend_limit', scope: 'campaign', period: 'day', limit: 25_000_000, freeAt: TEN },
      `the campaign may spend no more than 25.00 a day, and goes on at ${ISO}`,
    ],
    [
      { code: 'spend_limit', scope: 'company', period: 'total', limit: 7_500, freeAt: TEN },
      `the company may spend no more than 0.007500 until that is raised; asks again at ${ISO}`,
    ],
    [
      { code: 'no_consent', class: 'ai_voice' },
      'a touch was left out because the person has not agreed to it (consent "ai_voice"), or no longer',
    ],
    [{ code: 'failed_hour', hour: 10 }, 'the last attempt failed at this hour of the day (10:00)'],
    [{ code: 'not_before', at: TEN }, `the provider asked to be left alone until ${ISO}`],
    [{ code: 'callback', promisedAt: TEN }, `a callback was promised for ${ISO}`],
    [{ code: 'opted_out' }, 'the person opted out'],
    [{ code: 'unreachable' }, 'there is no address left to reach the person at'],
    [{ code: 'no_common_hour' }, 'no hour is allowed in every place the person may be in'],
    [{ code: 'messages_stopped' }, 'messages were stopped'],
    [{ code: 'ended', state: 'ended', reason: 'opted_out' }, 'the enrollment is ended (opted_out)'],
    [{ code: 'ended', state: 'rejected', reason: null }, 'the enrollment is rejected (no reason given)'],
  ])('%j', (reason, phrase) => {
    expect(explain({ kind: 'hold', askAt: TEN, reasons: [reason] })).toBe(`Outreach is held: ${phrase}.`);
  });
});

describe('a refusal that nobody could foresee', () => {
  it.each([
    'addresses_changed',
    'busy_elsewhere',
    'another_touch',
    'no_sender',
    'no_address',
    'spend_limit',
    'template_variable_missing',
  ])('%s is a sentence', (reason) => {
    expect(explainRefusal(reason)).toMatch(/^[A-Z][^_]+\.$/);
  });

  it('is named where there is no sentence for it', () => {
    expect(explainRefusal('rate_limited')).toBe('It was refused (rate_limited).');
  });
});
