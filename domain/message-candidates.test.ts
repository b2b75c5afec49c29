import { HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { messageCandidates, preCallMessages } from './message-candidates';
import {
  aCompany,
  aContact,
  aMail,
  aMailbox,
  aMessagingRun,
  anAttempt,
  aPhone,
  aPlannerInput,
  aRun,
  ASHA,
  aSentText,
  aText,
  CHICAGO,
  KOLKATA,
  local,
  type MessageInput,
  MONDAY_10,
  type PlannerInputChanges,
} from './planner-builders';
import type { AttemptView } from './planner-input';

const chicago = (text: string): Instant => local(CHICAGO, text);
const withMessages = (...messages: MessageInput[]) => [aRun({ messages })];

/** "key at instant" of every message that the plan has in store. */
const dueOf = (changes: PlannerInputChanges) =>
  messageCandidates(aPlannerInput(changes)).map(({ key, earliestAt }) => [key, earliestAt] as const);

describe('a message after the start', () => {
  const runs = [aMessagingRun(aText({ when: { kind: 'after_start', delayMinutes: 30 } }))];

  it.each<[string, PlannerInputChanges, Instant]>([
    ['counts from the first opening of its run', {}, chicago('2027-03-01 09:30')],
    [
      'counts from the enrollment where that comes within hours',
      { enrollment: { enrolledAt: MONDAY_10 } },
      chicago('2027-03-01 10:30'),
    ],
    [
      'counts from the next opening where it comes outside',
      { enrollment: { enrolledAt: chicago('2027-03-01 18:00') } },
      chicago('2027-03-02 09:30'),
    ],
    [
      'knows a run of the year after next',
      { runs: [{ ...aMessagingRun(aText()), startsOn: '2029-03-01' }] },
      chicago('2029-03-01 09:00'),
    ],
  ])('%s', (_, changes, dueAt) => {
    expect(dueOf({ runs, ...changes })).toEqual([['texts.text.1', dueAt]]);
  });

  it('is none where the run was over before', () => {
    const over = [{ ...aMessagingRun(aText()), endsOn: '2027-03-01' }];
    expect(dueOf({ runs: over, enrollment: { enrolledAt: chicago('2027-03-02 09:00') } })).toEqual([]);
  });

  it('says which address, which try and why', () => {
    const attempts = [aSentText({ runKey: 'texts', state: 'not_sent', retryable: true })];
    expect(messageCandidates(aPlannerInput({ runs, attempts }))).toMatchObject([
      {
        runKey: 'texts',
        stepKey: 'text',
        ordinal: 1,
        try: 2,
        channel: 'sms',
        toHash: 'phone-1',
        reasons: [{ code: 'message_delay', step: 'text' }],
      },
    ]);
  });
});

describe('a message at a set time (S1-4)', () => {
  const runs = [aMessagingRun(aMail({ when: { kind: 'at', on: '2027-03-04', time: '10:00' } }))];

  it.each<[string, PlannerInputChanges, Instant[]]>([
    ['comes by the clocks of Carla', {}, [chicago('2027-03-04 10:00')]],
    ['comes by the clocks of Asha', { contact: ASHA }, [local(KOLKATA, '2027-03-04 10:00')]],
    [
      'still comes for who was enrolled on that day',
      { enrollment: { enrolledAt: chicago('2027-03-04 15:00') } },
      [chicago('2027-03-04 10:00')],
    ],
    [
      'is too late for who was enrolled on the day after',
      { enrollment: { enrolledAt: chicago('2027-03-05 00:00') } },
      [],
    ],
    [
      'is too late by the calendar of the person',
      { contact: ASHA, enrollment: { enrolledAt: chicago('2027-03-04 13:00') } },
      [],
    ],
  ])('%s', (_, changes, dueAts) => {
    expect(dueOf({ runs, ...changes })).toEqual(dueAts.map((dueAt) => ['texts.mail.1', dueAt]));
  });

  it('says that it was scheduled', () => {
    expect(messageCandidates(aPlannerInput({ runs }))[0]?.reasons).toEqual([{ code: 'scheduled', step: 'mail' }]);
  });
});

describe('a message after a call', () => {
  const END = MONDAY_10 + MINUTE_MS;
  const after = (changes: Partial<MessageInput['when'] & { kind: 'after_call' }> = {}) =>
    withMessages(aMail({ when: { kind: 'after_call', results: ['unanswered'], delayMinutes: 15, ...changes } }));
  const call = (ordinal: number, changes: Partial<AttemptView> = {}) =>
    anAttempt({ ordinal, claimedAt: MONDAY_10, endedAt: END + (ordinal - 1) * HOUR_MS, ...changes });
  const answered = { disposition: 'answered' } as const;

  it.each<[string, PlannerInputChanges, [string, Instant][]]>([
    ['waits for the call', {}, []],
    ['comes a delay after its end (S1-114)', { attempts: [call(1)] }, [['intake.mail.1', END + 15 * MINUTE_MS]]],
    ['does not come while it is under way', { attempts: [call(1, { state: 'accepted', disposition: null })] }, []],
    [
      'comes though nobody knows its end',
      { attempts: [call(1, { state: 'unknown_final', disposition: null, endedAt: null })] },
      [['intake.mail.1', MONDAY_10 + 15 * MINUTE_MS]],
    ],
    ['does not come after a call that was refused', { attempts: [call(1, { state: 'not_sent' })] }, []],
    ['does not come after another result', { attempts: [call(1, { ...answered, outcome: 'successful' })] }, []],
    [
      'comes after the first call with its result, once',
      { attempts: [call(1, { ...answered, outcome: 'unsuccessful' }), call(2), call(3)] },
      [['intake.mail.2', END + HOUR_MS + 15 * MINUTE_MS]],
    ],
    [
      'comes after each, where each is asked for',
      { runs: after({ repeat: 'each' }), attempts: [call(1), call(2)] },
      [
        ['intake.mail.1', END + 15 * MINUTE_MS],
        ['intake.mail.2', END + HOUR_MS + 15 * MINUTE_MS],
      ],
    ],
    [
      'comes for its tag',
      { runs: after({ results: ['converted'] }), attempts: [call(1), call(2, { ...answered, outcome: 'converted' })] },
      [['intake.mail.2', END + HOUR_MS + 15 * MINUTE_MS]],
    ],
    [
      'comes for a call without a tag where any result will do',
      { runs: after({ results: ['any'] }), attempts: [call(1, { ...answered, outcome: 'untagged' })] },
      [['intake.mail.1', END + 15 * MINUTE_MS]],
    ],
    ['is no concern of the calls of another run', { attempts: [call(1, { runKey: 'other' })] }, []],
    ['is not sent twice', { attempts: [call(1), aSentText({ stepKey: 'mail', channel: 'email' }), call(2)] }, []],
    [
      'is not sent twice though a correction made another call the first',
      {
        attempts: [
          call(1, { ...answered, outcome: 'successful' }),
          aSentText({ stepKey: 'mail', channel: 'email' }),
          call(2),
        ],
      },
      [],
    ],
    [
      'is sent for each of the others, where one was sent',
      {
        runs: after({ repeat: 'each' }),
        attempts: [call(1), aSentText({ stepKey: 'mail', channel: 'email' }), call(2)],
      },
      [['intake.mail.2', END + HOUR_MS + 15 * MINUTE_MS]],
    ],
  ])('%s', (_, changes, due) => {
    expect(dueOf({ runs: after(), ...changes })).toEqual(due);
  });
});

describe('a message', () => {
  const runs = [aMessagingRun(aText(), aMail())];

  it.each<[string, PlannerInputChanges, string[]]>([
    ['goes by its channel', {}, ['texts.text.1', 'texts.mail.1']],
    ['is none after messages were stopped (S0-35)', { enrollment: { messagesStoppedAt: MONDAY_10 } }, []],
    [
      'comes though calls were stopped (S0-72)',
      { enrollment: { callsStoppedAt: MONDAY_10 } },
      ['texts.text.1', 'texts.mail.1'],
    ],
    ['is none without an address of its kind', { contact: aContact({ addresses: [aMailbox()] }) }, ['texts.mail.1']],
    [
      'is none for who opted out of its channel',
      { contact: aContact({ addresses: [aPhone(), aMailbox({ suppressed: ['sms'] })] }) },
      ['texts.mail.1'],
    ],
    ['is none once it was sent', { attempts: [aSentText({ runKey: 'texts' })] }, ['texts.mail.1']],
    [
      'is none once it was refused for good',
      { attempts: [aSentText({ runKey: 'texts', state: 'not_sent' })] },
      ['texts.mail.1'],
    ],
  ])('%s', (_, changes, keys) => {
    expect(dueOf({ runs, ...changes }).map(([key]) => key)).toEqual(keys);
  });
});

describe('a text ahead of a call (K-14)', () => {
  const ahead = (key: string, delayMinutes: number) => aText({ key, when: { kind: 'before_call', delayMinutes } });
  const run = aRun({ messages: [aMail(), ahead('text', 5)] });
  const stateOf = (changes: PlannerInputChanges, each = run) =>
    preCallMessages(aPlannerInput({ runs: [each], ...changes }), each);
  const { enrollment } = aPlannerInput();
  const PENDING = { kind: 'pending' };
  const NONE = { kind: 'none' };
  const sent = (changes: Partial<AttemptView> = {}) => aSentText({ claimedAt: MONDAY_10, ...changes });

  it.each<[string, PlannerInputChanges, object]>([
    ['is waited for', {}, PENDING],
    ['is waited for until its try succeeds', { attempts: [sent({ state: 'not_sent', retryable: true })] }, PENDING],
    [
      'holds the call for its delay once it was sent',
      { attempts: [sent()] },
      { kind: 'sent', callFromAt: MONDAY_10 + 5 * MINUTE_MS },
    ],
    [
      'holds the call though nobody knows if it was sent',
      { attempts: [sent({ state: 'unknown_final' })] },
      { kind: 'sent', callFromAt: MONDAY_10 + 5 * MINUTE_MS },
    ],
    ['is no reason not to call where it was refused for good', { attempts: [sent({ state: 'not_sent' })] }, NONE],
    ['is no reason not to call where messages were stopped', { enrollment: { messagesStoppedAt: MONDAY_10 } }, NONE],
    [
      'is no reason not to call who opted out of texts',
      { contact: aContact({ addresses: [aPhone({ suppressed: ['sms'] })] }) },
      NONE,
    ],
  ])('%s', (_, changes, expected) => {
    expect(stateOf(changes)).toEqual(expected);
  });

  it('is no reason not to call where the caps leave it no room before the run is over', () => {
    const each = aRun({ endsOn: '2027-03-01', messages: [aMail({ key: 'ahead', when: { kind: 'before_call' } })] });
    const company = aCompany({
      caps: { phone: { perDay: 9, perWeek: 9, perMonth: 9 }, email: { perDay: 1, perWeek: 9, perMonth: 9 } },
    });
    const personAttempts = [{ at: MONDAY_10 - HOUR_MS, kind: 'email' as const }];
    expect(stateOf({ company }, each)).toEqual(PENDING);
    expect(stateOf({ company, personAttempts }, each)).toEqual(NONE);
  });

  it('is none in a run without one', () => {
    expect(stateOf({}, aRun({ messages: [aMail()] }))).toEqual(NONE);
  });

  it('holds the call until the last of several has had its delay', () => {
    const each = aRun({ messages: [ahead('first', 60), ahead('second', 5)] });
    const first = sent({ stepKey: 'first' });
    const second = sent({ stepKey: 'second', claimedAt: MONDAY_10 + 2 * MINUTE_MS });
    expect(stateOf({ attempts: [first] }, each)).toEqual(PENDING);
    expect(stateOf({ attempts: [first, second] }, each)).toEqual({ kind: 'sent', callFromAt: MONDAY_10 + HOUR_MS });
  });

  it.each<[string, PlannerInputChanges, string[]]>([
    ['goes out as soon as the run is open', {}, ['intake.text.1']],
    ['does not go out where calls were stopped', { enrollment: { callsStoppedAt: MONDAY_10 } }, []],
    [
      'does not go out to who opted out of calls',
      { contact: aContact({ addresses: [aPhone({ suppressed: ['voice'] })] }) },
      [],
    ],
    ['does not go out once the first call was made', { attempts: [anAttempt()] }, []],
    [
      'goes out where the first call was not sent',
      { attempts: [anAttempt({ state: 'not_sent', retryable: true })] },
      ['intake.text.1'],
    ],
    [
      'waits with the call for a callback that was promised',
      { commitments: [{ id: 'promise-1', ordinal: 1, promisedAt: MONDAY_10 + HOUR_MS }] },
      [],
    ],
  ])('%s', (_, changes, keys) => {
    const due = dueOf({ runs: [aRun({ messages: [ahead('text', 5)] })], ...changes });
    expect(due.map(([key]) => key)).toEqual(keys);
    for (const [, earliestAt] of due) expect(earliestAt).toBe(enrollment.enrolledAt);
  });
});
