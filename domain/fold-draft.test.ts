import { aFoldAttempt, aFoldState, NOW } from './fold-builders';
import { FoldDraft } from './fold-draft';

describe('what a word of the provider carries beside its status', () => {
  it.each([
    ['nothing', { sid: null, errorCode: null }, {}, {}],
    ['an id', { sid: null }, { sid: 'CA1' }, { sid: 'CA1' }],
    ['an id that is known', { sid: 'CA1' }, { sid: 'CA2' }, {}],
    ['an error', { errorCode: null }, { errorCode: '30003' }, { errorCode: '30003' }],
    ['no error after one', { errorCode: '30003' }, {}, {}],
    [
      'another error, of which the greater code stays',
      { errorCode: '30003' },
      { errorCode: '30005' },
      { errorCode: '30005' },
    ],
    ['another error, told in the other order', { errorCode: '30005' }, { errorCode: '30003' }, { errorCode: '30005' }],
  ])('%s', (_, attempt, word, change) => {
    const draft = new FoldDraft(aFoldState());
    draft.hear(aFoldAttempt(attempt), word);
    expect(draft.attempt).toEqual(change);
  });
});

describe('a draft', () => {
  it('begins with nothing changed and nobody to wake', () => {
    expect(new FoldDraft(aFoldState())).toMatchObject({
      attempt: {},
      enrollment: {},
      suppress: [],
      firings: [],
      executions: [],
      timeline: [],
      commitments: [],
      freesLine: false,
      wrongNumber: false,
      bucket: null,
      handedOff: null,
      wakes: false,
      deadAddress: false,
      wakesPerson: false,
    });
  });

  it('sees its own stops: what the same fact stopped is stopped already', () => {
    const draft = new FoldDraft(aFoldState());
    expect([draft.stopCalls(), draft.stopCalls()]).toEqual(['calls stopped', 'calls were already stopped']);
    expect([draft.stopMessaging(), draft.stopMessaging()]).toEqual([
      'messages stopped',
      'messages were already stopped',
    ]);
    expect([draft.stopCampaign(), draft.stopCampaign()]).toEqual([
      'left the campaign',
      'the campaign was already over for this contact',
    ]);
    expect(draft.isOver()).toBe(true);
    expect(draft.enrollment).toEqual({
      callsStoppedAt: NOW,
      messagesStoppedAt: NOW,
      leftForGood: true,
      state: 'ended',
      reason: 'stopped_by_rule',
      endedAt: NOW,
    });
  });
});
