import type { Attribute } from './attribute';
import {
  catalogueFaults,
  isTextField,
  isTimeField,
  type MemberConditions,
  MemberConditionsSchema,
  typeOfAttribute,
} from './member-conditions';

const CATALOGUE: Attribute[] = [
  { name: 'note', type: 'text', choices: [] },
  { name: 'amount', type: 'number', choices: [] },
  { name: 'hurt_on', type: 'date', choices: [] },
  { name: 'insured', type: 'boolean', choices: [] },
  { name: 'injury', type: 'choice', choices: ['Knee'] },
];

const of = (condition: unknown) => ({ groups: [{ conditions: [condition] }] });
const faultsOf = (condition: unknown) =>
  MemberConditionsSchema.safeParse(of(condition)).error?.issues.map(({ path, message }) => [
    path.slice(4).join('.'),
    message,
  ]) ?? [];
const read = (condition: unknown): MemberConditions => MemberConditionsSchema.parse(of(condition));

describe('the conditions of a list (K-17)', () => {
  it('are groups of which all must be met, where nothing else is said', () => {
    expect(read({ field: 'tag', op: 'is', values: ['a'] })).toEqual({
      match: 'all',
      groups: [{ match: 'all', conditions: [{ field: 'tag', op: 'is', values: ['a'] }] }],
    });
  });

  it.each([
    { field: 'case_status', op: 'is', values: ['New', 'Open'] },
    { field: 'case_title', op: 'contains', values: ['knee'] },
    { field: 'contact_external_id', op: 'is_set' },
    { field: 'case_created', op: 'in_last_days', values: ['30'] },
    { field: 'contact_changed', op: 'before', values: ['2027-03-01'] },
    { field: 'opted_out', op: 'is_not', values: ['sms', 'email'] },
    { field: 'reachable', op: 'is', values: ['voice'] },
    { field: 'consent', op: 'is', values: ['ai_voice'] },
    { field: 'attribute', name: 'amount', op: 'at_least', values: ['100'] },
  ])('may be %j', (condition) => {
    expect(faultsOf(condition)).toEqual([]);
  });

  it.each([
    [{ field: 'attribute', op: 'is', values: ['x'] }, 'name', 'must name the attribute'],
    [{ field: 'tag', name: 'note', op: 'is', values: ['x'] }, 'name', 'only the field "attribute" has a name'],
    [{ field: 'state', op: 'is_set', values: ['NY'] }, 'values', '"is_set" takes no values'],
    [{ field: 'state', op: 'is' }, 'values', '"is" needs a value'],
    [{ field: 'tag', op: 'contains', values: ['x'] }, 'op', '"tag" takes one of is, is_not'],
    [
      { field: 'case_created', op: 'is', values: ['2027-03-01'] },
      'op',
      '"case_created" takes one of before, on_or_after, in_last_days, not_in_last_days',
    ],
    [{ field: 'case_created', op: 'before', values: ['2027-02-30'] }, 'values', 'must be a day like 2027-03-01'],
    [
      { field: 'case_created', op: 'in_last_days', values: ['30', '40'] },
      'values',
      'must be one number of days from 0 to 3650',
    ],
    [
      { field: 'case_created', op: 'not_in_last_days', values: ['4000'] },
      'values',
      'must be one number of days from 0 to 3650',
    ],
    [{ field: 'case_created', op: 'in_last_days' }, 'values', '"in_last_days" needs a value'],
    [{ field: 'opted_out', op: 'is', values: ['fax'] }, 'values', 'must be channels: voice, sms or email'],
  ])('may not be %j', (condition, path, message) => {
    expect(faultsOf(condition)).toContainEqual([path, message]);
  });

  it('need at least one condition in every group', () => {
    expect(MemberConditionsSchema.safeParse({ groups: [] }).success).toBe(false);
    expect(MemberConditionsSchema.safeParse({ groups: [{ conditions: [] }] }).success).toBe(false);
  });
});

describe('conditions over attributes', () => {
  it.each([
    { field: 'tag', op: 'is', values: ['x'] },
    { field: 'attribute', name: 'note', op: 'contains', values: ['x'] },
    { field: 'attribute', name: 'amount', op: 'less_than', values: ['1,200'] },
    { field: 'attribute', name: 'hurt_on', op: 'in_next_days', values: ['14'] },
    { field: 'attribute', name: 'hurt_on', op: 'before', values: ['2027-03-01'] },
    { field: 'attribute', name: 'insured', op: 'is', values: ['yes'] },
    { field: 'attribute', name: 'injury', op: 'is_not_set' },
  ])('fit the catalogue as %j', (condition) => {
    expect(catalogueFaults(read(condition), CATALOGUE)).toEqual([]);
  });

  it.each([
    [{ name: 'colour', op: 'is', values: ['x'] }, 'name', 'the catalogue has no attribute "colour"'],
    [
      { name: 'amount', op: 'contains', values: ['1'] },
      'op',
      'an attribute of the type number can not be asked "contains"',
    ],
    [
      { name: 'amount', op: 'is', values: ['much'] },
      'values',
      'must be a number like 1200 or -3.5, of at most 15 digits',
    ],
    [{ name: 'hurt_on', op: 'in_last_days', values: ['x'] }, 'values', 'must be one number of days from 0 to 3650'],
    [{ name: 'injury', op: 'is', values: ['Knee', 'Elbow'] }, 'values', 'must be one of "Knee"'],
  ])('do not fit it as %j', (condition, field, message) => {
    expect(catalogueFaults(read({ field: 'attribute', ...condition }), CATALOGUE)).toEqual([
      { path: ['groups', 0, 'conditions', 0, field], message },
    ]);
  });

  it('are compared by what they mean, and as texts where nobody knows', () => {
    expect([
      typeOfAttribute(CATALOGUE, 'amount'),
      typeOfAttribute(CATALOGUE, 'colour'),
      typeOfAttribute([], undefined),
    ]).toEqual(['number', 'text', 'text']);
  });
});

test('fields are texts, times, or of a kind of their own', () => {
  expect([isTextField('state'), isTextField('tag'), isTimeField('case_created'), isTimeField('state')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
