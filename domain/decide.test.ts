import { decide, seriesToEnd } from './decide';
import type { Decision } from './decision';
import { explain } from './explain';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from './instant';
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
  BEN,
  BERLIN,
  CARLA_BETWEEN,
  CHICAGO,
  KOLKATA,
  local,
  MONDAY_10,
  NEW_YORK,
  type PlannerInputChanges,
  someCalls,
} from './planner-builders';
import type { AttemptView, EnrollmentView } from './planner-input';

const chicago = (text: string): Instant => local(CHICAGO, text);
const decided = (changes: PlannerInputChanges): Decision => decide(aPlannerInput(changes));

/** "touch intake.call.1", "wait for intake.call.2", "hold", "finish: plan_through". */
function briefly(changes: PlannerInputChanges): string {
  const decision = decided(changes);
  if (decision.kind === 'finish') return `finish: ${decision.reason}`;
  if (decision.kind === 'reconcile') return `reconcile ${decision.attemptId}`;
  if (decision.kind === 'hold' || !decision.touch) return decision.kind;
  return `${decision.kind} ${decision.touch.key}`;
}

const ended = (changes: Partial<AttemptView> = {}) =>
  anAttempt({ claimedAt: MONDAY_10 - DAY_MS, endedAt: MONDAY_10 - DAY_MS + MINUTE_MS, ...changes });
const THREE_CALLS = [1, 2, 3].map((ordinal) =>
  ended({ ordinal, disposition: ordinal === 2 ? 'voicemail' : 'no_answer' }),
);
const PROMISE = { id: 'promise-1', ordinal: 1, promisedAt: MONDAY_10 - MINUTE_MS };

describe('the planner', () => {
  it('places the first call when everything allows it', () => {
    expect(decided({})).toEqual({
      kind: 'touch',
      touch: {
        key: 'intake.call.1',
        runKey: 'intake',
        stepKey: 'call',
        ordinal: 1,
        channel: 'voice',
        try: 1,
        toHash: 'phone-1',
        version: 1,
        untilAt: chicago('2027-03-01 17:00'),
      },
      askAt: chicago('2027-03-01 17:00'),
      reasons: [{ code: 'retry', attempt: 1, of: 3 }, { code: 'due' }],
    });
  });

  it('queues a call that is due and has no line', () => {
    const { kind, askAt, reasons } = decided({ line: 'none' }) as Decision & { kind: 'queue' };
    expect([kind, askAt]).toEqual(['queue', chicago('2027-03-01 17:00')]);
    expect(reasons.at(-1)).toEqual({ code: 'no_free_line' });
  });

  it('asks again for a queued call when the next message falls due', () => {
    const runs = [aRun(), aMessagingRun(aMail({ when: { kind: 'at', on: '2027-03-01', time: '10:30' } }))];
    const queued = decided({ line: 'none', runs });
    expect(queued).toMatchObject({
      kind: 'queue',
      touch: { key: 'intake.call.1', untilAt: chicago('2027-03-01 17:00') },
      askAt: chicago('2027-03-01 10:30'),
    });
    expect(briefly({ line: 'none', runs, now: chicago('2027-03-01 10:30') })).toBe('touch texts.mail.1');
  });

  it.each<[string, PlannerInputChanges, string]>([
    ['needs no line to wait for a call', { line: 'none', now: chicago('2027-03-01 08:00') }, 'wait intake.call.1'],
    ['needs no line for a text', { line: 'none', runs: [aMessagingRun(aText())] }, 'touch texts.text.1'],
    [
      'sends what is due while the call waits for its line',
      { line: 'none', runs: [aRun(), aMessagingRun(aText())] },
      'touch texts.text.1',
    ],
    [
      'calls first where it has a line',
      { line: 'granted', runs: [aRun(), aMessagingRun(aText())] },
      'touch intake.call.1',
    ],
    [
      'keeps a promise before anything else',
      { commitments: [PROMISE], runs: [aRun(), aMessagingRun(aText())] },
      'touch promises.callback.1',
    ],
    [
      'lets a retry wait for a promise',
      { commitments: [{ ...PROMISE, promisedAt: MONDAY_10 + DAY_MS }], attempts: [ended()] },
      'wait promises.callback.1',
    ],
    [
      'does not let a text wait for a promise',
      { commitments: [{ ...PROMISE, promisedAt: MONDAY_10 + DAY_MS }], runs: [aRun(), aMessagingRun(aText())] },
      'touch texts.text.1',
    ],
    [
      'takes the soonest of several runs',
      { runs: [aRun({ startsOn: '2027-03-03' }), aRun({ key: 'second', startsOn: '2027-03-02' })] },
      'wait second.call.1',
    ],
    [
      'takes the first of several runs at the same instant',
      { runs: [aRun(), aRun({ key: 'second' })] },
      'touch intake.call.1',
    ],
  ])('%s', (_, changes, expected) => {
    expect(briefly(changes)).toBe(expected);
  });

  it('names the promise that a touch keeps', () => {
    const decision = decided({ commitments: [PROMISE] });
    expect(decision).toMatchObject({ kind: 'touch', touch: { commitmentId: 'promise-1', stepKey: 'callback' } });
  });

  it.each<[string, PlannerInputChanges, Instant]>([
    [
      'Asha, whose morning is past',
      { contact: ASHA, now: local(KOLKATA, '2027-03-01 17:00') },
      local(KOLKATA, '2027-03-02 09:00'),
    ],
    [
      'Ben, whose clocks have not changed yet',
      { contact: BEN, now: local(BERLIN, '2027-03-15 06:00') },
      local(BERLIN, '2027-03-15 09:00'),
    ],
    [
      'Carla between two zones',
      { contact: CARLA_BETWEEN, now: local(NEW_YORK, '2027-03-01 17:00') },
      chicago('2027-03-02 09:00'),
    ],
  ])('waits for the morning of %s (K-4)', (_, changes, askAt) => {
    expect(decided(changes)).toMatchObject({ kind: 'wait', askAt });
  });

  it('names the gap between two slots as the reason (S1-115)', () => {
    const companySlots = [
      { open: '09:00', close: '12:00' },
      { open: '13:00', close: '17:00' },
    ];
    const decision = decided({ policy: { companySlots }, now: chicago('2027-03-01 12:30') });
    expect(decision).toMatchObject({ kind: 'wait', askAt: chicago('2027-03-01 13:00') });
    expect(explain(decision)).toBe(
      'Next is intake.call.1 (voice) at 2027-03-01T19:00:00.000Z: call 1 of 3; 12:30 lies in the gap of the company hours in America/Chicago, which open again at 13:00; the next opening is at 2027-03-01T19:00:00.000Z.',
    );
  });

  it('answers the same for a touch until it is made, and never the same again', () => {
    const input = aPlannerInput();
    const first = decide(input);
    expect(decide(input)).toEqual(first);
    expect(decide({ ...input, now: input.now + 2 })).toEqual(first);
    expect(briefly({ attempts: [anAttempt({ state: 'ended', disposition: 'busy' })] })).toBe('wait intake.call.2');
  });
});

describe('a multi-channel campaign runs for one contact (S1-114)', () => {
  const runs = [
    aRun({
      messages: [
        aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 20 } }),
        aMail({ key: 'after', when: { kind: 'after_call', results: ['any'], delayMinutes: 10 } }),
      ],
    }),
  ];
  const SENT = aSentText({ stepKey: 'ahead', claimedAt: MONDAY_10 });
  const CALL = anAttempt({
    claimedAt: MONDAY_10 + 20 * MINUTE_MS,
    endedAt: MONDAY_10 + 25 * MINUTE_MS,
    disposition: 'answered',
    outcome: 'successful',
  });
  const MAIL = aSentText({ stepKey: 'after', channel: 'email', state: 'ended', claimedAt: MONDAY_10 + 35 * MINUTE_MS });

  it.each<[string, PlannerInputChanges, string, Instant | null]>([
    ['the text first', {}, 'touch intake.ahead.1', chicago('2027-03-01 17:00')],
    ['then the call after the set delay', { attempts: [SENT] }, 'wait intake.call.1', MONDAY_10 + 20 * MINUTE_MS],
    [
      'inside hours',
      { attempts: [{ ...SENT, claimedAt: chicago('2027-03-01 16:50') }], now: chicago('2027-03-01 16:51') },
      'wait intake.call.1',
      chicago('2027-03-02 09:00'),
    ],
    [
      'nothing while it is under way',
      { attempts: [SENT, { ...CALL, state: 'accepted', disposition: null, outcome: null, endedAt: null }] },
      'reconcile intake.call.1#1',
      MONDAY_10 + HOUR_MS,
    ],
    [
      'then the mail after the call ended',
      { attempts: [SENT, CALL], now: MONDAY_10 + 26 * MINUTE_MS },
      'wait intake.after.1',
      MONDAY_10 + 35 * MINUTE_MS,
    ],
    ['then nothing', { attempts: [SENT, CALL, MAIL], now: MONDAY_10 + HOUR_MS }, 'finish: plan_through', null],
  ])('%s', (_, changes, expected, askAt) => {
    expect(briefly({ runs, ...changes })).toBe(expected);
    const decision = decided({ runs, ...changes });
    expect(decision.kind === 'finish' ? null : decision.askAt).toBe(askAt);
  });

  it('a messaging-only campaign never calls (S1-44)', () => {
    const texts = [aMessagingRun(aText(), aMail({ when: { kind: 'at', on: '2027-03-04', time: '10:00' } }))];
    expect(briefly({ runs: texts })).toBe('touch texts.text.1');
    const attempts = [aSentText({ runKey: 'texts' })];
    expect(decided({ runs: texts, attempts })).toMatchObject({ kind: 'wait', askAt: chicago('2027-03-04 10:00') });
  });
});

describe('nothing is begun', () => {
  it('before the attempt under way is over: somebody has to find out', () => {
    const attempts = [anAttempt({ state: 'unknown', disposition: null, endedAt: null })];
    expect(decided({ attempts, status: 'paused', unreadReplies: 1 })).toEqual({
      kind: 'reconcile',
      attemptId: 'intake.call.1#1',
      askAt: MONDAY_10 + HOUR_MS,
      reasons: [{ code: 'in_flight', channel: 'voice', sinceAt: MONDAY_10 }],
    });
  });

  it.each<[string, PlannerInputChanges, Instant, object]>([
    ['while the campaign is paused (INV-12)', { status: 'paused' }, MONDAY_10 + DAY_MS, { code: 'campaign_paused' }],
    [
      'while the installation is locked for recovery, whatever else there is',
      { isLocked: true, status: 'paused', unreadReplies: 1 },
      MONDAY_10 + DAY_MS,
      { code: 'locked_for_recovery' },
    ],
    ['while it is a draft (S1-33)', { status: 'draft' }, MONDAY_10 + DAY_MS, { code: 'campaign_paused' }],
    ['while a reply is unread', { unreadReplies: 1 }, MONDAY_10 + 10 * MINUTE_MS, { code: 'reply_unread' }],
    [
      'after a handoff (INV-20)',
      { enrollment: { heldUntilAt: MONDAY_10 + HOUR_MS, holdReason: 'handoff' } },
      MONDAY_10 + HOUR_MS,
      { code: 'handoff', untilAt: MONDAY_10 + HOUR_MS },
    ],
    [
      'while a reply may have meant "stop", however long nobody reads it',
      { enrollment: { heldUntilAt: MONDAY_10 - DAY_MS, holdReason: 'unclear_reply' } },
      MONDAY_10 + DAY_MS,
      { code: 'unclear_reply' },
    ],
    [
      'during a hold without a word of why',
      { enrollment: { heldUntilAt: MONDAY_10 + DAY_MS } },
      MONDAY_10 + DAY_MS,
      { code: 'handoff', untilAt: MONDAY_10 + DAY_MS },
    ],
  ])('%s', (_, changes, askAt, reason) => {
    expect(decided(changes)).toEqual({ kind: 'hold', askAt, reasons: [reason] });
  });

  it('longer than a hold lasts', () => {
    expect(briefly({ enrollment: { heldUntilAt: MONDAY_10, holdReason: 'handoff' } })).toBe('touch intake.call.1');
  });

  it('before the tag of an answered call is in, or nobody expects it any more', () => {
    const runs = [aRun(), aMessagingRun(aText())];
    const endedAt = MONDAY_10 - 10 * MINUTE_MS;
    const attempts = [anAttempt({ disposition: 'answered', claimedAt: endedAt - MINUTE_MS, endedAt })];
    const untilAt = endedAt + 15 * MINUTE_MS;
    expect(decided({ runs, attempts })).toEqual({
      kind: 'wait',
      askAt: untilAt,
      reasons: [{ code: 'awaiting_tag', untilAt }],
    });
    expect(briefly({ runs, attempts, now: untilAt })).toBe('touch texts.text.1');
    expect(briefly({ runs: [aRun()], attempts, now: untilAt })).toBe('finish: plan_through');
  });
});

describe('an enrollment is through', () => {
  const NO_PHONE = aContact({ addresses: [aMailbox()] });
  const OUT_OF_CALLS = aContact({ addresses: [aPhone({ suppressed: ['voice'] }), aMailbox()] });

  it.each<[string, PlannerInputChanges, string, string[]]>([
    ['when its plan holds nothing more', { attempts: THREE_CALLS }, 'plan_through', ['plan_through']],
    [
      'when its run is over',
      { now: chicago('2027-03-05 18:00'), runs: [aRun({ endsOn: '2027-03-05' })] },
      'plan_through',
      ['plan_through'],
    ],
    [
      'when calls were stopped and nothing else is planned',
      { enrollment: { callsStoppedAt: 1 } },
      'plan_through',
      ['plan_through', 'calls_stopped'],
    ],
    [
      'when messages were stopped as well',
      { enrollment: { callsStoppedAt: 1, messagesStoppedAt: 1 } },
      'plan_through',
      ['plan_through', 'calls_stopped', 'messages_stopped'],
    ],
    ['when the person opted out of all that is planned', { contact: OUT_OF_CALLS }, 'opted_out', ['opted_out']],
    ['when there is no address to begin with', { contact: NO_PHONE }, 'unreachable', ['unreachable']],
    [
      'when the last address turned out wrong',
      { contact: NO_PHONE, attempts: [ended()] },
      'plan_through',
      ['plan_through'],
    ],
    [
      'when no hour suits all places of the person',
      { contact: aContact({ zones: [KOLKATA, 'Pacific/Honolulu'] }) },
      'unreachable',
      ['no_common_hour'],
    ],
    [
      'when it began after its run was over',
      { runs: [aRun({ endsOn: '2027-03-01' })], now: chicago('2027-03-02 10:00') },
      'plan_through',
      ['plan_through'],
    ],
    [
      'when the one run that suits all places is over',
      {
        contact: aContact({ zones: [KOLKATA, 'Pacific/Honolulu'] }),
        runs: [
          aRun({ hours: { mode: 'calling_times', slots: [{ open: '08:00', close: '21:00' }] }, endsOn: '2027-03-05' }),
          aRun({ key: 'second' }),
        ],
        now: chicago('2027-03-08 10:00'),
      },
      'plan_through',
      ['plan_through'],
    ],
    ['when its campaign is completed', { status: 'completed' }, 'campaign_ended', ['campaign_ended']],
    ['when its campaign is archived', { status: 'archived' }, 'campaign_ended', ['campaign_ended']],
  ])('%s', (_, changes, reason, codes) => {
    const { reasons, ...decision } = decided(changes);
    expect(decision).toEqual({ kind: 'finish', reason });
    expect(reasons.map(({ code }) => code)).toEqual(codes);
  });

  it.each<[string, Pick<EnrollmentView, 'state' | 'reason'>, string]>([
    ['that left', { state: 'ended', reason: 'stopped_by_rule' }, 'stopped_by_rule'],
    ['that opted out', { state: 'ended', reason: 'opted_out' }, 'opted_out'],
    ['that an operator completed', { state: 'ended', reason: 'completed_by_operator' }, 'completed_by_operator'],
    ['that an operator removed', { state: 'ended', reason: 'removed_by_operator' }, 'removed_by_operator'],
    ['that was rejected', { state: 'rejected', reason: 'no_address' }, 'plan_through'],
    ['that ended for no reason', { state: 'ended', reason: null }, 'plan_through'],
  ])('%s stays so, whatever is in the air', (_, enrollment, reason) => {
    const attempts = [anAttempt({ state: 'claimed', disposition: null })];
    expect(decided({ enrollment, attempts, status: 'paused' })).toEqual({
      kind: 'finish',
      reason,
      reasons: [{ code: 'ended', ...enrollment }],
    });
  });

  it('not yet when only one of its channels is barred', () => {
    const runs = [aRun({ messages: [aMail()] })];
    expect(briefly({ contact: OUT_OF_CALLS, runs })).toBe('touch intake.mail.1');
  });

  it('not yet while its messages may go on after the calls (S1-104)', () => {
    const runs = [aRun({ messages: [aMail({ when: { kind: 'at', on: '2027-03-04', time: '10:00' } })] })];
    expect(briefly({ runs, enrollment: { callsStoppedAt: 1 } })).toBe('wait intake.mail.1');
  });
});

describe('a series has come to its end (R-2 b)', () => {
  const ONE_CALL = [ended()];
  const over = { runs: [aRun({ endsOn: '2027-03-01' })], now: chicago('2027-03-01 17:00') };
  const callback = anAttempt({ runKey: 'promises', stepKey: 'callback', claimedAt: MONDAY_10 - HOUR_MS });

  it.each<[string, PlannerInputChanges, string[]]>([
    ['when its last allowed attempt is spent, voicemail counting as unanswered', { attempts: THREE_CALLS }, ['intake']],
    [
      'when its last attempt was given up as unknown',
      { attempts: [...THREE_CALLS.slice(0, 2), ended({ ordinal: 3, state: 'unknown_final', disposition: null })] },
      ['intake'],
    ],
    ['when its run is over before it was spent', { ...over, attempts: ONE_CALL }, ['intake']],
    [
      'when no phone is left',
      { attempts: ONE_CALL, contact: aContact({ addresses: [aPhone({ usable: false })] }) },
      ['intake'],
    ],
    [
      'in each of several runs',
      {
        runs: [aRun(), aRun({ key: 'second' })],
        attempts: [...THREE_CALLS, ...THREE_CALLS.map((call) => ({ ...call, runKey: 'second' }))],
      },
      ['intake', 'second'],
    ],
    ['though a promise is open, once it is spent', { attempts: THREE_CALLS, commitments: [PROMISE] }, ['intake']],
    [
      'though a promise stands open whose call was given up as unknown',
      {
        ...over,
        attempts: [...ONE_CALL, { ...callback, state: 'unknown_final', disposition: null }],
        commitments: [PROMISE],
      },
      ['intake'],
    ],
    ['while it goes on: no', { attempts: ONE_CALL }, []],
    ['before its first call: no', { ...over }, []],
    ['twice: no', { attempts: THREE_CALLS, enrollment: { endedSeries: ['intake'] } }, []],
    [
      'where somebody answered: no (R-2 a)',
      {
        attempts: [...THREE_CALLS.slice(0, 2), ended({ ordinal: 3, disposition: 'answered', outcome: 'unsuccessful' })],
      },
      [],
    ],
    [
      'where a callback reached the person: no',
      { attempts: [...THREE_CALLS, { ...callback, disposition: 'answered', outcome: 'successful' }] },
      [],
    ],
    [
      'where a voicemail was tagged and has fired: no',
      {
        attempts: [
          ...THREE_CALLS.slice(0, 2),
          ended({ ordinal: 3, disposition: 'voicemail', outcome: 'unsuccessful' }),
        ],
      },
      [],
    ],
    [
      'while an attempt is in the air: no',
      { attempts: [...THREE_CALLS.slice(0, 2), ended({ ordinal: 3, state: 'accepted', disposition: null })] },
      [],
    ],
    [
      'while a callback is in the air: no',
      { ...over, attempts: [...ONE_CALL, { ...callback, state: 'accepted', disposition: null }] },
      [],
    ],
    ['while a callback is promised: no', { ...over, attempts: ONE_CALL, commitments: [PROMISE] }, []],
    ['after calls were stopped: no', { attempts: THREE_CALLS, enrollment: { callsStoppedAt: MONDAY_10 } }, []],
    [
      'after an opt-out from calls: no',
      { attempts: ONE_CALL, contact: aContact({ addresses: [aPhone({ suppressed: ['voice'] })] }) },
      [],
    ],
    ['after the end: no', { attempts: THREE_CALLS, enrollment: { state: 'ended' } }, []],
    ['while the campaign is paused: no', { attempts: THREE_CALLS, status: 'paused' }, []],
    ['while the installation is locked for recovery: no', { attempts: THREE_CALLS, isLocked: true }, []],
    ['where each failed call fires: no', { attempts: THREE_CALLS, policy: { eachFailedCall: true } }, []],
    ['in a run without calls: no', { runs: [aMessagingRun(aText())], attempts: [aSentText({ runKey: 'texts' })] }, []],
  ])('%s', (_, changes, runs) => {
    expect(seriesToEnd(aPlannerInput(changes))).toEqual(runs);
  });
});

describe('retries keep their distance and their day', () => {
  const runs = [aRun({ calls: someCalls({ attempts: 4, perDay: 2, spacingMinutes: { default: 60, busy: 10 } }) })];
  const call = (ordinal: number, text: string, disposition: AttemptView['disposition']) =>
    anAttempt({ ordinal, disposition, claimedAt: chicago(text), endedAt: chicago(text) });

  it.each<[string, AttemptView[], string, Instant]>([
    [
      'ten minutes after busy',
      [call(1, '2027-03-01 09:00', 'busy')],
      'wait intake.call.2',
      chicago('2027-03-01 09:10'),
    ],
    [
      'an hour after no answer',
      [call(1, '2027-03-01 09:00', 'no_answer')],
      'wait intake.call.2',
      chicago('2027-03-01 10:00'),
    ],
    [
      'on the next day after two',
      [call(1, '2027-03-01 09:00', 'busy'), call(2, '2027-03-01 09:10', 'busy')],
      'wait intake.call.3',
      chicago('2027-03-02 09:00'),
    ],
    [
      'on Monday after Friday',
      [call(1, '2027-03-05 16:30', 'no_answer')],
      'wait intake.call.2',
      chicago('2027-03-08 09:00'),
    ],
  ])('%s', (_, attempts, expected, askAt) => {
    const now = (attempts.at(-1)?.claimedAt ?? MONDAY_10) + MINUTE_MS;
    expect(briefly({ runs, attempts, now })).toBe(expected);
    expect(decided({ runs, attempts, now })).toMatchObject({ askAt });
    expect(briefly({ runs, attempts, now: askAt })).toBe(expected.replace('wait', 'touch'));
  });

  it('and a margin before the closing', () => {
    const company = aCompany({ closingMarginMs: 5 * MINUTE_MS });
    expect(briefly({ company, now: chicago('2027-03-01 16:54') })).toBe('touch intake.call.1');
    expect(decided({ company, now: chicago('2027-03-01 16:55') })).toMatchObject({
      askAt: chicago('2027-03-02 09:00'),
    });
  });
});
