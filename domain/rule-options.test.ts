import { CrmMappingSchema } from './crm-mapping';
import { RuleSchema } from './rule';
import {
  actionOptions,
  noteTypesIn,
  noteTypesMissing,
  outcomeOptions,
  ruleProblems,
  type RuleSetting,
  statusOptions,
  triggerOptions,
} from './rule-options';

const STATUSES = [
  { value: '2', label: 'Retained' },
  { field: 'substatus', value: '12', group: 'Dialer Status', label: 'Busy' },
  { field: 'substatus', value: '30', label: 'Waiting' },
  { value: 'hidden', label: 'Hidden', offered: false },
];
const crmWith = (mapping: object) => ({ name: 'Case manager', mapping: CrmMappingSchema.parse(mapping) });
const setting = (changes: Partial<RuleSetting> = {}): RuleSetting => ({
  hasForm: true,
  buckets: [],
  crm: crmWith({ statuses: STATUSES }),
  ...changes,
});
const triggerOf = (name: string, changes?: Partial<RuleSetting>) =>
  triggerOptions(setting(changes)).find(({ trigger }) => trigger === name);
const actionOf = (name: string, changes?: Partial<RuleSetting>, query?: string) =>
  actionOptions(setting(changes), query).find(({ kind }) => kind === name);

describe('the triggers of a campaign', () => {
  it('are five, each with outcomes of its own', () => {
    expect(triggerOptions(setting()).map(({ trigger, available }) => [trigger, available])).toEqual([
      ['call_outcome', true],
      ['reply_bucket', true],
      ['handoff', true],
      ['form', true],
      ['crm_status', true],
    ]);
    expect(triggerOf('handoff')?.outcomes).toEqual([{ outcome: 'requested', label: 'Requested' }]);
  });

  it('have our four outcomes of a call, or those of the mapping in their place (S0-48)', () => {
    const four = ['successful', 'unsuccessful', 'converted', 'disqualified'];
    expect(triggerOf('call_outcome')?.outcomes.map(({ outcome }) => outcome)).toEqual(four);
    expect(outcomeOptions(setting({ crm: null }))).toEqual(triggerOf('call_outcome')?.outcomes);
    const outcomes = [
      { outcome: 'converted', label: 'Signed', countsAs: 'converted' },
      { outcome: 'no_show', label: 'No show', countsAs: 'unsuccessful' },
    ];
    expect(triggerOf('call_outcome', { crm: crmWith({ outcomes }) })?.outcomes).toEqual([
      { outcome: 'converted', label: 'Signed' },
      { outcome: 'no_show', label: 'No show' },
    ]);
  });

  it('have the buckets that the classifier knows and those of the campaign (S0-28)', () => {
    const { outcomes = [] } = triggerOf('reply_bucket', { buckets: ['wants_spanish', 'interested'] }) ?? {};
    expect(outcomes).toContainEqual({ outcome: 'needs_follow_up', label: 'Needs follow up' });
    expect(outcomes).toContainEqual({ outcome: 'wants_spanish', label: 'Wants spanish' });
    expect(outcomes.filter(({ outcome }) => outcome === 'interested')).toHaveLength(1);
  });

  it('wait for a form only where there is one (S0-32)', () => {
    expect(triggerOf('form', { hasForm: false })).toMatchObject({
      available: false,
      reason: 'The campaign has no form attached.',
    });
  });

  it('wait for a status of the connected CRM (U-1)', () => {
    expect(triggerOf('crm_status')?.outcomes).toEqual([
      { outcome: '2', label: 'Status: Retained' },
      { outcome: '12', field: 'substatus', group: 'Dialer Status', label: 'Substatus (Dialer Status): Busy' },
      { outcome: '30', field: 'substatus', label: 'Substatus: Waiting' },
    ]);
    expect(triggerOf('crm_status', { crm: null })).toMatchObject({ available: false, outcomes: [] });
  });
});

describe('the actions of a campaign', () => {
  it('offer the values of the CRM that is connected (S0-47), each labelled with its field (S0-50)', () => {
    expect(actionOf('crm_status')?.statuses).toEqual([
      { status: '2', field: 'status', label: 'Status: Retained' },
      { status: '12', field: 'substatus', group: 'Dialer Status', label: 'Substatus (Dialer Status): Busy' },
      { status: '30', field: 'substatus', label: 'Substatus: Waiting' },
    ]);
    expect(actionOf('crm_note')).toEqual({ kind: 'crm_note', label: 'Post CRM Note', available: true, reason: null });
  });

  it('can be searched, statuses and substatuses alike (S0-49)', () => {
    expect(actionOf('crm_status', {}, 'busy')?.statuses?.map(({ status }) => status)).toEqual(['12']);
    expect(statusOptions(CrmMappingSchema.parse({ statuses: STATUSES }).statuses, ' ')).toHaveLength(3);
  });

  it('of a CRM are unavailable without one, with the reason (S0-73)', () => {
    for (const kind of ['crm_status', 'crm_note'])
      expect(actionOf(kind, { crm: null })).toMatchObject({
        available: false,
        reason: 'No CRM is connected: make a connection, and name it in the campaign or make it the default.',
      });
    expect(actionOf('stop_calls', { crm: null })).toMatchObject({ available: true, reason: null });
  });
});

describe('a rule whose target is not there', () => {
  const rule = (changes: object) =>
    RuleSchema.parse({
      key: 'r',
      when: { trigger: 'handoff', outcome: 'requested' },
      then: [{ kind: 'stop_calls' }],
      ...changes,
    });
  const problems = (changes: object, where?: Partial<RuleSetting>) =>
    ruleProblems([rule({ key: 'good' }), rule(changes)], setting(where)).map(({ rule: key, path, detail, value }) => [
      `${key} ${path.join('.')} ${value}`,
      detail,
    ]);
  const NO_CRM = expect.stringContaining('No CRM is connected');

  it('is told apart from those that are well', () => {
    const then = [
      { kind: 'crm_status', status: '2' },
      { kind: 'crm_note', text: 'x' },
    ];
    expect(problems({ then, note: 'x' })).toEqual([]);
    expect(problems({ when: { trigger: 'form', outcome: 'completed' } })).toEqual([]);
    expect(problems({ when: { trigger: 'call_outcome', outcome: 'converted' } })).toEqual([]);
    expect(problems({ when: { trigger: 'reply_bucket', outcome: 'anything' } })).toEqual([]);
    expect(
      problems({ when: { trigger: 'crm_status', outcome: '12', field: 'substatus', group: 'dialer status' } }),
    ).toEqual([]);
    expect(problems({ then: [{ kind: 'crm_status', status: 'Typed' }] }, { crm: crmWith({}) })).toEqual([]);
  });

  it('says that its form is gone (S0-32)', () => {
    expect(problems({ when: { trigger: 'form', outcome: 'completed' } }, { hasForm: false })).toEqual([
      ['r 1.when.outcome completed', 'The campaign has no form attached.'],
    ]);
  });

  it('says that the mapping has its status no more (R-20)', () => {
    const gone = (words: string) => `${words} is not in the mapping of "Case manager" (any more).`;
    expect(problems({ then: [{ kind: 'crm_status', status: '99' }] })).toEqual([
      ['r 1.then.0.kind crm_status', gone('Status: 99')],
    ]);
    expect(problems({ when: { trigger: 'crm_status', outcome: '12' } })).toEqual([
      ['r 1.when.outcome 12', gone('Status: 12')],
    ]);
    const outcomes = [{ outcome: 'no_show', label: 'No show', countsAs: 'unsuccessful' }];
    expect(
      problems({ when: { trigger: 'call_outcome', outcome: 'converted' } }, { crm: crmWith({ outcomes }) }),
    ).toEqual([
      [
        'r 1.when.outcome converted',
        expect.stringContaining('"Case manager" has no outcome "converted" in its mapping'),
      ],
    ]);
    expect(problems({ when: { trigger: 'call_outcome', outcome: 'no_show' } }, { crm: null })[0]?.[1]).toContain(
      'The voice agent',
    );
  });

  it('says that there is no CRM (S0-73)', () => {
    const then = [
      { kind: 'crm_status', status: 'x' },
      { kind: 'crm_note', text: 'x' },
    ];
    expect(problems({ then, note: 'A note.', when: { trigger: 'crm_status', outcome: 'x' } }, { crm: null })).toEqual([
      ['r 1.when.outcome x', NO_CRM],
      ['r 1.then.0.kind crm_status', NO_CRM],
      ['r 1.then.1.kind crm_note', NO_CRM],
      ['r 1.note A note.', NO_CRM],
    ]);
  });
});

describe('a note type that a rule names (S0-47)', () => {
  const note = (noteType?: string) =>
    RuleSchema.parse({
      key: 'noted',
      when: { trigger: 'handoff', outcome: 'requested' },
      then: [
        { kind: 'stop_calls' },
        { kind: 'crm_note', text: 'Hello.', ...(noteType === undefined ? {} : { noteType }) },
      ],
    });
  const crm = crmWith({ noteTypes: [{ value: '3', label: 'Intake' }] });

  it('has to be one that the CRM has; a note may name none', () => {
    expect(noteTypesMissing([note(), note('3')], { crm })).toEqual([]);
    expect(noteTypesMissing([note(), note('4')], { crm })).toEqual([
      { at: 1, ix: 1, value: '4', detail: '"Case manager" has no note type "4" (any more).' },
    ]);
    expect(noteTypesMissing([note('4')], { crm: null })).toEqual([]);
    expect(noteTypesIn([note(), note('4')])).toEqual([{ at: 1, ix: 1, value: '4' }]);
  });

  it('is told with its rule where it is gone (R-20)', () => {
    expect(ruleProblems([note('3')], setting({ crm }))).toEqual([]);
    expect(ruleProblems([note('4')], setting({ crm }))).toEqual([
      { rule: 'noted', path: [0, 'then', 1, 'noteType'], detail: expect.stringContaining('"4"'), value: '4' },
    ]);
  });
});
