import { type Order, OrderSchema } from './fact';
import { aFact, aFoldState, type FoldStateChanges, NOW, tell, timelineOf } from './fold-builders';

const ordered = (changes: FoldStateChanges, order: Order) =>
  tell(aFoldState({ attempt: null, ...changes }), aFact({ kind: 'order', order }));

describe("an operator's order", () => {
  it('"complete" ends the enrollment (S1-92)', () => {
    const story = ordered({ hasOpenCommitment: true }, 'complete');
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'completed_by_operator' });
    expect(story.changes[0]?.commitments).toEqual([
      { kind: 'close', state: 'broken', reason: 'completed_by_operator' },
    ]);
    expect(timelineOf(story)).toEqual(['operator_order', 'contact_status_changed']);
  });

  it('"complete" closes the row also of who could not be enrolled, so that nothing takes them in (S1-92)', () => {
    const story = ordered({ enrollment: { state: 'rejected', reason: 'no_usable_address' } }, 'complete');
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'completed_by_operator' });
    expect(story.changes[0]?.enrollment.endedAt).toBe(NOW);
    expect(timelineOf(story)).toEqual(['operator_order', 'contact_status_changed']);
  });

  it('"remove" ends the enrollment with a reason of its own (U-13)', () => {
    const story = ordered({ hasOpenCommitment: true }, 'remove');
    expect(story.state.enrollment).toMatchObject({ state: 'ended', reason: 'removed_by_operator' });
    expect(story.changes[0]?.commitments).toEqual([{ kind: 'close', state: 'broken', reason: 'removed_by_operator' }]);
  });

  it('"complete" leaves the reason of an earlier end alone', () => {
    const story = ordered({ enrollment: { state: 'ended', reason: 'opted_out' } }, 'complete');
    expect(story.state.enrollment.reason).toBe('opted_out');
  });

  it('"stop calls" closes one channel and keeps the contact in the campaign (S0-34, S0-72)', () => {
    const story = ordered({ hasOpenCommitment: true }, 'stop_calls');
    expect(story.state.enrollment).toMatchObject({ state: 'open', callsStoppedAt: NOW, messagesStoppedAt: null });
    expect(story.changes[0]?.commitments).toEqual([{ kind: 'close', state: 'broken', reason: 'calls_stopped' }]);
  });

  it('"stop messaging" closes the others (S0-35, S0-72)', () => {
    const story = ordered({}, 'stop_messaging');
    expect(story.state.enrollment).toMatchObject({ state: 'open', callsStoppedAt: null, messagesStoppedAt: NOW });
  });

  it('"stop messaging" again changes nothing', () => {
    const story = ordered({ enrollment: { messagesStoppedAt: NOW - 7 } }, 'stop_messaging');
    expect(story.state.enrollment.messagesStoppedAt).toBe(NOW - 7);
  });

  it('"hand back" ends a hold of either kind (INV-20)', () => {
    const story = ordered({ enrollment: { holdReason: 'unclear_reply' } }, 'hand_back');
    expect(story.changes[0]).toMatchObject({ handedOff: false, wakes: true, enrollment: { heldUntilAt: null } });
    expect(story.state.enrollment.holdReason).toBeNull();
    expect(timelineOf(story)).toEqual(['operator_order', 'handed_back']);
  });

  it('"pause" holds an open enrollment, and a second one changes nothing (N-7)', () => {
    expect(ordered({}, 'pause').state.enrollment.pausedAt).toBe(NOW);
    expect(ordered({ enrollment: { pausedAt: NOW - 7 } }, 'pause').state.enrollment.pausedAt).toBe(NOW - 7);
    const over = { state: 'ended', reason: 'plan_through' } as const;
    expect(ordered({ enrollment: over }, 'pause').state.enrollment.pausedAt).toBeNull();
  });

  it('"cancel callback" breaks the promise that is open, and says who did (N-11)', () => {
    expect(ordered({ hasOpenCommitment: true }, 'cancel_callback').changes[0]?.commitments).toEqual([
      { kind: 'close', state: 'broken', reason: 'cancelled_by_operator' },
    ]);
    expect(ordered({}, 'cancel_callback').changes[0]?.commitments).toEqual([]);
  });

  it.each(OrderSchema.options)('"%s" has the workflow look', (order) => {
    expect(ordered({}, order).changes[0]?.wakes).toBe(true);
  });
});

describe('"resume" (S1-93)', () => {
  const active = { state: 'open', reason: null, callsStoppedAt: null, messagesStoppedAt: null } as const;

  it.each([
    ['Completed', { state: 'ended', reason: 'plan_through' }],
    [
      'Completed with stopped messages',
      { state: 'ended', reason: 'completed_by_operator', messagesStoppedAt: NOW - 1 },
    ],
    ['Completed (All Calls)', { callsStoppedAt: NOW - 1 }],
  ] as const)('brings %s back (R-9)', (_, enrollment) => {
    const story = ordered({ enrollment }, 'resume');
    expect(story.state.enrollment).toMatchObject(active);
    const wasEnded = 'state' in enrollment;
    expect(timelineOf(story)).toEqual(['operator_order', ...(wasEnded ? ['contact_status_changed'] : [])]);
    expect(story.changes[0]?.enrollment.endedAt).toBe(wasEnded ? null : undefined);
  });

  it('ends a pause first, and takes up nothing that was stopped', () => {
    const stopped = { pausedAt: NOW - 1, callsStoppedAt: NOW - 2 };
    const story = ordered({ enrollment: stopped }, 'resume');
    expect(story.state.enrollment).toMatchObject({ pausedAt: null, callsStoppedAt: NOW - 2 });
  });

  it('brings somebody back who ended in a pause, without it', () => {
    const story = ordered({ enrollment: { state: 'ended', reason: 'plan_through', pausedAt: NOW - 1 } }, 'resume');
    expect(story.state.enrollment).toMatchObject({ ...active, pausedAt: null });
  });

  it('brings back who opted out and has agreed anew since (S1-112)', () => {
    const story = ordered({ enrollment: { state: 'ended', reason: 'opted_out' }, agreedAgain: true }, 'resume');
    expect(story.state.enrollment).toMatchObject(active);
    expect(timelineOf(story)).toEqual(['operator_order', 'contact_status_changed']);
  });

  it.each([
    ['opted out (S1-118)', { state: 'ended', reason: 'opted_out', callsStoppedAt: NOW }],
    ['left for good (R-8)', { state: 'ended', reason: 'stopped_by_rule', leftForGood: true, callsStoppedAt: NOW }],
    ['was never enrolled', { state: 'rejected', reason: 'no_address', callsStoppedAt: NOW }],
  ] as const)('leaves alone who %s', (_, enrollment) => {
    const story = ordered({ enrollment }, 'resume');
    expect(story.state.enrollment).toMatchObject(enrollment);
    expect(timelineOf(story)).toEqual(['operator_order']);
  });
});

describe('"bring back" (R-8)', () => {
  const bringBack = (enrollment: FoldStateChanges['enrollment'], agreedAgain = false) =>
    tell(
      aFoldState({ attempt: null, enrollment: enrollment ?? {}, agreedAgain }),
      aFact({ kind: 'order', order: 'bring_back', note: 'by mistake' }),
    );

  it('takes up what a rule had ended for good, and says why for everybody to read', () => {
    const story = bringBack({ state: 'ended', reason: 'stopped_by_rule', leftForGood: true, pausedAt: NOW - 1 });
    expect(story.state.enrollment).toMatchObject({
      state: 'open',
      reason: null,
      leftForGood: false,
      pausedAt: null,
    });
    expect(story.changes[0]?.timeline).toEqual([
      { kind: 'operator_order', data: { order: 'bring_back', note: 'by mistake' } },
      { kind: 'contact_status_changed', data: { status: 'active' } },
    ]);
  });

  it('takes up who opted out besides only after a new consent (S1-112)', () => {
    const gone = { state: 'ended', reason: 'opted_out', leftForGood: true } as const;
    expect(bringBack(gone, true).state.enrollment).toMatchObject({ state: 'open', reason: null, leftForGood: false });
  });

  it.each([
    ['opted out', { state: 'ended', reason: 'opted_out', leftForGood: true }],
    ['was only completed', { state: 'ended', reason: 'completed_by_operator', leftForGood: false }],
  ] as const)('leaves alone who %s', (_, enrollment) => {
    expect(bringBack(enrollment).state.enrollment).toMatchObject(enrollment);
  });
});
