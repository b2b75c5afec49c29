import { decide, seriesToEnd } from './decide';
import type { Decision } from './decision';
import { explain } from './explain';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, toIso } from './instant';
import { NO_HISTORY } from './plan-history';
import type { Run } from './plan';
import {
  aCompany,
  anAttempt,
  aPlannerInput,
  aRun,
  aSentText,
  aText,
  CHICAGO,
  type CallsInput,
  EVERY_DAY,
  local,
  MONDAY_10,
  type PlannerInputChanges,
  type PolicyInput,
  someCalls,
} from './planner-builders';
import type { EnrollmentView, PlanVersionView, Standing } from './planner-input';
import { PolicySchema } from './policy';
import { effectOf } from './publish-effect';

/** What an edit of a running campaign does to somebody inside: requirements §4, E-1 to E-11, at the planner. */

const chicago = (text: string): Instant => local(CHICAGO, text);
const policyOf = (policy: PolicyInput = {}) =>
  PolicySchema.parse({ companySlots: [{ open: '09:00', close: '17:00' }], ...policy });

/** Called on Monday at ten, and nobody picked up. */
const CALLED = anAttempt();
const NOON: Instant = chicago('2027-03-01 12:00');
const calls = (changes: Partial<CallsInput>): Run => aRun({ calls: someCalls(changes) });
const SPACED = (minutes: number): Run => calls({ spacingMinutes: { default: minutes } });

/** Version 1 had the contact wait for the second call; version 2 has come at noon. */
const SECOND_CALL = 'intake.call.2';
const standing = (dueAt: Instant, changes: Partial<Standing> = {}): Standing => ({
  touchKey: SECOND_CALL,
  runKey: 'intake',
  stepKey: 'call',
  version: 1,
  dueAt,
  ...changes,
});
const V2: Partial<PlanVersionView> = { number: 2, plannedSince: 2 };
const REPLANNED: Partial<PlanVersionView> = { ...V2, replansFrom: 2 };

function at(now: Instant, changes: PlannerInputChanges): Decision {
  return decide(aPlannerInput({ now, attempts: [CALLED], ...changes }));
}

/** "wait intake.call.2 until 2027-03-01T20:00:00.000Z", "touch …", "finish left_list". */
function briefly(decision: Decision): string {
  if (decision.kind === 'finish') return `finish ${decision.reason}`;
  const touch = 'touch' in decision ? (decision.touch?.key ?? '') : '';
  return decision.kind === 'wait' ? `wait ${touch} until ${toIso(decision.askAt)}` : `${decision.kind} ${touch}`.trim();
}
const waitUntil = (text: string, key = SECOND_CALL) => `wait ${key} until ${toIso(chicago(text))}`;
const inside = (dueAt: Instant, changes: Partial<EnrollmentView> = {}) => ({ standing: standing(dueAt), ...changes });

describe('E-1: a wait that is made shorter', () => {
  const before = chicago('2027-03-01 14:01');

  it('adopt: the wait in progress ends as planned, and says so', () => {
    const adopted = at(NOON, { runs: [SPACED(60)], version: V2, enrollment: inside(before) });
    expect(briefly(adopted)).toBe(waitUntil('2027-03-01 14:01'));
    expect(explain(adopted)).toContain('the wait began under an earlier version and ends as planned');
    expect(explain(adopted)).not.toContain('minutes apart');
  });

  it('adopt: it still does when another step came between, and later waits have the new length', () => {
    const { keptWait } = at(NOON, { runs: [SPACED(60)], version: V2, enrollment: inside(before) });
    const between = { standing: standing(NOON, { touchKey: 'intake.text.1', version: 2 }), keptWait: keptWait ?? null };
    const later = at(NOON, { runs: [SPACED(60)], version: V2, enrollment: between });
    expect(briefly(later)).toBe(waitUntil('2027-03-01 14:01'));
    const secondCall = anAttempt({ ordinal: 2, claimedAt: before });
    const third = at(before + MINUTE_MS, {
      attempts: [CALLED, secondCall],
      runs: [SPACED(60)],
      version: V2,
      enrollment: between,
    });
    expect(briefly(third)).toBe(waitUntil('2027-03-01 15:02', 'intake.call.3'));
    expect(third.keptWait).toBeUndefined();
  });

  it('re-plan now: counted anew from the start of the wait itself; already over = go on', () => {
    const replanned = (now: Instant) =>
      briefly(at(now, { runs: [SPACED(60)], version: REPLANNED, enrollment: inside(before) }));
    expect(replanned(MONDAY_10 + 10 * MINUTE_MS)).toBe(waitUntil('2027-03-01 11:01'));
    expect(replanned(NOON)).toBe(`touch ${SECOND_CALL}`);
  });

  it('keep: the old wake-up stays, for plan and version are the old ones', () => {
    const kept = at(NOON, { runs: [SPACED(240)], enrollment: inside(before) });
    expect(briefly(kept)).toBe(waitUntil('2027-03-01 14:01'));
  });
});

describe('E-2: a wait that is made longer', () => {
  it('adopt: the wait in progress ends as planned, also when it is over', () => {
    const dueAt = chicago('2027-03-01 11:01');
    const adopted = { runs: [SPACED(300)], version: V2, enrollment: inside(dueAt) };
    expect(briefly(at(chicago('2027-03-01 10:30'), adopted))).toBe(waitUntil('2027-03-01 11:01'));
    expect(briefly(at(dueAt, adopted))).toBe(`touch ${SECOND_CALL}`);
  });

  it('re-plan now: a new wake-up from the start of the wait itself', () => {
    const replanned = at(NOON, {
      runs: [SPACED(300)],
      version: REPLANNED,
      enrollment: inside(chicago('2027-03-01 11:01')),
    });
    expect(briefly(replanned)).toBe(waitUntil('2027-03-01 15:01'));
  });

  it('a later re-plan also ends the waits that an adoption had kept', () => {
    const keptWait = { touchKey: SECOND_CALL, dueAt: chicago('2027-03-01 13:00'), version: 1 };
    const now = { runs: [SPACED(300)], version: { number: 3, plannedSince: 3, replansFrom: 3 } };
    expect(briefly(at(NOON, { ...now, enrollment: { keptWait } }))).toBe(waitUntil('2027-03-01 15:01'));
  });

  it('a promised callback does not move', () => {
    const commitments = [{ id: 'promise', ordinal: 1, promisedAt: NOON }];
    const enrollment = inside(chicago('2027-03-01 16:00'), {
      standing: standing(chicago('2027-03-01 16:00'), { touchKey: 'promises.callback.1' }),
    });
    expect(briefly(at(NOON, { runs: [SPACED(600)], version: V2, commitments, enrollment }))).toBe(
      'touch promises.callback.1',
    );
  });
});

describe('E-3: hours that are narrowed bind everybody at once', () => {
  it('whoever waits under an earlier version as well', () => {
    const narrowed = { policy: { companySlots: [{ open: '15:00', close: '17:00' }] }, runs: [SPACED(60)] };
    const waiting = inside(chicago('2027-03-01 14:00'));
    expect(briefly(at(chicago('2027-03-01 14:00'), { ...narrowed, version: V2, enrollment: waiting }))).toBe(
      waitUntil('2027-03-01 15:00'),
    );
  });

  it('whoever was kept in the version before is bound by both', () => {
    const own = policyOf({ companySlots: [{ open: '09:00', close: '16:00' }], closedOn: ['2027-03-02'] });
    const now = {
      policy: { companySlots: [{ open: '11:00', close: '20:00' }], closedOn: ['2027-03-03'] },
      runs: [SPACED(60)],
    };
    const kept = (at_: string) => briefly(at(chicago(at_), { ...now, version: { policy: own } }));
    expect(kept('2027-03-01 10:59')).toBe(waitUntil('2027-03-01 11:01'));
    expect(kept('2027-03-01 16:00')).toBe(waitUntil('2027-03-04 11:00'));
  });
});

describe('E-4: hours that are widened', () => {
  const wide: PlannerInputChanges = {
    policy: { companySlots: [{ open: '09:00', close: '21:00' }] },
    runs: [SPACED(60)],
  };
  const waiting = inside(chicago('2027-03-02 09:00'));
  const evening = chicago('2027-03-01 19:00');

  it('keep: the old hours; adopt: the wait ends as planned; re-plan now: the earlier slot is used', () => {
    expect(briefly(at(evening, { ...wide, version: { policy: policyOf() } }))).toBe(waitUntil('2027-03-02 09:00'));
    expect(briefly(at(evening, { ...wide, version: V2, enrollment: waiting }))).toBe(waitUntil('2027-03-02 09:00'));
    expect(briefly(at(evening, { ...wide, version: REPLANNED, enrollment: waiting }))).toBe(`touch ${SECOND_CALL}`);
  });

  it('the legal window still binds', () => {
    const company = aCompany({ legalHours: { weekdays: EVERY_DAY, slots: [{ open: '08:00', close: '20:00' }] } });
    const late = at(chicago('2027-03-01 20:30'), { ...wide, company, version: REPLANNED, enrollment: waiting });
    expect(briefly(late)).toBe(waitUntil('2027-03-02 09:00'));
  });
});

describe('E-5: an attempt cap that is lowered or raised', () => {
  const done = [1, 2].map((ordinal) => anAttempt({ ordinal, claimedAt: MONDAY_10 - (4 - ordinal) * DAY_MS }));

  it('attempts already made count, whatever the version', () => {
    const left = (attempts: number) => briefly(at(NOON, { attempts: done, runs: [calls({ attempts })], version: V2 }));
    expect([left(1), left(2), left(3)]).toEqual(['finish plan_through', 'finish plan_through', 'touch intake.call.3']);
  });

  it('keep: a cap that was raised stays the old one', () => {
    const personAttempts = [{ at: MONDAY_10, kind: 'phone' as const }];
    const raised: PlannerInputChanges = { personAttempts, policy: { caps: { perDay: 5 } }, runs: [SPACED(0)] };
    expect(briefly(at(NOON, { ...raised, version: V2 }))).toBe(`touch ${SECOND_CALL}`);
    const kept = { policy: policyOf({ caps: { perDay: 1 } }) };
    expect(briefly(at(NOON, { ...raised, version: kept }))).toBe(waitUntil('2027-03-02 10:00'));
  });
});

const TEXT_LATER = aText({ key: 'news', when: { kind: 'at', on: '2027-03-01', time: '15:00' } });
const TEXT_BEFORE = aText({ key: 'news', when: { kind: 'at', on: '2027-03-01', time: '11:00' } });
const came = (name: string, atInstant: Instant = NOON): Partial<PlanVersionView> => ({
  ...REPLANNED,
  history: { ...NO_HISTORY, introducedAt: { [name]: atInstant } },
});

describe('E-6: a new step after the place of a contact', () => {
  it('is reached', () => {
    const runs = [aRun({ calls: undefined, messages: [TEXT_LATER] })];
    expect(briefly(at(NOON, { attempts: [], runs, version: came('intake.news') }))).toBe(
      waitUntil('2027-03-01 15:00', 'intake.news.1'),
    );
  });

  it('so is a text ahead of the first call, while that is still to come', () => {
    const runs = [aRun({ messages: [aText({ key: 'news', when: { kind: 'before_call' } })] })];
    expect(briefly(at(NOON, { attempts: [], runs, version: came('intake.news') }))).toBe('touch intake.news.1');
  });

  it('so is a whole run, which begins for those inside when it comes', () => {
    const messages = [aText({ key: 'welcome', when: { kind: 'after_start', delayMinutes: 30 } })];
    const runs = [aRun({ calls: undefined, messages })];
    expect(briefly(at(NOON, { attempts: [], runs, version: came('intake') }))).toBe(
      waitUntil('2027-03-01 12:30', 'intake.welcome.1'),
    );
  });
});

describe('E-7: a new step before the place of a contact', () => {
  const runs = [aRun({ calls: undefined, messages: [TEXT_BEFORE] })];

  it('is not for those who have passed it, only for who comes later', () => {
    expect(briefly(at(NOON, { attempts: [], runs, version: came('intake.news') }))).toBe('finish plan_through');
    const newcomer = { enrolledAt: NOON };
    expect(briefly(at(NOON, { attempts: [], runs, version: came('intake.news'), enrollment: newcomer }))).toBe(
      'touch intake.news.1',
    );
  });

  it('goes out to them where it is sent back, and never twice under one key', () => {
    expect(briefly(at(NOON, { attempts: [], runs, version: REPLANNED }))).toBe('touch intake.news.1');
    const sent = aSentText({ stepKey: 'news' });
    expect(briefly(at(NOON, { attempts: [sent], runs, version: REPLANNED }))).toBe('finish plan_through');
  });
});

describe('E-8, E-9: a step that is taken out', () => {
  const removed = (name: string): Partial<PlanVersionView> => ({
    ...V2,
    history: { ...NO_HISTORY, removedIn: { [name]: 2 } },
  });
  const runs = [aRun({ key: 'second' })];

  it('E-8: "go on": the contact goes on at the next step that is left', () => {
    expect(briefly(at(NOON, { runs, attempts: [], version: V2, enrollment: inside(NOON) }))).toBe(
      'touch second.call.1',
    );
  });

  it('E-8: a live call is never recalled', () => {
    const live = anAttempt({ state: 'accepted', disposition: null, endedAt: null });
    expect(
      briefly(at(NOON, { runs, attempts: [live], version: removed('intake.call'), enrollment: inside(NOON) })),
    ).toBe('reconcile');
  });

  it('E-9: "finish": whoever stood before it leaves with the reason, and nobody else', () => {
    const finishing = { runs, attempts: [], version: removed('intake.call') };
    const left = at(NOON, { ...finishing, enrollment: inside(NOON) });
    expect(briefly(left)).toBe('finish step_removed');
    expect(explain(left)).toContain('the step that came next was taken out of the campaign');
    const elsewhere = { standing: standing(NOON, { runKey: 'second' }) };
    expect(briefly(at(NOON, { ...finishing, enrollment: elsewhere }))).toBe('touch second.call.1');
    const later = { standing: standing(NOON, { version: 2 }) };
    expect(briefly(at(NOON, { ...finishing, enrollment: later }))).toBe('touch second.call.1');
    expect(briefly(at(NOON, finishing))).toBe('touch second.call.1');
  });

  it('E-20: a promise is kept before anybody leaves, and nothing else is done', () => {
    const commitments = [{ id: 'promise', ordinal: 1, promisedAt: NOON + HOUR_MS }];
    const withTexts = [aRun({ key: 'second', messages: [aText()] })];
    const leaving = { runs: withTexts, attempts: [], version: removed('intake.call'), enrollment: inside(NOON) };
    expect(briefly(at(NOON, { ...leaving, commitments }))).toBe(waitUntil('2027-03-01 13:00', 'promises.callback.1'));
    expect(briefly(at(NOON, leaving))).toBe('finish step_removed');
  });
});

describe('E-10: other words', () => {
  it('are those of the version that the touch is planned by', () => {
    const before = at(NOON, { runs: [SPACED(60)] });
    const after = at(NOON, { runs: [SPACED(60)], version: REPLANNED });
    expect([before, after].map((decision) => ('touch' in decision ? decision.touch?.version : null))).toEqual([1, 2]);
    expect(effectOf(before, after, new Set(['intake.call']))).toBe('other_words');
  });
});

describe('E-11: a branch that asks for something else', () => {
  const textAfter = (results: ('any' | 'voicemail' | 'unanswered')[]) =>
    aRun({
      calls: someCalls({ attempts: 2, spacingMinutes: { default: 600 } }),
      messages: [aText({ when: { kind: 'after_call', results, delayMinutes: 60, repeat: 'each' } })],
    });
  const changed = (untilAt: Instant): Partial<PlanVersionView> => ({
    ...REPLANNED,
    history: { ...NO_HISTORY, formerResults: { 'intake.text': [{ untilAt, results: ['voicemail'] }] } },
  });

  it('is asked of calls that end from then on; who is past it stays on their side', () => {
    const runs = [textAfter(['unanswered'])];
    const past = { runs, version: changed(MONDAY_10 + HOUR_MS) };
    expect(briefly(at(NOON, past))).toBe(waitUntil('2027-03-02 09:00'));
    expect(briefly(at(NOON, { ...past, version: changed(MONDAY_10) }))).toBe('touch intake.text.1');
    const voicemail = [anAttempt({ disposition: 'voicemail' })];
    expect(briefly(at(NOON, { ...past, attempts: voicemail }))).toBe('touch intake.text.1');
  });

  it('tells the result that was looked at', () => {
    const sent = at(NOON, { runs: [textAfter(['any'])] });
    expect(sent.reasons).toContainEqual({ code: 'message_delay', step: 'text', after: 'no_answer' });
    expect(explain(sent)).toContain('(no_answer)');
  });
});

describe('E-13: who is not on the list any more', () => {
  it('leaves with the reason, but for a call under way', () => {
    expect(briefly(at(NOON, { enrollment: { isDropped: true } }))).toBe('finish left_list');
    const live = anAttempt({ state: 'accepted', disposition: null, endedAt: null });
    expect(briefly(at(NOON, { enrollment: { isDropped: true }, attempts: [live] }))).toBe('reconcile');
  });
});

describe('E-17, N-7: a pause', () => {
  const paused = { campaign: { pausedChannels: ['voice' as const] } };
  const texting = [aRun({ messages: [TEXT_LATER] })];

  it('of one channel holds its touches and lets the others go on, and says so', () => {
    const other = at(NOON, { ...paused, runs: texting });
    expect(briefly(other)).toBe(waitUntil('2027-03-01 15:00', 'intake.news.1'));
    expect(explain(other)).toContain('calls are paused in this campaign');
    const held = at(NOON, paused);
    expect(briefly(held)).toBe('hold');
    expect(explain(held)).toBe('Outreach is held: calls are paused in this campaign.');
  });

  it('of one channel holds what has to come after it: nothing is skipped', () => {
    const runs = [aRun({ messages: [aText({ when: { kind: 'before_call' } })] })];
    const held = at(NOON, { attempts: [], runs, campaign: { pausedChannels: ['sms'] } });
    expect(briefly(held)).toBe('hold');
  });

  it('lets nobody leave while it lasts, and nothing is said of a series', () => {
    const over = chicago('2027-03-20 12:00');
    const runs = [aRun({ endsOn: '2027-03-02' })];
    expect(briefly(at(over, { ...paused, runs }))).toBe('hold');
    expect(seriesToEnd(aPlannerInput({ ...paused, runs, attempts: [CALLED], now: over }))).toEqual([]);
    const contact = { pausedAt: NOON };
    expect(briefly(at(over, { runs, enrollment: contact }))).toBe('hold');
    expect(seriesToEnd(aPlannerInput({ enrollment: contact, runs, attempts: [CALLED], now: over }))).toEqual([]);
  });

  it('of one contact holds everything of it', () => {
    const held = at(NOON, { runs: texting, enrollment: { pausedAt: MONDAY_10 } });
    expect(briefly(held)).toBe('hold');
    expect(explain(held)).toContain('outreach to this contact is paused since');
  });

  it('ends for everybody, but not for all at its first second', () => {
    const company = aCompany({ openingJitterMs: 10 * MINUTE_MS });
    const resumed = (id: string, changes: PlannerInputChanges = {}) =>
      at(NOON, {
        company,
        campaign: { resumedAt: { voice: NOON } },
        runs: [SPACED(60)],
        ...changes,
        enrollment: { id, ...changes.enrollment },
      });
    const starts = Array.from({ length: 50 }, (_, n) => resumed(`contact-${n}`)).map((decision) =>
      decision.kind === 'wait' ? decision.askAt : NOON,
    );
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(NOON);
    expect(Math.max(...starts)).toBeLessThan(NOON + 10 * MINUTE_MS);
    expect(new Set(starts).size).toBeGreaterThan(40);
    expect(explain(resumed('contact-1'))).toContain('not everybody starts at the first second after a pause');
    // What was not due yet, and what an operator set or somebody was promised, waits for nothing more.
    expect(briefly(resumed('contact-1', { runs: [SPACED(180)] }))).toBe(waitUntil('2027-03-01 13:01'));
    const commitments = [{ id: 'promise', ordinal: 1, promisedAt: MONDAY_10 }];
    expect(briefly(resumed('contact-1', { commitments }))).toBe('touch promises.callback.1');
  });

  it('is not felt in an opening that comes after it', () => {
    const tuesday = at(chicago('2027-03-02 10:00'), { runs: [SPACED(60)], campaign: { resumedAt: { voice: NOON } } });
    expect(briefly(tuesday)).toBe(`touch ${SECOND_CALL}`);
  });
});

describe('P-16: a touch that an operator moved', () => {
  const moved = (atInstant: Instant, changes: PlannerInputChanges = {}) =>
    at(NOON, {
      runs: [calls({ avoidFailedHour: true, spacingMinutes: { default: 600 } })],
      ...changes,
      enrollment: { moved: { touchKey: SECOND_CALL, at: atInstant }, ...changes.enrollment },
    });

  it('waits for that instant and for nothing of the plan', () => {
    expect(briefly(moved(NOON))).toBe(`touch ${SECOND_CALL}`);
    expect(briefly(moved(chicago('2027-03-01 13:30')))).toBe(waitUntil('2027-03-01 13:30'));
    expect(explain(moved(chicago('2027-03-01 13:30')))).toContain('an operator set it for');
    const sameHour = moved(chicago('2027-03-01 10:30'), { now: chicago('2027-03-01 10:20') });
    expect(briefly(decide(aPlannerInput({ attempts: [CALLED] }))).startsWith('wait')).toBe(true);
    expect(briefly(sameHour)).toBe(waitUntil('2027-03-01 10:30'));
  });

  it('starts at once when the hours open', () => {
    const company = aCompany({ openingJitterMs: 10 * MINUTE_MS });
    expect(briefly(moved(chicago('2027-03-02 06:00'), { company }))).toBe(waitUntil('2027-03-02 09:00'));
  });

  it('is bound by hours, caps and pauses all the same', () => {
    expect(briefly(moved(chicago('2027-03-01 20:00')))).toBe(waitUntil('2027-03-02 09:00'));
    const personAttempts = [{ at: MONDAY_10, kind: 'phone' as const }];
    expect(briefly(moved(NOON, { personAttempts, policy: { caps: { perDay: 1 } } }))).toBe(
      waitUntil('2027-03-02 10:00'),
    );
    expect(briefly(moved(NOON, { enrollment: { pausedAt: NOON } }))).toBe('hold');
    expect(briefly(moved(NOON, { campaign: { pausedChannels: ['voice'] } }))).toBe('hold');
  });

  it('changes no other touch', () => {
    const other = { moved: { touchKey: 'intake.call.7', at: NOON } };
    expect(briefly(at(NOON, { enrollment: other }))).toBe(waitUntil('2027-03-01 14:01'));
  });
});
