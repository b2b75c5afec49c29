import {
  plannedWords,
  TemplateChannelSchema,
  usualSegments,
  type Variant,
  variablesIn,
  variantProblems,
  VariantsSchema,
} from './message-template';

const sms = (text: string, language = 'en'): Variant => ({ language, subject: null, text });
const mail = (subject: string | null, text = 'Hello'): Variant => ({ language: 'en', subject, text });

describe('the words of a template (U-10)', () => {
  it('are good when everything in them is filled', () => {
    const text = 'Hi {{contact.first_name | default: "there"}}, {{contact.claim}} {{company.name}}';
    expect(variantProblems('sms', [sms(text), sms('Hola', 'es')], ['claim'])).toEqual([]);
    expect(variantProblems('email', [mail('Claim {{contact.claim}}', text)], ['claim'])).toEqual([]);
  });

  it('are refused with each tag that contacts do not have, at its place', () => {
    const variants = [mail('{{contact.clam}}'), { ...mail('Yes', '{{weather}} {{company.nme}}'), language: 'es' }];
    expect(variantProblems('email', variants, ['claim'])).toEqual([
      {
        at: '/0/subject',
        detail: 'the variable "contact.clam" at position 1 is not known; did you mean "contact.claim"?',
        value: 'contact.clam',
      },
      { at: '/1/text', detail: 'the variable "weather" at position 1 is not known', value: 'weather' },
      {
        at: '/1/text',
        detail: 'the variable "company.nme" at position 13 is not known; did you mean "company.name"?',
        value: 'company.nme',
      },
    ]);
  });

  it.each<[string, 'sms' | 'email', Variant[], object]>([
    [
      'a tag that does not end',
      'sms',
      [sms('Hi {{contact')],
      { at: '/0/text', detail: expect.stringMatching(/position 4 must end/) },
    ],
    ['a language that stands twice', 'sms', [sms('a'), sms('b')], { at: '/1/language', value: 'en' }],
    ['a subject of a text', 'sms', [mail('Hi')], { at: '/0/subject', detail: 'must be left out: a text has none' }],
    ['a mail without one', 'email', [mail(null)], { at: '/0/subject', detail: 'must be there: a mail has one' }],
    ['a text that is too long', 'sms', [sms('a'.repeat(1_601))], { at: '/0/text', value: 1_601 }],
  ])('are refused for %s', (_, channel, variants, problem) => {
    expect(variantProblems(channel, variants, [])).toEqual([expect.objectContaining(problem)]);
  });

  it('may have a subject of nothing but spaces as little as no variant at all', () => {
    expect(VariantsSchema.safeParse([]).success).toBe(false);
    expect(VariantsSchema.safeParse([{ language: 'en', subject: ' ', text: 'x' }]).success).toBe(false);
    expect(VariantsSchema.parse([{ language: 'en', text: ' x ' }])).toEqual([sms('x')]);
  });

  it('are sent as a text or as a mail, and spoken by nobody', () => {
    expect(TemplateChannelSchema.options).toEqual(['sms', 'email']);
  });

  it('name their variables once, and none where they are broken', () => {
    expect(variablesIn([mail('{{a}}', '{{b}} {{a}}'), sms('{{c'), sms('{{b}}', 'es')])).toEqual(['a', 'b']);
  });

  it('stand in a plan as those for everybody and their translations', () => {
    expect(plannedWords([sms('Hi')])).toEqual({ text: 'Hi' });
    expect(plannedWords([mail('S', 'Hi'), { language: 'es', subject: 'A', text: 'Hola' }])).toEqual({
      text: 'Hi',
      subject: 'S',
      translations: { es: { subject: 'A', text: 'Hola' } },
    });
    expect(() => plannedWords([])).toThrow(RangeError);
  });

  it('are measured with values of usual length', () => {
    expect(usualSegments('Hi {{contact.first_name}}').size).toMatchObject({ units: 15, segments: 1 });
    expect(usualSegments('{{form.link}}').size.units).toBe(70);
    expect(usualSegments('Hi').warning).toBeNull();
    expect(usualSegments('ж'.repeat(300)).warning).toMatch(/^the text is 5 segments long/);
  });
});
