import * as fc from 'fast-check';
import { CampaignDefinitionSchema } from './campaign-definition';
import type { DraftSteps } from './draft';
import { inOrderOfSteps, inspectDraft, problemAt } from './draft-problems';
import { CAMPAIGN_TEMPLATES } from './campaign-templates';

const placesOf = (steps: DraftSteps) => inspectDraft(steps).problems.map(({ step, field }) => `${step}: ${field}`);
const RUN = { key: 'one', startsOn: '2027-03-01', hours: { mode: 'company_times' } };
const TEXT = { key: 't', channel: 'sms', when: { kind: 'after_start' }, text: 'Hello.' };
const MESSAGING: DraftSteps = {
  basics: { name: 'Intake follow-up' },
  list: { listId: '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0001' },
  schedule: { runs: [{ ...RUN, messages: [TEXT] }] },
};
const CALLS = { ...RUN, calls: { attempts: 1, greeting: 'Hi.' } };

describe('the problems of a draft', () => {
  it('are none where it is complete; only calls need an agent (S1-13)', () => {
    expect(inspectDraft(MESSAGING).problems).toEqual([]);
    const calling = { ...MESSAGING, schedule: { runs: [CALLS] } };
    expect(inspectDraft(calling).problems).toEqual([
      {
        step: 'agent',
        field: 'agentId',
        pointer: '#/plan/agentId',
        rule: 'calls need an agent; only messages go without one (S1-13)',
        value: null,
      },
    ]);
    const agent = { agentId: '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0002' };
    expect(inspectDraft({ ...calling, agent }).problems).toEqual([]);
  });

  it('name step, field, value and rule of what is missing or half typed (S1-106)', () => {
    expect(inspectDraft({ basics: { name: 'ab' } }).problems).toEqual([
      { step: 'basics', field: 'name', pointer: '#/name', rule: expect.stringContaining('>=3'), value: 'ab' },
      { step: 'list', field: 'listId', pointer: '#/listId', rule: 'is missing' },
      { step: 'schedule', field: 'runs', pointer: '#/plan/runs', rule: 'is missing' },
    ]);
  });

  it('are all told at once, of every step, those behind others as well (S1-106)', () => {
    const steps: DraftSteps = {
      basics: { name: 'ab', colour: 'red' },
      list: { listId: 'clients' },
      schedule: {
        runs: [
          {
            ...RUN,
            startsOn: 'soon',
            calls: { attempts: 0, greeting: 'Hi {{moon.phase}}', perDay: 'often' },
            messages: [
              { ...TEXT, channel: 'fax' },
              { ...TEXT, text: '' },
              { ...TEXT, key: 'late', when: { kind: 'after_call', results: [] } },
            ],
          },
          { ...RUN, endsOn: '2027-02-01', messages: [{ ...TEXT, when: { kind: 'before_call' } }] },
          'no run',
          {
            key: 'none',
            startsOn: '2027-03-01',
            hours: { mode: 'calling_times', slots: [{ open: '07:00', close: '12:00' }] },
          },
        ],
        companySlots: [{ open: '09:00' }],
      },
      rules: {
        rules: [
          { key: 'r', when: { trigger: 'handoff', outcome: 'requested' }, then: [] },
          { key: 'r', when: { trigger: 'moon' }, then: [{ kind: 'stop_calls' }] },
        ],
      },
      settings: { concurrencyLimit: -1, callsPerMinute: 'fast' },
      reports: {
        reports: [
          {
            key: 'weekly',
            kind: 'client_engagement',
            name: 'Weekly',
            every: { period: 'week' },
            time: '9',
            recipients: [],
          },
        ],
      },
      crm: { fields: [{ from: 'answer', key: 'injured' }] },
    };
    const places = placesOf(steps);
    expect(places).toEqual([...new Set(places)]);
    expect(places.sort()).toEqual(
      [
        'basics: name',
        'basics: colour',
        'list: listId',
        'agent: agentId',
        'schedule: runs/0/startsOn',
        'schedule: runs/0/calls/attempts',
        'schedule: runs/0/calls/perDay',
        'schedule: runs/0/calls/greeting',
        'schedule: runs/0/messages/0/channel',
        'schedule: runs/0/messages/1/text',
        'schedule: runs/0/messages/2/when/results',
        'schedule: runs/1/key',
        'schedule: runs/1/endsOn',
        'schedule: runs/1/messages/0/when/kind',
        'schedule: runs/2',
        'schedule: runs/3/hours/slots/0/open',
        'schedule: runs/3/messages',
        'schedule: companySlots/0/close',
        'rules: rules/0/then',
        'rules: rules/1/when/trigger',
        'rules: rules/1/key',
        'settings: concurrencyLimit',
        'settings: callsPerMinute',
        'reports: reports/0/every/weekday',
        'reports: reports/0/time',
        'reports: reports/0/recipients',
        'crm: fields/0/to',
      ].sort(),
    );
  });

  it('are told of whatever was typed, wherever it stands', () => {
    const calls = {
      attempts: 1,
      greeting: 'Hi.',
      voicemail: { kind: 'leave_text', text: 'Hi.' },
      spacingMinutes: { busy: 5 },
    };
    const hours = { mode: 'calling_times', slots: [{ open: '09:00', close: '12:00' }] };
    const mail = {
      ...TEXT,
      key: 'm',
      channel: 'email',
      subject: 'Hi',
      when: { kind: 'at', on: '2027-03-02', time: '10:00' },
    };
    const good: DraftSteps = {
      ...MESSAGING,
      agent: { agentId: '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0002' },
      form: { formId: 'intake' },
      schedule: { runs: [{ ...RUN, hours, calls, messages: [TEXT, mail], weekdays: [1] }], companySlots: hours.slots },
      rules: {
        rules: [{ key: 'r', when: { trigger: 'form', outcome: 'completed' }, then: [{ kind: 'crm_note', text: 'x' }] }],
      },
      settings: { caps: { perDay: 1 }, phrases: { later: ['not now'] }, neverEnding: true },
      crm: { fields: [{ from: 'answer', key: 'a', to: 'b' }] },
    };
    expect(inspectDraft(good).problems).toEqual([]);
    const somewhere = fc.constantFrom(...placesWithin(good));
    const edits = fc.array(fc.tuple(somewhere, fc.jsonValue({ maxDepth: 2 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(edits, (changes) => {
        const steps = structuredClone(good);
        for (const [path, value] of changes) edit(steps, path, value);
        const { problems, sound } = inspectDraft(steps);
        expect(CampaignDefinitionSchema.safeParse(sound).success).toBe(true);
        expect(problems.map(({ rule }) => rule)).not.toContain('');
      }),
      { numRuns: 300 },
    );
  });

  it('leave a definition with stand-ins, which are known as such', () => {
    const { sound, isStandIn } = inspectDraft({ ...MESSAGING, list: { listId: 5 } });
    expect(sound).toMatchObject({ name: 'Intake follow-up', plan: { runs: [{ key: 'one' }] } });
    expect([isStandIn('#/listId'), isStandIn('#/plan/runs/0')]).toEqual([true, false]);
  });

  it('are put under the step that shows the field', () => {
    expect(problemAt('#/plan/runs/0/calls', 'calls need a caller number')).toEqual({
      step: 'schedule',
      field: 'runs/0/calls',
      pointer: '#/plan/runs/0/calls',
      rule: 'calls need a caller number',
    });
  });

  it('come in the order of the steps', () => {
    const problems = ['#/policy/rules/0', '#/listId', '#/plan/runs/1', '#/plan/runs/0', '#/name'].map((at) =>
      problemAt(at, 'x'),
    );
    expect(inOrderOfSteps(problems).map(({ pointer }) => pointer)).toEqual([
      '#/name',
      '#/listId',
      '#/plan/runs/1',
      '#/plan/runs/0',
      '#/policy/rules/0',
    ]);
  });

  it('of a template are what it leaves to its author (U-9)', () => {
    const problems = CAMPAIGN_TEMPLATES.map(({ key, steps }) => [
      key,
      placesOf({ ...steps, basics: { name: 'My first' } }),
    ]);
    expect(Object.fromEntries(problems)).toEqual({
      voice: ['list: listId', 'agent: agentId', 'schedule: runs/0/startsOn'],
      'messaging-only': ['list: listId', 'schedule: runs/0/startsOn'],
      'multi-channel': ['list: listId', 'agent: agentId', 'schedule: runs/0/startsOn'],
    });
  });
});

/** Every field and element of what was typed. */
function placesWithin(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, each]) => placesWithin(each, [...path, name]));
  return path.length > 1 ? [path, ...inner] : inner;
}

function edit(target: object, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce<object>((each, name) => Object(Reflect.get(each, name)), target);
  Reflect.set(parent, String(path.at(-1)), value);
}
