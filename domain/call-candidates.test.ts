import { areCallsOver, callCandidates, isUnansweredSeries, seriesOf } from './call-candidates';
import { HOUR_MS, MINUTE_MS } from './instant';
import type { CallsInput } from './planner-builders';
import {
  aContact,
  aMessagingRun,
  anAttempt,
  aPhone,
  aPlannerInput,
  aRun,
  aSentText,
  aText,
  MONDAY_10,
  type PlannerInputChanges,
  someCalls,
} from './planner-builders';
import type { AttemptView } from './planner-input';

const ended = (disposition: AttemptView['disposition'], changes: Partial<AttemptView> = {}) =>
  anAttempt({ disposition, claimedAt: MONDAY_10, endedAt: MONDAY_10 + MINUTE_MS, ...changes });
const PROMISE = { id: 'promise-1', ordinal: 1, promisedAt: MONDAY_10 + HOUR_MS };
const callback = (changes: Partial<AttemptView> = {}) =>
  anAttempt({ runKey: 'promises', stepKey: 'callback', claimedAt: MONDAY_10 + 9 * MINUTE_MS, ...changes });

const keysOf = (changes: PlannerInputChanges) => callCandidates(aPlannerInput(changes)).map(({ key }) => key);

describe('the next call of a run', () => {
  const second = aRun({ key: 'second' });

  it.each<[string, PlannerInputChanges, string[]]>([
    ['is the first', {}, ['intake.call.1']],
    ['is the second after one that nobody answered', { attempts: [ended('no_answer')] }, ['intake.call.2']],
    [
      'is the second after one whose end nobody knows',
      { attempts: [ended(null, { state: 'unknown_final' })] },
      ['intake.call.2'],
    ],
    [
      'is the second after one that was refused for good',
      { attempts: [ended(null, { state: 'not_sent' })] },
      ['intake.call.2'],
    ],
    [
      'is the first again after one that was not sent',
      { attempts: [ended(null, { state: 'not_sent', retryable: true })] },
      ['intake.call.1'],
    ],
    ['is none once all were made', { attempts: [1, 2, 3].map((ordinal) => ended('busy', { ordinal })) }, []],
    ['is none once somebody answered', { attempts: [ended('answered', { outcome: 'successful' })] }, []],
    ['is none for who answered and was never tagged', { attempts: [ended('answered', { outcome: 'untagged' })] }, []],
    [
      'comes after an answer that was unsuccessful (R-2 a)',
      { attempts: [ended('answered', { outcome: 'unsuccessful' })] },
      ['intake.call.2'],
    ],
    ['is none after calls were stopped (S0-34)', { enrollment: { callsStoppedAt: MONDAY_10 } }, []],
    ['comes though messages were stopped (S0-72)', { enrollment: { messagesStoppedAt: MONDAY_10 } }, ['intake.call.1']],
    ['is none without a phone', { contact: aContact({ addresses: [] }) }, []],
    [
      'is none for who opted out of calls',
      { contact: aContact({ addresses: [aPhone({ suppressed: ['voice'] })] }) },
      [],
    ],
    ['is none in a run of messages', { runs: [aMessagingRun(aText())] }, []],
    ['is one for each run (K-1)', { runs: [aRun(), second] }, ['intake.call.1', 'second.call.1']],
    [
      'counts the calls of its own run',
      { runs: [aRun(), second], attempts: [ended('busy')] },
      ['intake.call.2', 'second.call.1'],
    ],
    [
      'is left to the run whose series is not settled',
      { runs: [aRun(), second], attempts: [ended('answered', { outcome: 'converted' })] },
      ['second.call.1'],
    ],
    [
      'is none for who was reached by a callback meanwhile',
      { attempts: [ended('no_answer'), callback({ disposition: 'answered', outcome: 'successful' })] },
      [],
    ],
    [
      'is the first of a run that begins after a callback reached the person',
      { attempts: [callback({ disposition: 'answered', outcome: 'successful' })] },
      ['intake.call.1'],
    ],
    [
      'is given up where the provider has refused it too often',
      {
        attempts: Array.from({ length: 20 }, (_, ix) =>
          ended(null, { state: 'not_sent', retryable: true, try: ix + 1 }),
        ),
      },
      [],
    ],
  ])('%s', (_, changes, keys) => {
    expect(keysOf(changes)).toEqual(keys);
  });

  it('says where it stands, and how often it was tried', () => {
    const attempts = [ended('busy'), ended(null, { ordinal: 2, state: 'not_sent', retryable: true })];
    expect(callCandidates(aPlannerInput({ attempts }))).toMatchObject([
      {
        key: 'intake.call.2',
        runKey: 'intake',
        stepKey: 'call',
        ordinal: 2,
        try: 2,
        channel: 'voice',
        toHash: 'phone-1',
      },
    ]);
    expect(callCandidates(aPlannerInput({ attempts }))[0]?.reasons[0]).toEqual({ code: 'retry', attempt: 2, of: 3 });
  });
});

describe('the spacing of retries runs from the end of the last call (R-18)', () => {
  const spacingMinutes: CallsInput['spacingMinutes'] = {
    default: 100,
    busy: 10,
    noAnswer: 20,
    voicemail: 30,
    failed: 40,
    unsuccessful: 50,
  };
  const END = MONDAY_10 + MINUTE_MS;
  const next = (calls: CallsInput, attempts: AttemptView[]) =>
    callCandidates(aPlannerInput({ runs: [aRun({ calls })], attempts }))[0];

  it.each<[string, AttemptView, number, number]>([
    ['busy', ended('busy'), 10, 100],
    ['no answer', ended('no_answer'), 20, 100],
    ['voicemail', ended('voicemail'), 30, 100],
    ['failed', ended('failed'), 40, 100],
    ['canceled', ended('canceled'), 40, 100],
    ['answered, unsuccessful', ended('answered', { outcome: 'unsuccessful' }), 50, 100],
    ['nobody knows', ended(null, { state: 'unknown_final' }), 100, 100],
  ])('%s', (_, attempt, minutes, unsaid) => {
    const spaced = next(someCalls({ spacingMinutes }), [attempt]);
    expect(spaced?.earliestAt).toBe(END + minutes * MINUTE_MS);
    expect(spaced?.reasons).toContainEqual({ code: 'spacing', minutes, after: attempt.disposition });
    const alike = next(someCalls({ spacingMinutes: { default: 100 } }), [attempt]);
    expect(alike?.earliestAt).toBe(END + unsaid * MINUTE_MS);
  });

  it('is four hours where nothing is said (K-12)', () => {
    expect(next(someCalls(), [ended('busy')])?.earliestAt).toBe(END + 4 * HOUR_MS);
  });

  it('counts the calls of other runs and callbacks', () => {
    const last = callback({ disposition: 'busy', endedAt: MONDAY_10 + HOUR_MS });
    const first = next(someCalls({ spacingMinutes }), [ended('no_answer', { runKey: 'other' }), last]);
    expect(first).toMatchObject({ key: 'intake.call.1', earliestAt: MONDAY_10 + HOUR_MS + 10 * MINUTE_MS });
  });

  it('is none before the first call', () => {
    const { enrollment } = aPlannerInput();
    expect(next(someCalls(), [])?.earliestAt).toBe(enrollment.enrolledAt);
  });
});

describe('a text ahead of the first call (S0-70, K-14)', () => {
  const run = aRun({ messages: [aText({ when: { kind: 'before_call', delayMinutes: 5 } })] });
  const candidates = (changes: PlannerInputChanges) => callCandidates(aPlannerInput({ runs: [run], ...changes }));

  it('is waited for', () => {
    expect(candidates({})).toEqual([]);
  });

  it('and for its delay after it', () => {
    const [call] = candidates({ attempts: [aSentText({ claimedAt: MONDAY_10 })] });
    expect(call?.earliestAt).toBe(MONDAY_10 + 5 * MINUTE_MS);
    expect(call?.reasons).toContainEqual({ code: 'pre_call_message', fromAt: MONDAY_10 + 5 * MINUTE_MS });
  });

  it('is no concern of the second call', () => {
    const attempts = [aSentText({ claimedAt: MONDAY_10 - HOUR_MS }), ended('busy')];
    expect(candidates({ attempts })[0]?.reasons.map(({ code }) => code)).toEqual(['retry', 'spacing']);
  });
});

describe('a promised callback (K-13)', () => {
  it('outranks the retries, which wait until it is kept', () => {
    expect(callCandidates(aPlannerInput({ attempts: [ended('busy')], commitments: [PROMISE] }))).toMatchObject([
      {
        key: 'promises.callback.1',
        run: null,
        runKey: 'promises',
        stepKey: 'callback',
        ordinal: 1,
        try: 1,
        channel: 'voice',
        toHash: 'phone-1',
        earliestAt: PROMISE.promisedAt,
        commitmentId: 'promise-1',
        reasons: [{ code: 'callback', promisedAt: PROMISE.promisedAt }],
      },
    ]);
  });

  it('lets them go on once its call was made', () => {
    const attempts = [ended('busy'), callback({ state: 'unknown_final', disposition: null })];
    expect(keysOf({ attempts, commitments: [PROMISE] })).toEqual(['intake.call.2']);
  });

  it('is not made after calls were stopped', () => {
    expect(keysOf({ commitments: [PROMISE], enrollment: { callsStoppedAt: MONDAY_10 } })).toEqual([]);
  });
});

const calls = (...dispositions: AttemptView['disposition'][]) =>
  dispositions.map((disposition, ix) =>
    ended(disposition, { ordinal: ix + 1, outcome: disposition === 'answered' ? 'unsuccessful' : null }),
  );

describe('a series', () => {
  it.each<[string, AttemptView[], ReturnType<typeof seriesOf>, boolean]>([
    ['that has not begun', [], 'going', false],
    ['that goes on', calls('busy'), 'going', true],
    ['that is spent', calls('busy', 'no_answer', 'voicemail'), 'spent', true],
    ['in which somebody answered in vain', calls('busy', 'answered', 'failed'), 'spent', false],
    ['that an answer settled', [ended('answered', { outcome: 'converted' })], 'settled', false],
    ['whose answer is not tagged yet', [ended('answered')], 'settled', false],
    ['whose voicemail was tagged', [ended('voicemail', { outcome: 'unsuccessful' })], 'going', false],
    [
      'that a callback settled',
      [ended('busy'), callback({ disposition: 'answered', outcome: 'successful' })],
      'settled',
      true,
    ],
    ['that a callback did not settle', [ended('busy'), callback({ disposition: 'busy' })], 'going', true],
    [
      'that an earlier callback can not have settled',
      [callback({ disposition: 'answered', outcome: 'successful', claimedAt: MONDAY_10 - HOUR_MS }), ended('busy')],
      'going',
      true,
    ],
  ])('%s', (_, attempts, state, isUnanswered) => {
    const input = aPlannerInput({ attempts });
    expect(seriesOf(input, aRun())).toBe(state);
    expect(isUnansweredSeries(input, aRun())).toBe(isUnanswered);
  });

  it('is none in a run of messages', () => {
    expect(seriesOf(aPlannerInput(), aMessagingRun(aText()))).toBe('none');
  });
});

describe('calls are over for good (S1-104)', () => {
  const promise = { id: 'k1', ordinal: 1, promisedAt: MONDAY_10 + HOUR_MS };

  it.each<[string, Parameters<typeof aPlannerInput>[0], boolean]>([
    ['not before the first', {}, false],
    ['when the series is spent', { attempts: calls('busy', 'no_answer', 'voicemail') }, true],
    ['when an answer settled it', { attempts: [ended('answered', { outcome: 'converted' })] }, true],
    ['when they were stopped', { enrollment: { callsStoppedAt: MONDAY_10 } }, true],
    ['not while a callback is promised', { attempts: calls('busy', 'busy', 'busy'), commitments: [promise] }, false],
    [
      'not while one is under way',
      { attempts: [...calls('busy', 'busy'), ended('busy', { state: 'accepted' })] },
      false,
    ],
  ])('%s', (_, more, over) => {
    expect(areCallsOver(aPlannerInput(more))).toBe(over);
  });

  it('never where the plan has none', () => {
    expect(areCallsOver(aPlannerInput({ runs: [aMessagingRun(aText())] }))).toBe(false);
  });
});
