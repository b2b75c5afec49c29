import {
  awaitsTag,
  callsOf,
  endOf,
  hasResult,
  hasSpoken,
  isSpent,
  isUnresolved,
  nextTry,
  settlesSeries,
  wasAnswered,
} from './attempts';
import { MINUTE_MS } from './instant';
import type { CallResult } from './plan';
import { anAttempt, aSentText, MONDAY_10 } from './planner-builders';
import type { AttemptState, AttemptView } from './planner-input';

const answered = (outcome: AttemptView['outcome']) => anAttempt({ disposition: 'answered', outcome });

describe('an attempt', () => {
  it.each<[AttemptState, boolean, boolean, boolean]>([
    ['claimed', true, true, true],
    ['accepted', true, false, true],
    ['unknown', true, true, true],
    ['unknown_final', false, false, true],
    ['ended', false, false, true],
    ['not_sent', false, false, false],
  ])('that is %s: unresolved as a call %s, as a text %s; spent %s', (state, call, text, spent) => {
    expect(isUnresolved({ state, channel: 'voice' })).toBe(call);
    expect(isUnresolved({ state, channel: 'sms' })).toBe(text);
    expect(isSpent({ state })).toBe(spent);
  });

  it.each([
    ['answered, no tag yet', answered(null), [true, true, true, true]],
    ['answered, untagged', answered('untagged'), [true, false, true, true]],
    ['answered, converted', answered('converted'), [true, false, true, true]],
    ['answered, unsuccessful', answered('unsuccessful'), [true, false, false, true]],
    ['a voicemail', anAttempt({ disposition: 'voicemail' }), [false, false, false, false]],
    [
      'a voicemail, tagged unsuccessful',
      anAttempt({ disposition: 'voicemail', outcome: 'unsuccessful' }),
      [false, false, false, true],
    ],
    ['busy', anAttempt({ disposition: 'busy' }), [false, false, false, false]],
    [
      'busy, tagged unsuccessful',
      anAttempt({ disposition: 'busy', outcome: 'unsuccessful' }),
      [false, false, false, false],
    ],
    ['under way', anAttempt({ state: 'accepted', disposition: null }), [false, false, false, false]],
  ])('that is %s: answered, awaits its tag, settles its series, has spoken: %j', (_, attempt, expected) => {
    expect([wasAnswered(attempt), awaitsTag(attempt), settlesSeries(attempt), hasSpoken(attempt)]).toEqual(expected);
  });

  it('was over when it ended, else when it was claimed', () => {
    expect(endOf(anAttempt({ claimedAt: MONDAY_10, endedAt: MONDAY_10 + MINUTE_MS }))).toBe(MONDAY_10 + MINUTE_MS);
    expect(endOf(anAttempt({ claimedAt: MONDAY_10, endedAt: null }))).toBe(MONDAY_10);
  });
});

describe('the result that a message asks for', () => {
  it.each<[CallResult, AttemptView, boolean]>([
    ['any', anAttempt(), true],
    ['any', answered(null), true],
    ['unanswered', anAttempt({ disposition: 'busy' }), true],
    ['unanswered', anAttempt({ disposition: 'voicemail' }), true],
    ['unanswered', answered('untagged'), false],
    ['voicemail', anAttempt({ disposition: 'voicemail' }), true],
    ['voicemail', anAttempt({ disposition: 'no_answer' }), false],
    ['converted', answered('converted'), true],
    ['converted', answered('successful'), false],
    ['disqualified', answered(null), false],
  ])('"%s"', (result, call, expected) => {
    expect(hasResult(call, [result])).toBe(expected);
  });

  it('is any of those that it names', () => {
    expect(hasResult(answered('successful'), ['unanswered', 'successful'])).toBe(true);
    expect(hasResult(answered('successful'), ['unanswered', 'voicemail'])).toBe(false);
  });
});

describe('the next try of a touch', () => {
  const KEY = 'intake.call.1';
  const refused = (nth: number, retryable: boolean) => anAttempt({ state: 'not_sent', retryable, try: nth });

  it.each([
    ['is the first where there was none', [], 1],
    ['does not mind another touch', [anAttempt({ ordinal: 2 }), aSentText()], 1],
    ['follows one that was not sent', [refused(1, true), refused(2, true)], 3],
    ['is none once it was refused for good', [refused(1, true), refused(2, false)], null],
    ['is none once it was made', [refused(1, true), anAttempt({ try: 2 })], null],
    ['is none while it may have been made', [anAttempt({ state: 'unknown' })], null],
    ['is none when it was given up as unknown', [anAttempt({ state: 'unknown_final' })], null],
    ['is the last', Array.from({ length: 19 }, (_, ix) => refused(ix + 1, true)), 20],
    ['is none after twenty', Array.from({ length: 20 }, (_, ix) => refused(ix + 1, true)), null],
  ])('%s', (_, attempts, expected) => {
    expect(nextTry(attempts, KEY)).toBe(expected);
  });
});

it('the calls that count are those made, perhaps made or refused for good', () => {
  const attempts = [
    anAttempt({ id: 'made' }),
    anAttempt({ id: 'perhaps', state: 'unknown_final', disposition: null }),
    anAttempt({ id: 'for good', state: 'not_sent', retryable: false }),
    anAttempt({ id: 'to be tried again', state: 'not_sent', retryable: true }),
    aSentText({ id: 'a text' }),
  ];
  expect(callsOf(attempts).map(({ id }) => id)).toEqual(['made', 'perhaps', 'for good']);
});
