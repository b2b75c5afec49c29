import { Forecast } from './forecast';
import {
  aForecast,
  aPerson,
  contactId,
  foreseen,
  type ForecastChanges,
  frameOf,
  lived,
  NOBODY,
  people,
  scripted,
} from './forecast-builders';
import { linesNeeded } from './forecast-needs';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, toIso } from './instant';
import {
  aContact,
  aMail,
  aMailbox,
  aMessagingRun,
  anAttempt,
  aPhone,
  aRun,
  aSentText,
  aText,
  CHICAGO,
  local,
  MONDAY_10,
  type PlannerInputChanges,
  someCalls,
} from './planner-builders';

const TUESDAY_10 = MONDAY_10 + DAY_MS;
const FOUR_HOURS = 4 * HOUR_MS;

function touchesOf(changes: PlannerInputChanges, frame: ForecastChanges = {}): string[] {
  const { touches } = foreseen(aPerson(1, changes), frame);
  return touches.map(({ key, at, answer }) => `${wall(at)} ${key} ${answer}`);
}

function wall(at: Instant): string {
  return new Date(at - 6 * HOUR_MS).toISOString().slice(8, 16).replace('T', ' ');
}

function rule(
  outcome: 'successful' | 'unsuccessful' | 'converted',
  kind: 'stop_calls' | 'stop_messaging' | 'stop_campaign',
) {
  return { key: outcome, when: { trigger: 'call_outcome' as const, outcome }, then: [{ kind }] };
}

describe('one contact, ahead of time (N-3)', () => {
  it('is called, called again after the spacing, and is through when the series is spent', () => {
    const { touches, end, isReached } = foreseen(aPerson(1));
    expect(touches.map(({ key, at }) => [key, at])).toEqual([
      ['intake.call.1', MONDAY_10],
      ['intake.call.2', MONDAY_10 + FOUR_HOURS],
      ['intake.call.3', local(CHICAGO, '2027-03-02 09:00')],
    ]);
    expect(touches.every(({ at, dueAt }) => at === dueAt)).toBe(true);
    expect({ end, isReached }).toMatchObject({ end: { state: 'through', reason: 'plan_through' }, isReached: true });
  });

  it.each([
    ['busy', [{ result: 'busy' as const }], '01 10:20'],
    ['voicemail', [{ result: 'voicemail' as const }], '01 11:00'],
    ['failed', [{ result: 'failed' as const }], '01 12:00'],
    ['no_answer', [{ result: 'no_answer' as const }], '01 14:00'],
    ['unsuccessful', [{ result: 'answered' as const }], '01 13:00'],
  ])('waits as the plan says after %s', (answer, calls, next) => {
    const spacingMinutes = { busy: 20, voicemail: 60, failed: 120, unsuccessful: 180 };
    const runs = [aRun({ calls: someCalls({ attempts: 2, spacingMinutes }) })];
    expect(touchesOf({ runs }, { assumptions: scripted(1, { calls }) })).toEqual([
      `01 10:00 intake.call.1 ${answer}`,
      `${next} intake.call.2 ${answer}`,
    ]);
  });

  it('counts what calls last: the ring of the plan, or talk and voicemail as assumed', () => {
    const runs = [aRun({ calls: someCalls({ attempts: 2, ringSeconds: 40, spacingMinutes: { default: 1 } }) })];
    const lengths = { ...NOBODY, seconds: { pickUp: 10, talk: 100, voicemail: 50, noAnswer: null } };
    const gap = (result: 'no_answer' | 'voicemail' | 'answered') => {
      const scripts = [{ contactId: contactId(1), calls: [{ result }] }];
      const { touches } = foreseen(aPerson(1, { runs }), { assumptions: { ...lengths, scripts } });
      return ((touches[1]?.at ?? 0) - (touches[0]?.at ?? 0) - MINUTE_MS) / 1000;
    };
    expect([gap('no_answer'), gap('voicemail'), gap('answered')]).toEqual([40, 60, 110]);
  });

  it('gets the text ahead of the call, and the mail after it', () => {
    const messages = [
      aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 5 } }),
      aMail({ key: 'sorry', when: { kind: 'after_call', results: ['unanswered'], delayMinutes: 30 } }),
    ];
    expect(touchesOf({ runs: [aRun({ messages, calls: someCalls({ attempts: 1 }) })] })).toEqual([
      '01 10:00 intake.ahead.1 nothing',
      '01 10:05 intake.call.1 no_answer',
      '01 10:35 intake.sorry.1 nothing',
    ]);
  });

  it('is left alone where a rule says so after the tag', () => {
    const policy = { rules: [rule('converted', 'stop_campaign')] };
    const { touches, end } = foreseen(aPerson(1, { policy }), {
      assumptions: scripted(1, { calls: [{ result: 'no_answer' }, { result: 'answered', outcome: 'converted' }] }),
    });
    expect(touches.map(({ answer }) => answer)).toEqual(['no_answer', 'converted']);
    expect(end).toMatchObject({ state: 'through', reason: 'stopped_by_rule', at: MONDAY_10 + FOUR_HOURS });
  });

  it('hears "Unsuccessful" once the series is spent, and a rule stops what would follow', () => {
    const runs = [
      aRun({ calls: someCalls({ attempts: 1 }) }),
      aMessagingRun(aText({ when: { kind: 'at', on: '2027-03-04', time: '12:00' } })),
    ];
    expect(touchesOf({ runs })).toEqual(['01 10:00 intake.call.1 no_answer', '04 12:00 texts.text.1 nothing']);
    expect(touchesOf({ runs, policy: { rules: [rule('unsuccessful', 'stop_messaging')] } })).toEqual([
      '01 10:00 intake.call.1 no_answer',
    ]);
    const noted = {
      key: 'n',
      when: { trigger: 'call_outcome' as const, outcome: 'unsuccessful' as const },
      then: [{ kind: 'crm_note' as const, text: 'Nobody.' }],
    };
    expect(touchesOf({ runs, policy: { rules: [noted] } })).toHaveLength(2);
  });

  it('waits for a tag that never comes, and goes on without it', () => {
    const runs = [aRun({ calls: someCalls({ attempts: 2, spacingMinutes: { default: 1 } }) })];
    const never = scripted(1, { calls: [{ result: 'answered', outcome: null }] });
    const { touches, end } = foreseen(aPerson(1, { runs }), { assumptions: never });
    expect(touches.map(({ answer }) => answer)).toEqual(['untagged']);
    expect(end).toMatchObject({ reason: 'plan_through', at: MONDAY_10 + 15 * MINUTE_MS });
  });

  it('is called back at the promised time before anything else, and then the plan goes on', () => {
    const calls = [{ result: 'answered' as const, callbackMinutes: 60 }, { result: 'no_answer' as const }];
    expect(touchesOf({}, { assumptions: scripted(1, { calls }) })).toEqual([
      '01 10:00 intake.call.1 unsuccessful',
      '01 11:00 promises.callback.1 no_answer',
      '01 15:00 intake.call.2 no_answer',
      '02 09:00 intake.call.3 no_answer',
    ]);
  });

  it('replaces a promise by the next one, and breaks it with the end of the calls', () => {
    const policy = { rules: [rule('successful', 'stop_calls')] };
    const calls = [
      { result: 'answered' as const, callbackMinutes: 60 },
      { result: 'answered' as const, callbackMinutes: 90 },
      { result: 'answered' as const, outcome: 'successful' as const, callbackMinutes: 30 },
    ];
    expect(touchesOf({ policy }, { assumptions: scripted(1, { calls }) })).toEqual([
      '01 10:00 intake.call.1 unsuccessful',
      '01 11:00 promises.callback.1 unsuccessful',
      '01 12:30 promises.callback.2 successful',
    ]);
  });

  it('a callback that nobody answers rings as long as any', () => {
    const assumptions = {
      ...scripted(1, { calls: [{ result: 'answered', callbackMinutes: 60 }, { result: 'no_answer' }] }),
      seconds: { pickUp: 0, talk: 0 },
    };
    const callback = foreseen(aPerson(1, { runs: [aRun({ calls: someCalls({ attempts: 2 }) })] }), { assumptions });
    expect(callback.touches.map(({ at }) => (at - MONDAY_10) / 1000)).toEqual([0, 3_600, 3_600 + 25 + 14_400]);
  });

  it('who opts out on the phone or by a text is contacted no more', () => {
    const opted = foreseen(aPerson(1), {
      assumptions: scripted(1, { calls: [{ result: 'answered', optsOut: true }] }),
    });
    expect(opted).toMatchObject({ touches: [{ answer: 'unsuccessful' }], end: { reason: 'opted_out' } });
    const messages = [aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 15 } })];
    const stop = { ...scripted(1, { texts: ['stop'] }), replies: { stop: 0, afterMinutes: 10 } };
    const stopped = foreseen(aPerson(1, { runs: [aRun({ messages })] }), { assumptions: stop });
    expect(stopped).toMatchObject({
      touches: [{ key: 'intake.ahead.1', answer: 'stop' }],
      end: { at: MONDAY_10 + 10 * MINUTE_MS },
    });
  });

  it('who answers late is called meanwhile, and the end of that call is heard first', () => {
    const messages = [aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 15 } })];
    const late = { ...scripted(1, { texts: ['stop'] }), replies: { stop: 0, afterMinutes: 60 } };
    const { touches, end } = foreseen(aPerson(1, { runs: [aRun({ messages })] }), { assumptions: late });
    expect(touches.map(({ key, at }) => [key, (at - MONDAY_10) / MINUTE_MS])).toEqual([
      ['intake.ahead.1', 0],
      ['intake.call.1', 15],
    ]);
    expect(end).toMatchObject({ reason: 'opted_out', at: MONDAY_10 + HOUR_MS });
  });

  it('a reply is read, and its rule fires; a wrong number moves on to the next', () => {
    const messages = [aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 15 } })];
    const runs = [aRun({ messages, calls: someCalls({ attempts: 1 }) })];
    const interested = {
      key: 'i',
      when: { trigger: 'reply_bucket' as const, outcome: 'interested' },
      then: [{ kind: 'stop_calls' as const }],
    };
    expect(
      touchesOf({ runs, policy: { rules: [interested] } }, { assumptions: scripted(1, { texts: ['interested'] }) }),
    ).toEqual(['01 10:00 intake.ahead.1 interested']);
    const two = aContact({ addresses: [aPhone({ hash: 'one' }), aPhone({ hash: 'two' })] });
    const wrong = { assumptions: scripted(1, { texts: ['wrong_number'] }) };
    expect(touchesOf({ runs, contact: two }, wrong)).toHaveLength(2);
    expect(touchesOf({ runs, contact: aContact({ addresses: [aPhone()] }) }, wrong)).toEqual([
      '01 10:00 intake.ahead.1 wrong_number',
    ]);
  });

  it('a mail may be answered as well', () => {
    const runs = [aMessagingRun(aMail(), aMail({ key: 'later', when: { kind: 'after_start', delayMinutes: 60 } }))];
    expect(touchesOf({ runs }, { assumptions: scripted(1, { mails: ['stop'] }) })).toEqual([
      '01 10:00 texts.mail.1 stop',
    ]);
  });
});

describe('a contact who is inside already (N-3)', () => {
  it('goes on from what was done', () => {
    const attempts = [anAttempt({ claimedAt: MONDAY_10 - HOUR_MS })];
    const personAttempts = [{ at: MONDAY_10 - HOUR_MS, kind: 'phone' as const }];
    expect(touchesOf({ attempts, personAttempts })).toEqual([
      '01 13:01 intake.call.2 no_answer',
      '02 09:00 intake.call.3 no_answer',
    ]);
  });

  it('lets end what is under way', () => {
    const ringing = anAttempt({ state: 'accepted', disposition: null, endedAt: null });
    const runs = [aRun({ calls: someCalls({ attempts: 2, spacingMinutes: { busy: 5 } }) })];
    const assumptions = scripted(1, { calls: [{ result: 'busy' }, { result: 'no_answer' }] });
    expect(touchesOf({ attempts: [ringing], runs }, { assumptions })).toEqual(['01 10:05 intake.call.2 no_answer']);
    const text = aSentText({ state: 'claimed', stepKey: 'ahead' });
    const messages = [aText({ key: 'ahead', when: { kind: 'before_call', delayMinutes: 15 } })];
    expect(touchesOf({ attempts: [text], runs: [aRun({ messages, calls: someCalls({ attempts: 1 }) })] })).toEqual([
      '01 10:15 intake.call.1 no_answer',
    ]);
  });

  it('keeps what was promised, and numbers further promises after it', () => {
    const kept = anAttempt({ runKey: 'promises', stepKey: 'callback', ordinal: 1, claimedAt: MONDAY_10 - DAY_MS });
    const commitments = [{ id: 'promise', ordinal: 2, promisedAt: MONDAY_10 + HOUR_MS }];
    const runs = [aRun({ calls: someCalls({ attempts: 1 }) })];
    const calls = [{ result: 'answered' as const, callbackMinutes: 60 }, { result: 'no_answer' as const }];
    expect(touchesOf({ attempts: [kept], commitments, runs }, { assumptions: scripted(1, { calls }) })).toEqual([
      '01 11:00 promises.callback.2 unsuccessful',
      '01 12:00 promises.callback.3 no_answer',
      '01 16:00 intake.call.1 no_answer',
    ]);
  });

  it('waits until a handoff is over', () => {
    const enrollment = { heldUntilAt: TUESDAY_10, holdReason: 'handoff' as const };
    expect(touchesOf({ enrollment, runs: [aRun({ calls: someCalls({ attempts: 1 }) })] })).toEqual([
      '02 10:00 intake.call.1 no_answer',
    ]);
  });

  it('is named as held where only the word of a person lets it go on', () => {
    const { touches, end, isReached } = foreseen(aPerson(1, { enrollment: { pausedAt: MONDAY_10 - HOUR_MS } }));
    expect({ touches, isReached, end }).toMatchObject({
      touches: [],
      isReached: false,
      end: { state: 'held', reason: 'contact_paused' },
    });
    expect(end.sentence).toContain('outreach to this contact is paused since');
    expect(foreseen(aPerson(1, { unreadReplies: 1 })).end.reason).toBe('reply_unread');
  });

  it('is cut off where the forecast ends first', () => {
    const { touches, end } = foreseen(aPerson(1), { days: 0.5 });
    expect(touches).toHaveLength(2);
    expect(end).toMatchObject({ state: 'beyond', reason: 'retry', at: MONDAY_10 + DAY_MS / 2 });
    expect(end.sentence).toContain('intake.call.3');
  });
});

describe('people who can not be reached (N-3)', () => {
  it.each([
    ['unreachable', { contact: aContact({ addresses: [aMailbox()] }) }, 'no address left'],
    ['opted_out', { contact: aContact({ addresses: [aPhone({ suppressed: ['voice'] })] }) }, 'opted out'],
    ['unreachable', { contact: aContact({ zones: ['Asia/Kolkata', 'America/Los_Angeles'] }) }, 'no hour'],
  ])('are named with the reason: %s', (reason, changes, words) => {
    const { isReached, end } = foreseen(aPerson(1, changes));
    expect({ isReached, reason: end.reason }).toEqual({ isReached: false, reason });
    expect(end.sentence).toMatch(new RegExp(words, 'i'));
  });
});

describe('a campaign, ahead of time (N-3)', () => {
  const ONE_CALL = [aRun({ calls: someCalls({ attempts: 1 }) })];
  const TALK = { ...NOBODY, seconds: { pickUp: 0, talk: 0, voicemail: 0, noAnswer: 60 } };

  it('says how many lines nobody would have to wait for', () => {
    const free = lived(
      aForecast(people(7, { runs: ONE_CALL }), {
        assumptions: TALK,
        areLinesBounded: false,
        limits: { lines: 2, callsPerMinute: null },
      }),
    );
    expect([free.mostLines, free.areLinesShort, free.tally.delayed]).toEqual([7, true, 0]);
    expect(free.share).toBe(1);
  });

  it('lets people wait for the lines that there are, first come first served', () => {
    const bounded = lived(
      aForecast(people(7, { runs: ONE_CALL }), { assumptions: TALK, limits: { lines: 2, callsPerMinute: null } }),
    );
    const minutes = bounded.results.map(({ touches }) => ((touches[0]?.at ?? 0) - MONDAY_10) / MINUTE_MS);
    expect(minutes).toEqual([0, 0, 1, 1, 2, 2, 3]);
    expect(bounded.results.every(({ touches }) => touches[0]?.dueAt === MONDAY_10)).toBe(true);
    expect(bounded.mostLines).toBe(2);
    expect(bounded.tally).toMatchObject({ delayed: 5, longestWaitMs: 3 * MINUTE_MS, touches: { voice: 7 } });
    expect(bounded.tally.hours()).toMatchObject([{ at: MONDAY_10, voice: 7, lines: 2, waiting: 5 }]);
  });

  it('lets a promise go before everybody who waits', () => {
    const promise = [{ id: 'promise', ordinal: 1, promisedAt: MONDAY_10 }];
    const last = aPerson(5, { runs: ONE_CALL, commitments: promise });
    const bounded = lived(
      aForecast([...people(5, { runs: ONE_CALL }), last], {
        assumptions: TALK,
        limits: { lines: 1, callsPerMinute: null },
      }),
    );
    expect(bounded.results.map(({ touches }) => ((touches[0]?.at ?? 0) - MONDAY_10) / MINUTE_MS)).toEqual([
      0, 2, 3, 4, 5, 1,
    ]);
  });

  it('spreads calls at the pace of the campaign', () => {
    const paced = lived(aForecast(people(5, { runs: ONE_CALL }), { limits: { lines: 100, callsPerMinute: 2 } }));
    expect(paced.results.map(({ touches }) => ((touches[0]?.at ?? 0) - MONDAY_10) / 1000)).toEqual([
      0, 30, 60, 90, 120,
    ]);
    expect(paced.areLinesShort).toBe(true);
  });

  it('lets nobody wait for a line beyond the hours: they come again with the next opening', () => {
    const runs = [
      aRun({
        calls: someCalls({ attempts: 1 }),
        hours: { mode: 'calling_times', slots: [{ open: '10:00', close: '10:02' }] },
      }),
    ];
    const bounded = lived(
      aForecast(people(5, { runs }), { assumptions: TALK, limits: { lines: 1, callsPerMinute: null } }),
    );
    expect(bounded.results.map(({ touches }) => toIso(touches[0]?.at ?? 0).slice(8, 16))).toEqual([
      '01T16:00',
      '01T16:01',
      '02T16:00',
      '02T16:01',
      '03T16:00',
    ]);
  });

  it('lets nobody be called at the hour that failed before, however long they wait for a line', () => {
    const calls = someCalls({ attempts: 2, avoidFailedHour: true, perDay: 2, spacingMinutes: { default: 1_439 } });
    const slow = { ...NOBODY, seconds: { pickUp: 0, talk: 0, voicemail: 0, noAnswer: 3_600 } };
    const { results } = lived(
      aForecast(people(3, { runs: [aRun({ calls })] }), {
        assumptions: slow,
        limits: { lines: 1, callsPerMinute: null },
      }),
    );
    for (const { touches } of results)
      expect(new Set(touches.map(({ at }) => new Date(at).getUTCHours())).size).toBe(touches.length);
  });

  it('sends a text while its contact waits for a line', () => {
    const runs = [...ONE_CALL, aMessagingRun(aText({ when: { kind: 'after_start', delayMinutes: 1 } }))];
    const slow = { ...NOBODY, seconds: { pickUp: 0, talk: 0, voicemail: 0, noAnswer: 600 } };
    const bounded = lived(
      aForecast(people(2, { runs }), { assumptions: slow, limits: { lines: 1, callsPerMinute: null } }),
    );
    const [, second] = bounded.results;
    expect(
      second?.touches.map(({ key, at, dueAt }) => [key, ...[at, dueAt].map((each) => (each - MONDAY_10) / MINUTE_MS)]),
    ).toEqual([
      ['texts.text.1', 1, 1],
      ['intake.call.1', 10, 0],
    ]);
  });

  it('lets go of a line where the opening ended while everybody waited', () => {
    const runs = [
      aRun({
        calls: someCalls({ attempts: 1 }),
        hours: { mode: 'calling_times', slots: [{ open: '10:00', close: '10:01' }] },
      }),
    ];
    const assumptions = { ...NOBODY, seconds: { pickUp: 0, talk: 0, voicemail: 0, noAnswer: 60 } };
    const bounded = lived(aForecast(people(3, { runs }), { assumptions, limits: { lines: 1, callsPerMinute: null } }));
    expect(bounded.results.map(({ touches }) => new Date(touches[0]?.at ?? 0).getUTCDate())).toEqual([1, 2, 3]);
  });

  it('paces messages for each channel', () => {
    const runs = [aMessagingRun(aText(), aMail())];
    const paced = lived(aForecast(people(3, { runs }), { messagesPerSecond: 0.5 }));
    const seconds = (key: string) =>
      paced.results.map(({ touches }) => ((touches.find((touch) => touch.key === key)?.at ?? 0) - MONDAY_10) / 1000);
    expect(seconds('texts.text.1')).toEqual([0, 2, 4]);
    expect(new Set(seconds('texts.mail.1'))).toEqual(new Set([0, 2, 4]));
    expect(paced.tally).toMatchObject({ touches: { sms: 3, email: 3 }, longestWaitMs: 4_000 });
  });

  it('counts what it costs, and stops where the money of the day is spent', () => {
    const limit = {
      scope: 'campaign' as const,
      perDay: 300,
      total: null,
      spent: 0,
      spentToday: 0,
      dayEndsAt: local(CHICAGO, '2027-03-02 00:00'),
    };
    const spending = { callMinute: 50, segment: 1, mail: 1, callMinutes: 3, limits: [limit] };
    const strict = lived(aForecast(people(5, { runs: ONE_CALL }), { spending }));
    expect(strict.tally.cost).toBe(5 * 150);
    expect(strict.results.map(({ touches }) => new Date(touches[0]?.at ?? 0).getUTCDate())).toEqual([1, 1, 2, 2, 3]);
    expect(strict.tally.hours().map(({ cost }) => cost)).toEqual([300, 300, 150]);
  });

  it('goes on a little at a time, and comes to the same', () => {
    const all = people(40, { runs: [aRun({ messages: [aText({ when: { kind: 'after_start' } })] })] });
    const assumptions = { seed: 3 };
    const whole = lived(aForecast(all, { assumptions, limits: { lines: 3, callsPerMinute: null } }));
    const parts = aForecast(all, { assumptions, limits: { lines: 3, callsPerMinute: null } });
    let portions = 1;
    while (!parts.advance(() => false)) portions += 1;
    expect(portions).toBeGreaterThan(3);
    expect(parts.results).toEqual(whole.results);
    expect(parts.tally).toEqual(whole.tally);
  });

  it('knows how many lines would do: from what was lived where nobody waited, else from everybody, or a part of very many', () => {
    const frame = frameOf({ assumptions: TALK, limits: { lines: 4, callsPerMinute: null }, messagesPerSecond: 100 });
    const few = people(4, { runs: ONE_CALL });
    const enough = lived(new Forecast(few, frame));
    expect([enough.mostLines, linesNeeded(enough, few, frame)]).toEqual([4, { free: null, every: 1 }]);
    const more = people(9, { runs: ONE_CALL });
    const short = linesNeeded(lived(new Forecast(more, frame)), more, frame);
    expect([short.free === null ? null : lived(short.free).mostLines, short.every]).toEqual([9, 1]);
    const [one] = few;
    const many = Array.from({ length: 20_001 }, () => one).filter((each) => each !== undefined);
    const paceless = { ...frame, messagesPerSecond: null };
    const part = linesNeeded(short.free ?? enough, many, paceless);
    expect([part.free === null ? null : lived(part.free).mostLines, part.every]).toEqual([6_667, 3]);
  });

  it('has nothing to say of nobody', () => {
    const none = lived(aForecast([]));
    expect([none.results, none.tally.hours(), none.mostLines]).toEqual([[], [], 0]);
  });
});
