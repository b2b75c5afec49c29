import {
  judgeOrder,
  ORDER_REASONS,
  orderSentence,
  type OrderStanding,
  refusalToBringBack,
  refusalToResume,
  REMOVED,
} from './contact-order';

const ACTIVE: OrderStanding = {
  state: 'open',
  reason: null,
  leftForGood: false,
  optedOut: false,
  agreedAgain: false,
  paused: false,
  callsStopped: false,
  messagesStopped: false,
  callsOver: false,
  campaignStatus: 'active',
};
const ended = (reason: string): OrderStanding => ({ ...ACTIVE, state: 'ended', reason });
const REJECTED: OrderStanding = { ...ACTIVE, state: 'rejected', reason: 'no_usable_address' };

describe('Mark Completed', () => {
  it('ends whoever is active, paused or Completed (All Calls) (S1-92)', () => {
    for (const standing of [ACTIVE, { ...ACTIVE, paused: true }, { ...ACTIVE, callsStopped: true }])
      expect(judgeOrder('complete', standing)).toEqual({ result: 'done', reason: null, detail: null, gives: true });
  });

  it('counts who is completed already as a success and changes nothing (R-16)', () => {
    for (const standing of [ended('plan_through'), ended('opted_out')])
      expect(judgeOrder('complete', standing)).toMatchObject({
        result: 'done',
        reason: 'already_completed',
        gives: false,
      });
  });

  it('ends also who could not be enrolled, so that no address that is found later brings them in (S1-92)', () => {
    expect(judgeOrder('complete', REJECTED)).toEqual({ result: 'done', reason: null, detail: null, gives: true });
  });
});

describe('Resume Outreach', () => {
  it('takes up both Completed kinds again (S1-93, R-9)', () => {
    for (const standing of [ended('completed_by_operator'), { ...ACTIVE, callsStopped: true }])
      expect(judgeOrder('resume', standing)).toEqual({ result: 'done', reason: null, detail: null, gives: true });
    expect(judgeOrder('resume', { ...ACTIVE, messagesStopped: true })).toMatchObject({ result: 'done', gives: true });
  });

  it('ends a pause before anything else', () => {
    expect(judgeOrder('resume', { ...ACTIVE, paused: true, callsStopped: true })).toMatchObject({
      result: 'done',
      reason: 'pause_ended',
      gives: true,
    });
  });

  it.each([
    ['opted_out', { ...ended('completed_by_operator'), optedOut: true }, 'S1-118'],
    ['opted_out', ended('opted_out'), 'S1-118'],
    ['left_for_good', { ...ended('stopped_by_rule'), leftForGood: true }, 'R-8'],
    ['removed', ended(REMOVED), 'U-13'],
    ['erased', ended('erased'), 'an erasure'],
    ['rejected', REJECTED, 'nobody'],
    ['campaign_over', { ...ended('campaign_ended'), campaignStatus: 'completed' }, 'the end'],
    ['campaign_over', { ...ended('campaign_ended'), campaignStatus: 'archived' }, 'the end'],
    ['already_active', ACTIVE, 'R-9'],
    ['calls_spent', { ...ACTIVE, callsOver: true }, 'R-9'],
  ] as const)('skips with the reason %s', (reason, standing, _proves) => {
    expect(judgeOrder('resume', standing)).toMatchObject({ result: 'skipped', reason, gives: false });
  });

  it('takes up who opted out and has agreed anew since, but nobody who is barred from everything (S1-112, R-5)', () => {
    const agreed = { ...ended('opted_out'), agreedAgain: true };
    expect(judgeOrder('resume', agreed)).toEqual({ result: 'done', reason: null, detail: null, gives: true });
    expect(judgeOrder('resume', { ...agreed, optedOut: true })).toMatchObject({ reason: 'opted_out', gives: false });
    expect(judgeOrder('resume', { ...agreed, leftForGood: true })).toMatchObject({ reason: 'left_for_good' });
    expect(refusalToBringBack({ ...agreed, leftForGood: true })).toBeNull();
  });

  it('says of who was rejected for an opt-out that they were never enrolled', () => {
    expect(refusalToResume({ ...REJECTED, reason: 'opted_out' })).toEqual({ reason: 'rejected', detail: 'opted_out' });
  });

  it('is not refused to somebody alone who is active', () => {
    expect(refusalToResume(ACTIVE)).toBeNull();
  });
});

it('lets an admin bring back whom a rule took out for good, unless something else stands against it (R-8)', () => {
  const gone = { ...ended('stopped_by_rule'), leftForGood: true };
  expect(refusalToBringBack(gone)).toBeNull();
  expect(refusalToBringBack({ ...gone, optedOut: true })).toContain('opted out');
  expect(refusalToBringBack(ended('stopped_by_rule'))).toContain('no rule has taken the contact out');
});

it('says every reason as a sentence, with what it knows', () => {
  const sentences = ORDER_REASONS.map((reason) => orderSentence(reason, null));
  expect(new Set(sentences).size).toBe(ORDER_REASONS.length);
  expect(orderSentence('several_contacts', '2')).toBe('2 contacts of this campaign carry the id');
  expect(orderSentence('rejected', 'opted_out')).toBe('the contact could not be enrolled (opted_out)');
  expect(orderSentence('campaign_over', 'archived')).toBe('the campaign is archived');
  expect(orderSentence('unreadable', 'a quote')).toBe('the line can not be read: a quote');
});
