import { actionsOf, BucketSchema, matchingRules, RuleSchema, type Trigger, triggerPhrase } from './rule';

const HANDOFF: Trigger = { trigger: 'handoff', outcome: 'requested' };
const card = (changes: object = {}) => ({ key: 'card', when: HANDOFF, then: [{ kind: 'stop_calls' }], ...changes });
const problemsOf = (rule: unknown) =>
  RuleSchema.safeParse(rule).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a rule', () => {
  it('takes every trigger and action of the product', () => {
    const triggers: Trigger[] = [
      { trigger: 'call_outcome', outcome: 'disqualified' },
      { trigger: 'reply_bucket', outcome: 'wants_spanish' },
      HANDOFF,
      { trigger: 'form', outcome: 'completed' },
      { trigger: 'crm_status', outcome: 'Retained' },
      { trigger: 'crm_status', outcome: '12', field: 'substatus', group: 'Dialer Status' },
    ];
    const then = [
      { kind: 'stop_calls' },
      { kind: 'stop_messaging' },
      { kind: 'stop_campaign' },
      { kind: 'crm_status', status: 'Retained' },
      { kind: 'crm_note', text: ' A note. ' },
    ];
    for (const when of triggers) expect(RuleSchema.parse(card({ when, then })).when).toEqual(when);
    expect(RuleSchema.parse(card({ then })).then.at(-1)).toEqual({ kind: 'crm_note', text: 'A note.' });
  });

  it.each([
    ['without any action (S0-71)', card({ then: [] }), 'then: a rule needs at least one action'],
    ['with an empty note to post (R-7)', card({ then: [{ kind: 'crm_note', text: ' ' }] }), 'then.0.text: '],
    ['with a note of blanks', card({ note: ' ' }), 'note: '],
    ['with a status of blanks', card({ then: [{ kind: 'crm_status', status: ' ' }] }), 'then.0.status: '],
    ['with a bad key', card({ key: 'My card' }), 'key: must be 1 to 40 characters'],
    [
      'with an outcome that is no name of one',
      card({ when: { trigger: 'call_outcome', outcome: 'Very busy' } }),
      'when.outcome: ',
    ],
    [
      'with the outcome of another trigger',
      card({ when: { trigger: 'form', outcome: 'requested' } }),
      'when.outcome: ',
    ],
    ['with an unknown trigger', card({ when: { trigger: 'weather', outcome: 'rain' } }), 'when.trigger: '],
    ['with an unknown action', card({ then: [{ kind: 'send_flowers' }] }), 'then.0.kind: '],
    ['with a field that nobody knows', card({ sendFlowers: true }), ': Unrecognized key: "sendFlowers"'],
  ])('is refused %s', (_, rule, problem) => {
    expect(problemsOf(rule)).toEqual([expect.stringContaining(problem)]);
  });

  it('orders its actions in order and its own note last, in a place of its own (S0-75)', () => {
    const then = [{ kind: 'crm_note', text: 'Look.' }, { kind: 'stop_calls' }];
    const places = (note: string | null) => actionsOf(RuleSchema.parse(card({ then, note }))).map(({ ix }) => ix);
    expect(places(null)).toEqual([0, 1]);
    expect(places('Look.')).toEqual([0, 1, -1]);
  });
});

describe('a bucket (S0-28)', () => {
  it.each(['interested', 'needs_follow_up', 'x', '2nd_call'])('may be %s', (bucket) => {
    expect(BucketSchema.parse(bucket)).toBe(bucket);
  });

  it.each(['', 'Interested', 'needs follow up', '_x', 'a'.repeat(41)])('may not be "%s"', (bucket) => {
    expect(BucketSchema.safeParse(bucket).error?.issues[0]?.message).toBe('must be a bucket like needs_follow_up');
  });
});

describe('a trigger', () => {
  it('finds the rules of its kind and outcome', () => {
    const of = (key: string, when: object) => RuleSchema.parse(card({ key, when }));
    const rules = [
      of('a', HANDOFF),
      of('b', { trigger: 'reply_bucket', outcome: 'completed' }),
      of('c', { trigger: 'form', outcome: 'completed' }),
      of('d', HANDOFF),
    ];
    expect(matchingRules(rules, HANDOFF).map(({ key }) => key)).toEqual(['a', 'd']);
    expect(matchingRules(rules, { trigger: 'form', outcome: 'completed' }).map(({ key }) => key)).toEqual(['c']);
  });

  it.each<[Trigger, string]>([
    [{ trigger: 'call_outcome', outcome: 'unsuccessful' }, 'Unsuccessful Call'],
    [{ trigger: 'reply_bucket', outcome: 'needs_follow_up' }, 'Needs Follow Up Reply'],
    [HANDOFF, 'Requested Handoff'],
    [{ trigger: 'form', outcome: 'completed' }, 'Completed Form'],
  ])('is one phrase (S0-58): %j', (trigger, phrase) => {
    expect(triggerPhrase(trigger)).toBe(phrase);
  });
});
