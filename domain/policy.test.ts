import { PolicySchema } from './policy';

const problemsOf = (policy: object) =>
  PolicySchema.safeParse(policy).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
const rule = (key: string) => ({
  key,
  when: { trigger: 'handoff', outcome: 'requested' },
  then: [{ kind: 'stop_calls' }],
});

describe('a policy', () => {
  it('is completed with what goes without saying (R-10, R-13)', () => {
    expect(PolicySchema.parse({})).toEqual({
      companySlots: [{ open: '12:00', close: '20:00' }],
      closedOn: [],
      caps: {},
      concurrencyLimit: 0,
      callsPerMinute: null,
      neverEnding: false,
      eachFailedCall: false,
      maxCallbacks: 3,
      solicits: false,
      handoffHoldHours: 72,
      leavesWithList: false,
      handoffAlerts: { recipients: [], escalation: null },
      callerNumbers: [],
      localPresence: false,
      enrichment: { afterUnreachable: null, on: [], kinds: ['phone'] },
      phrases: {},
      rules: [],
    });
  });

  it('takes many rules (S0-16)', () => {
    const rules = Array.from({ length: 300 }, (_, ix) => rule(`rule-${ix}`));
    expect(PolicySchema.parse({ rules }).rules).toHaveLength(300);
  });

  it.each([
    [
      'two rules of one key',
      { rules: [rule('a'), rule('b'), rule('a')] },
      'rules.2.key: the rule key "a" is used twice',
    ],
    ['a slot outside 8 to 21 (S1-56)', { companySlots: [{ open: '07:00', close: '12:00' }] }, 'companySlots.0.open: '],
    [
      'a closed day that does not exist',
      { closedOn: ['2027-12-25', '2027-02-30'] },
      'closedOn.1: must be a date like 2027-03-01',
    ],
    ['a cap of none', { caps: { perDay: 0 } }, 'caps.perDay: '],
    ['a cap that nobody knows', { caps: { perHour: 1 } }, 'caps: Unrecognized key: "perHour"'],
    ['fewer lines than none', { concurrencyLimit: -1 }, 'concurrencyLimit: '],
    ['no pace at all', { callsPerMinute: 0 }, 'callsPerMinute: '],
    ['a hold without an end', { handoffHoldHours: 24 * 91 }, 'handoffHoldHours: '],
    ['a phrase for no bucket', { phrases: { 'Wants Spanish': ['hola'] } }, 'phrases.Wants Spanish: '],
    ['a field that nobody knows (R-24)', { onBehalf: true }, ': Unrecognized key: "onBehalf"'],
  ])('is refused with %s', (_, policy, problem) => {
    expect(problemsOf(policy)).toEqual([expect.stringContaining(problem)]);
  });
});
