import { PlanSchema, WeekdaySchema } from './plan';
import { aMail, aText, type MessageInput, someCalls } from './planner-builders';

const run = (changes: object = {}) => ({
  key: 'intake',
  startsOn: '2027-03-01',
  hours: { mode: 'company_times' },
  calls: someCalls(),
  ...changes,
});
const TEMPLATE = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0001';
const WORDLESS = { key: 'text', channel: 'sms' as const, when: { kind: 'after_start' as const } };
const messaging = (...messages: MessageInput[]) => run({ calls: undefined, messages });
const problemsOf = (...runs: object[]) =>
  PlanSchema.safeParse({ runs }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a plan', () => {
  it('is completed with what goes without saying (K-11, K-12)', () => {
    expect(PlanSchema.parse({ runs: [run({ messages: [aText({ when: { kind: 'before_call' } })] })] })).toEqual({
      formId: null,
      runs: [
        {
          key: 'intake',
          startsOn: '2027-03-01',
          endsOn: null,
          weekdays: [1, 2, 3, 4, 5],
          hours: { mode: 'company_times' },
          calls: {
            attempts: 3,
            spacingMinutes: { default: 240 },
            perDay: 3,
            avoidFailedHour: false,
            ringSeconds: 25,
            greeting: 'Hello.',
            voicemail: { kind: 'hang_up' },
          },
          messages: [{ key: 'text', channel: 'sms', text: 'Hello.', when: { kind: 'before_call', delayMinutes: 2 } }],
        },
      ],
    });
  });

  it.each<[string, object]>([
    ['calls alone (S1-43)', run()],
    ['messages alone (S1-44)', messaging(aText(), aMail())],
    ['both (S1-45)', run({ messages: [aText({ when: { kind: 'before_call' } }), aMail()] })],
    ['hours of its own (K-2)', run({ hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '12:00' }] } })],
    ['a single day', run({ endsOn: '2027-03-01' })],
    ['a weekend (K-1)', run({ weekdays: [6, 7] })],
    ['a message at a set time (S1-4)', messaging(aMail({ when: { kind: 'at', on: '2027-03-01', time: '10:00' } }))],
    [
      'a message on its last day',
      { ...messaging(aMail({ when: { kind: 'at', on: '2027-03-05', time: '10:00' } })), endsOn: '2027-03-05' },
    ],
    [
      'a text to leave on voicemail (K-20)',
      run({ calls: someCalls({ voicemail: { kind: 'leave_text', text: 'Call us.' } }) }),
    ],
    [
      'a message whose words are those of a template (U-10)',
      messaging({ ...WORDLESS, templateId: TEMPLATE, templateVersion: 2 }),
    ],
    ['a mail of a template (U-10)', messaging({ ...WORDLESS, channel: 'email', templateId: TEMPLATE })],
    ['a message in several languages', messaging(aText({ translations: { es: { text: 'Hola.' } } }))],
  ])('may have a run with %s', (_, each) => {
    expect(problemsOf(each)).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'ends before it starts',
      run({ endsOn: '2027-02-28' }),
      'runs.0.endsOn: the run ends on 2027-02-28, before it starts on 2027-03-01',
    ],
    [
      'starts on a day that does not exist',
      run({ startsOn: '2027-02-30' }),
      'runs.0.startsOn: must be a date like 2027-03-01',
    ],
    ['ends on no date', run({ endsOn: 'never' }), 'runs.0.endsOn: must be a date like 2027-03-01'],
    ['does nothing', messaging(), 'runs.0.messages: a run needs calls, messages or both'],
    ['has no weekday', run({ weekdays: [] }), 'runs.0.weekdays: '],
    ['has an eighth weekday', run({ weekdays: [8] }), 'runs.0.weekdays.0: '],
    [
      'has call fields without calls (K-10)',
      { ...messaging(aText()), attempts: 3 },
      'runs.0: Unrecognized key: "attempts"',
    ],
    ['has a field that nobody knows (R-24)', run({ selfHealing: false }), 'runs.0: Unrecognized key: "selfHealing"'],
    [
      'has call hours in company times',
      run({ hours: { mode: 'company_times', slots: [] } }),
      'runs.0.hours: Unrecognized key: "slots"',
    ],
    [
      'has overlapping slots (K-9)',
      run({
        hours: {
          mode: 'calling_times',
          slots: [
            { open: '09:00', close: '12:00' },
            { open: '11:00', close: '13:00' },
          ],
        },
      }),
      'runs.0.hours.slots.1: the slot 11:00–13:00 overlaps 09:00–12:00',
    ],
    ['has no calls to make', run({ calls: someCalls({ attempts: 0 }) }), 'runs.0.calls.attempts: '],
    [
      'spaces calls by less than nothing',
      run({ calls: someCalls({ spacingMinutes: { busy: -1 } }) }),
      'runs.0.calls.spacingMinutes.busy: ',
    ],
    ['says nothing on a call', run({ calls: someCalls({ greeting: ' ' }) }), 'runs.0.calls.greeting: '],
    [
      'has the key of promised callbacks',
      run({ key: 'promises' }),
      'runs.0.key: the run key "promises" is taken: promised callbacks have it',
    ],
    ['has a key with a dot', run({ key: 'a.b' }), 'runs.0.key: must be 1 to 40 characters'],
    [
      'has a text ahead of calls that it does not have (K-10)',
      messaging(aText({ when: { kind: 'before_call' } })),
      'runs.0.messages.0.when.kind: a messaging-only run has no call to be before or after (K-10)',
    ],
    [
      'has a mail after calls that it does not have (K-10)',
      messaging(aMail(), aText({ when: { kind: 'after_call', results: ['any'] } })),
      'runs.0.messages.1.when.kind: a messaging-only run has no call to be before or after (K-10)',
    ],
    [
      'has a message keyed "call"',
      run({ messages: [aText({ key: 'call' })] }),
      'runs.0.messages.0.key: the message key "call" is taken: calls have it',
    ],
    [
      'has a message keyed "callback"',
      run({ messages: [aText({ key: 'callback' })] }),
      'runs.0.messages.0.key: the message key "callback" is taken: calls have it',
    ],
    [
      'has two messages of one key',
      run({ messages: [aText(), aMail({ key: 'text' })] }),
      'runs.0.messages.1.key: the message key "text" is used twice in this run',
    ],
    [
      'has a message before its first day',
      messaging(aMail({ when: { kind: 'at', on: '2027-02-28', time: '10:00' } })),
      'runs.0.messages.0.when.on: the message is due on 2027-02-28, which is no day of its run',
    ],
    [
      'has a message after its last day',
      { ...messaging(aMail({ when: { kind: 'at', on: '2027-03-06', time: '10:00' } })), endsOn: '2027-03-05' },
      'runs.0.messages.0.when.on: the message is due on 2027-03-06, which is no day of its run',
    ],
    [
      'has a message at no time',
      messaging(aMail({ when: { kind: 'at', on: '2027-03-01', time: '25:00' } })),
      'runs.0.messages.0.when.time: must be a time like 09:00',
    ],
    [
      'waits for no result',
      run({ messages: [aMail({ when: { kind: 'after_call', results: [] } })] }),
      'runs.0.messages.0.when.results: ',
    ],
    [
      'has a text with a subject',
      messaging({ ...aText(), subject: 'Hello' } as never),
      'runs.0.messages.0: Unrecognized key: "subject"',
    ],
    [
      'has a message without words (U-10)',
      messaging(WORDLESS),
      'runs.0.messages.0.text: must say something, or templateId must say whose words it has',
    ],
    [
      'has a mail without a subject',
      messaging({ ...WORDLESS, channel: 'email', text: 'Hello.' }),
      'runs.0.messages.0.subject: must say something',
    ],
    [
      'has a message in the version of no template',
      messaging(aText({ templateVersion: 2 })),
      'runs.0.messages.0.templateVersion: a version without templateId is a version of nothing',
    ],
    [
      'has a translation without a text',
      messaging(aText({ translations: { es: { text: ' ' } } })),
      'runs.0.messages.0.translations.es.text: ',
    ],
  ])('is refused when a run %s', (_, each, problem) => {
    expect(problemsOf(each)).toEqual([expect.stringContaining(problem)]);
  });

  it('has at least one run, each with a key of its own', () => {
    expect(problemsOf()).toHaveLength(1);
    expect(problemsOf(run(), run({ startsOn: '2027-04-01' }))).toEqual([
      'runs.1.key: the run key "intake" is used twice',
    ]);
  });
});

it('weekdays run from Monday, 1, to Sunday, 7', () => {
  const days = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((day) => WeekdaySchema.safeParse(day).success);
  expect(days).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
