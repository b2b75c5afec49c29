import { type Attribute, ATTRIBUTE_NAME, AttributeTypeSchema, fitAttributes } from './attribute';

const CATALOGUE: Attribute[] = [
  { name: 'note', type: 'text', choices: [] },
  { name: 'amount', type: 'number', choices: [] },
  { name: 'hurt_on', type: 'date', choices: [] },
  { name: 'insured', type: 'boolean', choices: [] },
  { name: 'injury', type: 'choice', choices: ['Knee', 'Lower back'] },
];
const fit = (name: string, value: string) => fitAttributes(CATALOGUE, { [name]: value });

describe('an attribute of the catalogue', () => {
  it.each([
    ['note', ' as told ', 'as told'],
    ['amount', '1200', '1200'],
    ['amount', '1,200.50', '1200.5'],
    ['amount', '-007.0', '-7'],
    ['amount', '-0.00', '0'],
    ['amount', '+0.25', '0.25'],
    ['amount', '999999999999999.0000000001', '999999999999999.0000000001'],
    ['hurt_on', '2027-03-01', '2027-03-01'],
    ['insured', 'Yes', 'true'],
    ['insured', '0', 'false'],
    ['injury', 'lower BACK', 'Lower back'],
    ['injury', '', ''],
    ['unknown', ' kept as it is', ' kept as it is'],
  ])('%s takes %j and keeps %j', (name, value, kept) => {
    expect(fit(name, value)).toEqual({ values: { [name]: kept }, faults: [] });
  });

  it.each([
    ['amount', '12a', 'must be a number like 1200 or -3.5, of at most 15 digits'],
    ['amount', '1,20', 'must be a number like 1200 or -3.5, of at most 15 digits'],
    ['amount', '1234567890123456', 'must be a number like 1200 or -3.5, of at most 15 digits'],
    ['hurt_on', '2027-02-30', 'must be a day like 2027-03-01'],
    ['insured', 'perhaps', 'must be true or false'],
    ['injury', 'Elbow', 'must be one of "Knee", "Lower back"'],
  ])('%s does not take %j', (name, value, rule) => {
    expect(fit(name, value)).toEqual({ values: {}, faults: [{ name, value, rule }] });
  });

  it('has one of five types, each of which takes some value', () => {
    const taken = { text: 'x', number: '1', date: '2027-03-01', boolean: 'no', choice: 'a' };
    for (const type of AttributeTypeSchema.options)
      expect(fitAttributes([{ name: 'it', type, choices: ['A'] }], { it: taken[type] }).faults).toEqual([]);
  });

  it.each([
    ['claim_number', true],
    ['claimNumber', false],
    ['1st', false],
  ])('may be called %s: %j', (name, may) => {
    expect(ATTRIBUTE_NAME.test(name)).toBe(may);
  });
});
