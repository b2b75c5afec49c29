import type { FactBody } from './fact';
import { fold } from './fold';
import {
  aFact,
  aFoldState,
  aRule,
  effectsOf,
  firingsOf,
  type FoldStateChanges,
  NOW,
  tell,
  timelineOf,
} from './fold-builders';
import { DAY_MS, HOUR_MS } from './instant';
import type { Rule } from './rule';

const told = (changes: FoldStateChanges, ...facts: FactBody[]) => tell(aFoldState(changes), ...facts);
const ENDED = { state: 'ended', reason: 'plan_through' } as const;
const TAGGED_UNSUCCESSFUL = aFact({ kind: 'call_outcome', outcome: 'unsuccessful' });
const COMPLETED = aFact({ kind: 'call_progress', status: 'completed' });

/** The seed's rules. */
const UNREACHABLE = aRule('unreachable', { trigger: 'call_outcome', outcome: 'unsuccessful' }, [
  { kind: 'stop_calls' },
  { kind: 'crm_status', status: 'Unreachable' },
]);
const RETAINED = aRule('retained', { trigger: 'call_outcome', outcome: 'converted' }, [
  { kind: 'crm_status', status: 'Retained' },
  { kind: 'crm_note', text: 'Signed up today.' },
]);
const NO_ANSWER = aRule('no-answer', { trigger: 'call_outcome', outcome: 'unsuccessful' }, [
  { kind: 'stop_calls' },
  { kind: 'crm_note', text: 'No answer, several tries.' },
]);
const INTAKE = aRule('intake', { trigger: 'form', outcome: 'completed' }, [
  { kind: 'crm_status', status: 'Intake Complete' },
  { kind: 'stop_calls' },
]);
const HUMAN = aRule('human', { trigger: 'handoff', outcome: 'requested' }, [
  { kind: 'crm_note', text: 'Wants a person.' },
]);

describe('a call tagged Unsuccessful (R-2 a)', () => {
  it('stops calls at once and orders the status beside it (S0-46)', () => {
    const story = told({ rules: [UNREACHABLE] }, COMPLETED, TAGGED_UNSUCCESSFUL);
    expect(firingsOf(story)).toEqual(['unreachable: Unsuccessful Call']);
    expect(effectsOf(story)).toEqual([
      'unreachable[0] stop_calls: calls stopped',
      'unreachable[1] crm_status of case-1: Unreachable',
    ]);
    expect(story.state.enrollment).toMatchObject({ state: 'open', callsStoppedAt: NOW, messagesStoppedAt: null });
  });

  it('leaves the contact in the campaign for its texts (S0-64, S0-72)', () => {
    const story = told({ rules: [NO_ANSWER] }, COMPLETED, TAGGED_UNSUCCESSFUL);
    expect(effectsOf(story)).toEqual([
      'no-answer[0] stop_calls: calls stopped',
      'no-answer[1] crm_note of case-1: No answer, several tries.',
    ]);
    expect(story.state.enrollment).toMatchObject({ state: 'open', messagesStoppedAt: null });
  });
});

describe('a series that nobody answered (R-2 b)', () => {
  const SERIES_ENDED = aFact({ kind: 'series_ended', runKey: 'intake' });

  it.each([
    [
      'S0-46',
      UNREACHABLE,
      ['unreachable[0] stop_calls: calls stopped', 'unreachable[1] crm_status of case-1: Unreachable'],
    ],
    [
      'S0-64',
      NO_ANSWER,
      ['no-answer[0] stop_calls: calls stopped', 'no-answer[1] crm_note of case-1: No answer, several tries.'],
    ],
  ])('fires Unsuccessful once it is said to have ended (%s)', (_, rule, effects) => {
    const story = told({ attempt: null, rules: [rule] }, SERIES_ENDED);
    expect(firingsOf(story)).toEqual([`${rule.key}: Unsuccessful Call`]);
    expect(effectsOf(story)).toEqual(effects);
    expect(story.changes[0]?.wakes).toBe(true);
  });

  it('says so of a later run as well, whose calls were stopped already', () => {
    const story = told(
      { attempt: null, rules: [UNREACHABLE] },
      SERIES_ENDED,
      aFact({ kind: 'series_ended', runKey: 'second' }),
    );
    expect(effectsOf(story)[2]).toBe('unreachable[0] stop_calls: calls were already stopped');
  });
});

describe('a firing', () => {
  const note = (text: string) => ({ kind: 'crm_note', text }) as const;

  it('writes one status and one note for Converted, not two (S0-63)', () => {
    const story = told({ rules: [RETAINED] }, COMPLETED, aFact({ kind: 'call_outcome', outcome: 'converted' }));
    expect(effectsOf(story)).toEqual([
      'retained[0] crm_status of case-1: Retained',
      'retained[1] crm_note of case-1: Signed up today.',
    ]);
  });

  it.each<[string, Rule, string[]]>([
    ['of a card whose note is empty posts no note of its own', HUMAN, ['human[0] crm_note of case-1: Wants a person.']],
    [
      'posts a filled CRM note whatever the actions are (S0-42)',
      aRule('human', HUMAN.when, [{ kind: 'stop_messaging' }], 'Asked for us.'),
      ['human[0] stop_messaging: messages stopped', 'human[-1] crm_note of case-1: Asked for us.'],
    ],
    [
      'posts an equal Post CRM Note beside it as a second note (S0-75, R-7)',
      aRule('human', HUMAN.when, [note('Asked for us.')], 'Asked for us.'),
      ['human[0] crm_note of case-1: Asked for us.', 'human[-1] crm_note of case-1: Asked for us.'],
    ],
  ])('%s', (_, rule, effects) => {
    expect(effectsOf(told({ rules: [rule] }, aFact({ kind: 'handoff_requested' })))).toEqual(effects);
  });

  it('orders CRM actions per case and stops once (R-6)', () => {
    const rule = aRule('human', HUMAN.when, [{ kind: 'stop_calls' }, note('Wants a person.')], 'Look.');
    const story = told(
      { rules: [rule], enrollment: { cases: ['case-1', 'case-2'] } },
      aFact({ kind: 'handoff_requested' }),
    );
    expect(effectsOf(story)).toEqual([
      'human[0] stop_calls: calls stopped',
      'human[1] crm_note of case-1: Wants a person.',
      'human[1] crm_note of case-2: Wants a person.',
      'human[-1] crm_note of case-1: Look.',
      'human[-1] crm_note of case-2: Look.',
    ]);
  });

  it('orders a CRM action without a case all the same, so that its failure is seen', () => {
    const story = told({ rules: [HUMAN], enrollment: { cases: [] } }, aFact({ kind: 'handoff_requested' }));
    expect(effectsOf(story)).toEqual(['human[0] crm_note: Wants a person.']);
  });

  it('is one for each rule with that trigger, and for no other (S0-16, S0-17)', () => {
    const second = aRule('second', HUMAN.when, [{ kind: 'stop_calls' }]);
    const story = told({ rules: [HUMAN, UNREACHABLE, second, INTAKE] }, aFact({ kind: 'handoff_requested' }));
    expect(firingsOf(story)).toEqual(['human: Requested Handoff', 'second: Requested Handoff']);
    expect(timelineOf(story)).toEqual(['handoff_requested', 'rule_fired', 'rule_fired']);
  });

  it('runs in spite of one that ended everything before it (S0-45)', () => {
    const leave = aRule('leave', HUMAN.when, [{ kind: 'stop_campaign' }]);
    const stops = aRule('stops', HUMAN.when, [
      { kind: 'stop_calls' },
      { kind: 'stop_messaging' },
      { kind: 'stop_campaign' },
    ]);
    const story = told({ rules: [leave, stops, HUMAN] }, aFact({ kind: 'handoff_requested' }));
    expect(effectsOf(story)).toEqual([
      'leave[0] stop_campaign: left the campaign',
      'stops[0] stop_calls: calls were already stopped',
      'stops[1] stop_messaging: messages were already stopped',
      'stops[2] stop_campaign: the campaign was already over for this contact',
      'human[0] crm_note of case-1: Wants a person.',
    ]);
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'stopped_by_rule', leftForGood: true });
  });

  it('after the end runs what leaves the machine and records the stops as done (R-3)', () => {
    const story = told({ enrollment: ENDED, rules: [UNREACHABLE] }, COMPLETED, TAGGED_UNSUCCESSFUL);
    expect(effectsOf(story)).toEqual([
      'unreachable[0] stop_calls: calls were already stopped',
      'unreachable[1] crm_status of case-1: Unreachable',
    ]);
    expect(story.state.enrollment).toMatchObject({ ...ENDED, callsStoppedAt: null });
  });

  it('of Stop Campaign after the end makes it for good (S0-36)', () => {
    const leave = aRule('leave', HUMAN.when, [{ kind: 'stop_campaign' }]);
    const story = told({ enrollment: ENDED, rules: [leave] }, aFact({ kind: 'handoff_requested' }));
    expect(story.state.enrollment).toMatchObject({ ...ENDED, leftForGood: true });
  });

  it('of Stop Calls twice stops once, at the first instant', () => {
    const story = told(
      { enrollment: { callsStoppedAt: NOW - 5 }, rules: [UNREACHABLE] },
      COMPLETED,
      TAGGED_UNSUCCESSFUL,
    );
    expect(story.state.enrollment.callsStoppedAt).toBe(NOW - 5);
  });
});

describe('a handoff (S0-29)', () => {
  it('posts the note and holds outreach for the set time (S0-67, INV-20)', () => {
    const story = told(
      { rules: [HUMAN], handoffHoldMs: 72 * HOUR_MS },
      aFact({ kind: 'handoff_requested', reason: 'asked' }),
    );
    expect(firingsOf(story)).toEqual(['human: Requested Handoff']);
    expect(story.changes[0]).toMatchObject({
      handedOff: true,
      wakes: true,
      enrollment: { heldUntilAt: NOW + 72 * HOUR_MS, holdReason: 'handoff' },
    });
  });

  it('after the end goes to the inbox and holds nothing (R-3)', () => {
    const { enrollment, handedOff } = fold(aFoldState({ enrollment: ENDED }), aFact({ kind: 'handoff_requested' }));
    expect({ enrollment, handedOff }).toEqual({ enrollment: {}, handedOff: true });
  });

  it('does not shorten the hold of a reply that may have meant "stop"', () => {
    const unclear = aFact({ kind: 'reply', channel: 'sms', verdict: 'unclear' });
    const story = told({}, unclear, aFact({ kind: 'handoff_requested' }));
    expect(story.changes[0]?.enrollment.heldUntilAt).toBe(NOW + 365 * DAY_MS);
    expect(story.changes[1]?.enrollment).toEqual({});
    expect(story.state.enrollment.holdReason).toBe('unclear_reply');
  });
});

describe('a form', () => {
  const completed = (formId: string) => aFact({ kind: 'form_completed', formId });

  it('that was only started fires nothing (S0-33)', () => {
    const story = told({ formId: 'intake', rules: [INTAKE] }, aFact({ kind: 'form_started', formId: 'intake' }));
    expect(firingsOf(story)).toEqual([]);
    expect(timelineOf(story)).toEqual(['form_started']);
    expect(story.changes[0]?.wakes).toBe(false);
  });

  it('that is completed writes the status and stops calls (S0-31, S0-66)', () => {
    const story = told({ formId: 'intake', rules: [INTAKE] }, completed('intake'));
    expect(firingsOf(story)).toEqual(['intake: Completed Form']);
    expect(effectsOf(story)).toEqual([
      'intake[0] crm_status of case-1: Intake Complete',
      'intake[1] stop_calls: calls stopped',
    ]);
  });

  it('that is sent in again fires nothing more', () => {
    const story = told({ formId: 'intake', rules: [INTAKE], formCompleted: true }, completed('intake'));
    expect(firingsOf(story)).toEqual([]);
  });

  it.each([
    ['of another campaign', 'intake'],
    ['where none is attached', null],
  ])('%s fires nothing (S0-32, S0-33)', (_, formId) => {
    const story = told({ formId, rules: [INTAKE] }, completed('survey'));
    expect(firingsOf(story)).toEqual([]);
    expect(timelineOf(story)).toEqual(['form_completed']);
    expect(story.changes[0]?.wakes).toBe(true);
  });
});

describe('an opt-out (R-5)', () => {
  it('from every channel ends the enrollment and concerns the whole person', () => {
    const story = told({ hasOpenCommitment: true }, aFact({ kind: 'opted_out', source: 'keypress' }));
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'opted_out', leftForGood: false });
    expect(story.changes[0]).toMatchObject({
      suppress: [{ source: 'keypress', channels: ['voice', 'sms', 'email'] }],
      commitments: [{ kind: 'close', state: 'broken', reason: 'opted_out' }],
      wakesPerson: true,
      enrollment: { endedAt: NOW },
    });
    expect(timelineOf(story)).toEqual(['opted_out', 'contact_status_changed']);
  });

  it.each([[['email']], [['voice', 'sms']], [['sms', 'sms', 'sms']]] as const)(
    'from %j alone leaves the contact in the campaign (K-24)',
    (channels) => {
      const story = told({}, aFact({ kind: 'opted_out', source: 'unsubscribe', channels: [...channels] }));
      expect(story.state.enrollment.state).toBe('open');
      expect(story.changes[0]).toMatchObject({ suppress: [{ channels }], wakesPerson: true, wakes: true });
    },
  );

  it('outranks the reason of an end that came before, so that nobody resumes it (S1-118)', () => {
    const story = told({ enrollment: ENDED }, aFact({ kind: 'opted_out', source: 'operator' }));
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'opted_out' });
    expect(timelineOf(story)).toEqual(['opted_out']);
  });
});

describe('a callback (K-13)', () => {
  const AT = NOW + DAY_MS;
  it('moved by an operator says so (N-11)', () => {
    const moved = aFact({ kind: 'callback_requested', at: AT, by: 'operator' });
    const { commitments } = fold(aFoldState({ hasOpenCommitment: true }), moved);
    expect(commitments[0]).toEqual({ kind: 'close', state: 'moved', reason: 'an operator set a new time' });
  });

  const asked = aFact({ kind: 'callback_requested', at: AT });
  const opened = { kind: 'open', promisedAt: AT };

  it.each([
    ['is promised', {}, [opened], 'callback_requested'],
    [
      'moves the one that was promised',
      { hasOpenCommitment: true, commitmentsMade: 1 },
      [{ kind: 'close', state: 'moved' }, opened],
      'callback_requested',
    ],
    ['is refused beyond the limit (K-5)', { commitmentsMade: 3 }, [], 'callback_closed'],
    [
      'may move though the limit is reached',
      { hasOpenCommitment: true, commitmentsMade: 3 },
      [{ kind: 'close', state: 'moved' }, opened],
      'callback_requested',
    ],
    ['is refused where none is allowed', { maxCallbacks: 0 }, [], 'callback_closed'],
    ['is refused after calls were stopped (R-2)', { enrollment: { callsStoppedAt: NOW } }, [], 'callback_closed'],
    ['is refused after the end', { enrollment: ENDED }, [], 'callback_closed'],
  ])('%s', (_, changes: FoldStateChanges, commitments, kind) => {
    const story = told(changes, asked);
    expect(story.changes[0]).toMatchObject({ commitments, wakes: commitments.length > 0 });
    expect(story.changes[0]?.commitments).toHaveLength(commitments.length);
    expect(timelineOf(story)).toEqual([kind]);
  });

  it.each([
    ['calls are stopped', UNREACHABLE, 'calls_stopped'],
    ['the contact leaves', aRule('leave', UNREACHABLE.when, [{ kind: 'stop_campaign' }]), 'stopped_by_rule'],
    ['both', aRule('both', UNREACHABLE.when, [{ kind: 'stop_calls' }, { kind: 'stop_campaign' }]), 'calls_stopped'],
  ])('is broken once when %s', (_, rule, reason) => {
    const { changes } = told({ hasOpenCommitment: true, rules: [rule] }, COMPLETED, TAGGED_UNSUCCESSFUL);
    expect(changes[1]?.commitments).toEqual([{ kind: 'close', state: 'broken', reason }]);
  });

  it('is not broken by a stop of messages', () => {
    const { changes } = told({ hasOpenCommitment: true }, aFact({ kind: 'order', order: 'stop_messaging' }));
    expect(changes[0]?.commitments).toEqual([]);
  });
});

describe('other facts', () => {
  it('a call without a tag is untagged, which fires nothing', () => {
    const story = told({ rules: [UNREACHABLE] }, COMPLETED, aFact({ kind: 'call_untagged' }));
    expect(story.state.attempt).toMatchObject({ outcome: 'untagged', outcomeJudged: false });
    expect(firingsOf(story)).toEqual([]);
  });

  it.each([
    ['a tag that is in', { attempt: { outcome: 'converted' } }],
    ['no attempt', { attempt: null }],
  ] as const)('a call is not untagged where there is %s', (_, changes) => {
    expect(fold(aFoldState(changes), aFact({ kind: 'call_untagged' })).attempt).toEqual({});
  });

  it('a wrong number takes the address out and has the plan look for another', () => {
    expect(fold(aFoldState(), aFact({ kind: 'wrong_number' }))).toMatchObject({ wrongNumber: true, wakes: true });
  });
});

describe('a touch that an operator moved (P-16)', () => {
  const moved = aFact({ kind: 'touch_moved', touchKey: 'week.call.2', at: NOW + HOUR_MS });

  it('gets its instant, and the timeline tells which and when', () => {
    const { enrollment, timeline, wakes } = fold(aFoldState(), moved);
    expect(enrollment).toEqual({ movedTouch: 'week.call.2', movedToAt: NOW + HOUR_MS });
    expect(timeline).toEqual([
      { kind: 'operator_order', data: { order: 'move_touch', touch: 'week.call.2', toAt: NOW + HOUR_MS } },
    ]);
    expect(wakes).toBe(true);
  });

  it('moves nothing of somebody who is through', () => {
    expect(fold(aFoldState({ enrollment: ENDED }), moved).enrollment).toEqual({});
  });
});
