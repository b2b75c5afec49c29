import { CampaignDefinitionSchema } from './campaign-definition';
import { textProblems } from './planned-texts';
import { aMail, aRun, aText, someCalls } from './planner-builders';
import { PolicySchema } from './policy';

const RULE = { key: 'note', when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind: 'stop_calls' }] };

interface Texts {
  readonly calls?: object;
  readonly messages?: object[];
  readonly rule?: object;
  readonly formId?: string | null;
}

const problemsOf = ({ calls, messages, rule, formId = null }: Texts) =>
  CampaignDefinitionSchema.safeParse({
    name: 'Texts',
    listId: '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0001',
    plan: {
      formId,
      runs: [
        {
          key: 'first',
          startsOn: '2027-03-01',
          hours: { mode: 'company_times' },
          ...(calls === undefined ? {} : { calls }),
          messages: messages ?? [aText()],
        },
      ],
    },
    policy: { rules: [rule ?? RULE] },
  }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a planned text', () => {
  it('may speak of contact, company, campaign and its links', () => {
    const text =
      '{{contact.first_name | default: "there"}} {{contact.case_number}} {{company.name}} {{company.address}} {{company.phone}} {{campaign.subject}} {{unsubscribe.link}} {{form.link}}';
    expect(problemsOf({ messages: [aText({ text })], formId: 'intake' })).toBeUndefined();
  });

  const bad = '{{weather}}';
  const withNote = { ...RULE, then: [...RULE.then, { kind: 'crm_note', text: bad }] };

  it.each<[string, Texts, string]>([
    ['a text', { messages: [aText({ text: bad })] }, 'plan.runs.0.messages.0.text'],
    ['a mail', { messages: [aText(), aMail({ text: bad })] }, 'plan.runs.0.messages.1.text'],
    ['a subject', { messages: [aMail({ subject: bad })] }, 'plan.runs.0.messages.0.subject'],
    ['a greeting', { calls: someCalls({ greeting: bad }) }, 'plan.runs.0.calls.greeting'],
    [
      'a voicemail',
      { calls: someCalls({ voicemail: { kind: 'leave_text', text: bad } }) },
      'plan.runs.0.calls.voicemail.text',
    ],
    ['a note to post', { rule: withNote }, 'policy.rules.0.then.1.text'],
    ["a card's own note", { rule: { ...RULE, note: bad } }, 'policy.rules.0.note'],
  ])('with an unknown variable is refused in %s', (_, texts, path) => {
    expect(problemsOf(texts)).toEqual([
      `${path}: the variable "weather" at position 1 is not known; known are contact.* and company.name, company.address, company.phone, campaign.subject, form.link, unsubscribe.link`,
    ]);
  });

  it.each([
    [
      'a broken tag',
      'Hello {{contact.first_name',
      'the variable at position 7 must end with }}, like {{contact.first_name | default: "there"}}',
    ],
    [
      'an unknown filter',
      'Hello {{contact.first_name | shout}}',
      'the variable at position 7 has the unknown filter "shout"; known are default, upper, lower, capitalize',
    ],
    ['the bare word contact', '{{contact}}', 'the variable "contact" at position 1 is not known'],
    ['a slip of the pen', 'By {{company.nme}}', 'at position 4 is not known; did you mean "company.name"?; known are'],
    ['a form link where there is no form', '{{form.link}}', 'form.link needs a form attached to the campaign'],
  ])('with %s is refused', (_, text, problem) => {
    expect(problemsOf({ messages: [aText({ text })] })).toEqual([expect.stringContaining(problem)]);
  });

  it('is checked in every language', () => {
    const translations = { es: { text: bad, subject: bad } };
    expect(problemsOf({ messages: [aMail({ translations })] })).toEqual([
      expect.stringContaining('plan.runs.0.messages.0.translations.es.text: '),
      expect.stringContaining('plan.runs.0.messages.0.translations.es.subject: '),
    ]);
  });

  it('is checked with all others at once', () => {
    expect(problemsOf({ messages: [aText({ text: bad }), aMail({ text: bad, subject: bad })] })).toHaveLength(3);
  });
});

it('texts that link to a form are told of where an agent brings none along (S1-40)', () => {
  const plan = { runs: [aRun({ messages: [aText({ text: 'Here: {{form.link}}' })] })], formId: null };
  const policy = PolicySchema.parse({});
  expect(textProblems({ plan, policy }, true)).toEqual([]);
  expect(textProblems({ plan, policy }, false)).toMatchObject([
    { path: ['plan', 'runs', 0, 'messages', 0, 'text'], rule: 'form.link needs a form attached to the campaign' },
  ]);
});
