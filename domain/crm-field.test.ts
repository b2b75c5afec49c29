import { CrmFieldSchema, type CrmFieldMapping, fieldProblems, fieldWrites } from './crm-field';

const field = (name: string, more: object = {}) => CrmFieldSchema.parse({ name, label: name, ...more });
const from = (kind: 'answer' | 'attribute', key: string, to: string): CrmFieldMapping => ({ from: kind, key, to });
const FIELDS = [
  field('Text'),
  field('Number', { type: 'number' }),
  field('Date', { type: 'date' }),
  field('Flag', { type: 'boolean' }),
  field('Choice', { type: 'choice', options: ['Rear end', 'Other'] }),
];

describe('a field of a CRM', () => {
  it.each([
    [{ type: 'choice' }, 'a choice needs options'],
    [{ type: 'text', options: ['a'] }, 'only a choice has options'],
  ])('is refused as %j', (more, problem) => {
    const parsed = CrmFieldSchema.safeParse({ name: 'a', label: 'a', ...more });
    expect(parsed.error?.issues).toMatchObject([{ path: ['options'], message: problem }]);
  });
});

describe('the field mappings of a campaign (S1-108)', () => {
  const known = { fields: FIELDS, hasForm: true, attributes: { age: 'number', colour: 'text' } as const };
  const problems = (mappings: CrmFieldMapping[], more: object = {}) =>
    fieldProblems(mappings, { ...known, ...more }).map(
      ({ at, part, detail, value }) => `${at}.${part} ${value}: ${detail}`,
    );

  it('may write answers and attributes into any field that takes them', () => {
    const good = [
      from('answer', 'when', 'date'),
      from('attribute', 'age', 'Number'),
      from('attribute', 'colour', 'Choice'),
      from('attribute', 'unknown', 'Flag'),
      from('attribute', 'age', 'Text'),
    ];
    expect(problems(good)).toEqual([]);
  });

  it('are told what is wrong with each, with its place', () => {
    expect(problems([from('answer', 'when', 'Nowhere')], { hasForm: false })).toEqual([
      '0.from answer: answers need a form attached to the campaign',
      '0.to Nowhere: the connected CRM has no such field in its mapping',
    ]);
    expect(
      problems([from('answer', 'a', 'Text'), from('answer', 'b', 'text'), from('attribute', 'age', 'Date')]),
    ).toEqual([
      '1.to text: something else is written into this field already',
      '2.key age: is a number, and the field "Date" a date',
    ]);
  });
});

describe('what is written into the fields', () => {
  const write = (key: string, value: unknown, to: string) =>
    fieldWrites([from('answer', key, to)], FIELDS, { answers: { [key]: value }, attributes: {} });

  it.each([
    [' hello ', 'Text', 'hello'],
    [7, 'Text', '7'],
    ['-12.5', 'Number', '-12.5'],
    ['2027-02-28', 'Date', '2027-02-28'],
    ['Yes', 'Flag', 'true'],
    [false, 'Flag', 'false'],
    ['rear END', 'Choice', 'Rear end'],
  ])('is %j as the field %s takes it', (value, to, written) => {
    expect(write('q', value, to)).toEqual({ values: { [to]: written }, left: [] });
  });

  it.each([
    ['ten', 'Number', 'wrong_type'],
    ['2027-02-30', 'Date', 'wrong_type'],
    ['perhaps', 'Flag', 'wrong_type'],
    ['Head on', 'Choice', 'wrong_type'],
    [' ', 'Text', 'no_value'],
    [{}, 'Text', 'no_value'],
    ['x', 'Nowhere', 'unknown_field'],
  ])('is nothing for %j into %s, and says why: %s', (value, to, reason) => {
    expect(write('q', value, to)).toEqual({ values: {}, left: [{ field: to, reason }] });
  });

  it('comes from the attributes as well, and what is not there is left out', () => {
    const mappings = [from('attribute', 'colour', 'Text'), from('answer', 'colour', 'Choice')];
    expect(fieldWrites(mappings, FIELDS, { answers: {}, attributes: { colour: 'red' } })).toEqual({
      values: { Text: 'red' },
      left: [{ field: 'Choice', reason: 'no_value' }],
    });
  });
});
