import { aFact, aFoldState, aRule, effectsOf, firingsOf, tell, timelineOf } from './fold-builders';
import { endsOutreach } from './crm-link';
import { RuleSchema } from './rule';

const CASE = '0f8fad5b-d9cb-469f-a165-70867728950e';
const set = (value: string, more: object = {}) =>
  aFact({ kind: 'crm_status', caseId: CASE, field: 'status', value, ...more });
const RETAINED = aRule('retained', { trigger: 'crm_status', outcome: 'Retained' }, [{ kind: 'stop_calls' }]);

describe('a status that somebody sets in the CRM (U-1)', () => {
  it('fires the rules that wait for it, and stands in the story', () => {
    const story = tell(aFoldState({ attempt: null, rules: [RETAINED] }), set('retained'), set('Lost'));
    expect(firingsOf(story)).toEqual(['retained: CRM Status "retained"']);
    expect(effectsOf(story)).toEqual(['retained[0] stop_calls: calls stopped']);
    expect(timelineOf(story)).toEqual(['crm_status_changed', 'rule_fired', 'crm_status_changed']);
    expect(story.state.enrollment.state).toBe('open');
  });

  it('is another one in another field, or of another type', () => {
    const dialer = { field: 'substatus', group: 'Dialer Status' } as const;
    const busy = aRule('busy', { trigger: 'crm_status', outcome: '12', ...dialer }, [{ kind: 'stop_calls' }]);
    const told = [set('12'), set('12', { field: 'substatus' }), set('12', { field: 'substatus', group: 'Other' })];
    expect(firingsOf(tell(aFoldState({ rules: [busy] }), ...told))).toEqual([]);
    expect(firingsOf(tell(aFoldState({ rules: [busy] }), set('12', dialer)))).toEqual(['busy: CRM Status "12"']);
  });

  it('ends outreach where the campaign says so, and nowhere else', () => {
    const stopOn = [{ field: 'status', value: 'Retained' } as const];
    expect(tell(aFoldState({ stopOn }), set('Retained')).state.enrollment).toMatchObject({
      state: 'ended',
      reason: 'stopped_in_crm',
    });
    expect(tell(aFoldState({ stopOn }), set('Lost')).state.enrollment.state).toBe('open');
    expect(tell(aFoldState(), set('Retained')).state.enrollment.state).toBe('open');
    expect(endsOutreach(stopOn, { field: 'substatus', value: 'Retained' })).toBe(false);
  });

  it('ends outreach where the connection says so', () => {
    const { state } = tell(aFoldState(), set('12', { field: 'substatus', group: 'Dialer Status', stops: true }));
    expect(state.enrollment).toMatchObject({ state: 'ended', reason: 'stopped_in_crm', leftForGood: false });
  });
});

describe('a rule that is switched off', () => {
  it('does not fire, and fires again when it is switched on', () => {
    const off = RuleSchema.parse({ ...RETAINED, enabled: false });
    expect(firingsOf(tell(aFoldState({ rules: [off] }), set('Retained')))).toEqual([]);
    const on = RuleSchema.parse({ ...off, enabled: true });
    expect(firingsOf(tell(aFoldState({ rules: [on] }), set('Retained')))).toEqual(['retained: CRM Status "Retained"']);
  });
});

describe('an action on the CRM', () => {
  it('says which field it writes, where it is not the status of the case (S0-50)', () => {
    const then = [
      { kind: 'crm_status', status: 'Retained' },
      { kind: 'crm_status', status: '12', field: 'substatus', group: 'Dialer Status' },
    ] as const;
    const rule = aRule('write', { trigger: 'crm_status', outcome: 'x' }, then);
    const { changes } = tell(aFoldState({ rules: [rule] }), set('x'));
    expect(changes[0]?.executions.map(({ payload }) => payload)).toEqual([
      { status: 'Retained' },
      { status: '12', field: 'substatus', group: 'Dialer Status' },
    ]);
  });

  it('says of which type its note is, where the rule names one (S0-47)', () => {
    const then = [
      { kind: 'crm_note', text: 'Usual.' },
      { kind: 'crm_note', text: 'Named.', noteType: '4' },
    ] as const;
    const rule = aRule('note', { trigger: 'crm_status', outcome: 'x' }, then);
    const { changes } = tell(aFoldState({ rules: [rule] }), set('x'));
    expect(changes[0]?.executions.map(({ payload }) => payload)).toEqual([
      { text: 'Usual.' },
      { text: 'Named.', noteType: '4' },
    ]);
  });
});

describe('an outcome of the firm’s own', () => {
  const named = aRule('no-show', { trigger: 'call_outcome', outcome: 'no_show' }, [{ kind: 'stop_calls' }]);
  const state = aFoldState({ rules: [named], attempt: { state: 'accepted' } });

  it('fires its own rules, and those of what it counts as (S0-48)', () => {
    const tagged = (more: object = {}) =>
      aFact({ kind: 'call_outcome', outcome: 'unsuccessful', named: 'no_show', ...more });
    const story = tell(state, tagged());
    expect(firingsOf(story)).toEqual(['no-show: No Show Call']);
    expect(story.state.attempt?.outcome).toBe('unsuccessful');
    expect(story.changes[0]?.timeline[0]?.data).toEqual({ outcome: 'unsuccessful', by: 'agent', named: 'no_show' });
    expect(firingsOf(tell(state, tagged({ runRules: false })))).toEqual([]);
  });

  it('that the mapping does not know is recorded, and a person sees that the call has no tag of ours (R-20)', () => {
    const unknown = (more: object = {}) => aFact({ kind: 'outcome_unmapped', named: 'no_show', ...more });
    const story = tell(state, unknown());
    expect(story.state.attempt?.outcome).toBe('untagged');
    expect(story.changes[0]).toMatchObject({
      wakes: true,
      timeline: [{ kind: 'call_analyzed', data: { outcome: 'untagged', named: 'no_show' } }, { kind: 'rule_fired' }],
    });
    expect(firingsOf(tell(state, unknown({ runRules: false })))).toEqual([]);
  });

  it.each([
    ['of no call', aFoldState({ attempt: null })],
    ['of a call that has a tag', aFoldState({ attempt: { outcome: 'converted' } })],
  ])('that the mapping does not know changes nothing %s', (_, before) => {
    expect(tell(before, aFact({ kind: 'outcome_unmapped', named: 'no_show' })).changes[0]).toMatchObject({
      wakes: false,
      timeline: [],
      attempt: {},
    });
  });
});

it('a text of ours that is kept elsewhere changes nothing', () => {
  expect(tell(aFoldState(), aFact({ kind: 'text_sent' })).changes[0]).toMatchObject({ wakes: false, timeline: [] });
});
