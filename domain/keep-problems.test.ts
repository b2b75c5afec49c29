import { CampaignDefinitionSchema } from './campaign-definition';
import { keepProblems } from './keep-problems';
import { someCalls } from './planner-builders';

const LIST = '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a01';
const RUN = {
  key: 'week',
  startsOn: '2027-03-01',
  endsOn: '2027-03-12',
  weekdays: [1, 2, 3],
  hours: { mode: 'company_times' },
  calls: someCalls({ attempts: 3, perDay: 2 }),
};
const POLICY = {
  companySlots: [
    { open: '09:00', close: '12:00' },
    { open: '12:00', close: '17:00' },
  ],
  caps: { perDay: 2 },
};

function definition(changes: { run?: object; policy?: object; listId?: string; runs?: object[] } = {}) {
  return CampaignDefinitionSchema.parse({
    name: 'Campaign',
    listId: changes.listId ?? LIST,
    plan: { runs: changes.runs ?? [{ ...RUN, ...changes.run }] },
    policy: { ...POLICY, ...changes.policy },
  });
}

const pointers = (after: Parameters<typeof definition>[0], before: Parameters<typeof definition>[0] = {}) =>
  keepProblems(definition(before), definition(after)).map(({ pointer }) => pointer.replace('#/definition/', ''));

describe('whoever is inside can be kept in the version before', () => {
  it.each<[string, Parameters<typeof definition>[0], Parameters<typeof definition>[0]?]>([
    ['nothing changes', {}],
    [
      'a wait becomes shorter or longer (E-1, E-2)',
      { run: { calls: someCalls({ spacingMinutes: { default: 9 }, perDay: 2 }) } },
    ],
    ['whoever leaves the list may stay from now on (E-13)', {}, { policy: { leavesWithList: true } }],
    ['hours are widened (E-4)', { policy: { companySlots: [{ open: '08:30', close: '18:00' }] } }],
    ['dates and weekdays are widened (E-4)', { run: { startsOn: '2027-02-22', endsOn: null, weekdays: [1, 2, 3, 4] } }],
    [
      'the attempt cap is raised (E-5)',
      { run: { calls: someCalls({ attempts: 5, perDay: 3 }) }, policy: { caps: {} } },
    ],
    ['the calls of a run are taken out (E-8)', { run: { calls: undefined, messages: [aMessage()] } }],
    ['a run comes in, and another one goes (E-6, E-8)', { runs: [{ ...RUN, key: 'other', hours: shortHours() }] }],
  ])('where %s', (_, after, before = {}) => {
    expect(pointers(after, before)).toEqual([]);
  });
});

describe('nobody can be kept', () => {
  it.each<[string, Parameters<typeof definition>[0], string[]]>([
    [
      'where company hours are narrowed (E-3)',
      { policy: { companySlots: [{ open: '09:00', close: '16:59' }] } },
      ['policy/companySlots', 'plan/runs/0/hours'],
    ],
    [
      'where a gap comes in (E-3)',
      {
        policy: {
          companySlots: [
            { open: '13:00', close: '17:00' },
            { open: '09:00', close: '12:00' },
          ],
        },
      },
      ['policy/companySlots', 'plan/runs/0/hours'],
    ],
    ['where the hours of a run are narrowed (E-3)', { run: { hours: shortHours() } }, ['plan/runs/0/hours']],
    ['where weekdays are narrowed (E-3)', { run: { weekdays: [1, 2] } }, ['plan/runs/0/weekdays']],
    [
      'where dates are narrowed (E-3)',
      { run: { startsOn: '2027-03-02', endsOn: '2027-03-11' } },
      ['plan/runs/0/startsOn', 'plan/runs/0/endsOn'],
    ],
    ['where a holiday comes in (E-3)', { policy: { closedOn: ['2027-03-03'] } }, ['policy/closedOn']],
    [
      'where attempts are lowered (E-5)',
      { run: { calls: someCalls({ attempts: 2, perDay: 1 }) } },
      ['plan/runs/0/calls/attempts', 'plan/runs/0/calls/perDay'],
    ],
    [
      'where a cap is lowered or comes in (E-5)',
      { policy: { caps: { perDay: 1, perWeek: 4 } } },
      ['policy/caps/perDay', 'policy/caps/perWeek'],
    ],
    [
      'where rules change (E-12)',
      {
        policy: {
          rules: [{ key: 'r', when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind: 'stop_calls' }] }],
        },
      },
      ['policy/rules'],
    ],
    [
      'where whoever has left the list is let go from now on (E-13)',
      { policy: { leavesWithList: true } },
      ['policy/leavesWithList'],
    ],
    ['where another list is taken (E-13)', { listId: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a02' }, ['listId']],
    [
      'where calls come to be scheduled elsewhere (K-8)',
      { policy: { callsScheduledExternally: true } },
      ['policy/callsScheduledExternally'],
    ],
    [
      'where limit or pace change (E-14)',
      { policy: { concurrencyLimit: 5, callsPerMinute: 9 } },
      ['policy/concurrencyLimit', 'policy/callsPerMinute'],
    ],
  ])('%s', (_, after, expected) => {
    expect(pointers(after)).toEqual(expected);
  });

  it('where a run without an end gets one (E-3)', () => {
    expect(pointers({}, { run: { endsOn: null } })).toEqual(['plan/runs/0/endsOn']);
  });

  it('and the rule is named with the value', () => {
    expect(keepProblems(definition(), definition({ policy: { concurrencyLimit: 5 } }))).toEqual([
      {
        pointer: '#/definition/policy/concurrencyLimit',
        detail: 'a limit is one for all: nobody can be kept in the version before',
        value: 5,
      },
    ]);
  });
});

function shortHours() {
  return { mode: 'calling_times', slots: [{ open: '09:00', close: '12:00' }] };
}

function aMessage() {
  return { key: 'text', channel: 'sms', text: 'Hello.', when: { kind: 'after_start' } };
}
