import { type CrmMapping, CrmMappingSchema, NO_MAPPING, withListing } from './crm-mapping';

const RETAINED = { value: 'Retained', label: 'Retained' };
const mappingOf = (changes: object): CrmMapping => CrmMappingSchema.parse(changes);
const problemsOf = (changes: object) =>
  CrmMappingSchema.safeParse(changes).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the mapping of a CRM (R-20)', () => {
  it('is empty until somebody or the CRM says something', () => {
    expect(NO_MAPPING).toEqual({
      statuses: [],
      outcomes: [],
      noteTypes: [],
      noteType: null,
      fields: [],
      hook: null,
      pollMinutes: null,
    });
  });

  it('takes statuses, outcomes of the firm’s own, types of note and fields', () => {
    const mapping = mappingOf({
      statuses: [RETAINED, { field: 'substatus', group: 'Dialer', value: '12', label: 'Busy', stopsOutreach: true }],
      outcomes: [
        { outcome: 'no_show', label: 'No show', countsAs: 'unsuccessful' },
        { outcome: 'converted', label: 'Signed', countsAs: 'converted' },
      ],
      noteTypes: [{ value: '3', label: 'Intake' }],
      noteType: '3',
      fields: [{ name: 'custom1', label: 'Colour' }],
    });
    expect(mapping.statuses[0]).toEqual({
      field: 'status',
      ...RETAINED,
      offered: true,
      stopsOutreach: false,
      source: 'hand',
    });
    expect(mapping.noteType).toBe('3');
  });

  it.each([
    [
      { statuses: [RETAINED, { value: 'retained', label: 'Again' }] },
      'statuses.1.value: is the same status as one before it',
    ],
    [
      { outcomes: ['a', 'a'].map((outcome) => ({ outcome, label: outcome, countsAs: 'converted' })) },
      'outcomes.1.outcome: is mapped twice',
    ],
    [{ noteTypes: [RETAINED, RETAINED] }, 'noteTypes.1.value: is listed twice'],
    [{ fields: ['A', 'a'].map((name) => ({ name, label: name })) }, 'fields.1.name: is listed twice'],
    [
      { statuses: [{ ...RETAINED, group: 'X' }] },
      'statuses.0.group: only a substatus has a type; leave it out for a status',
    ],
    [{ noteType: '3' }, 'noteType: must be one of noteTypes'],
    [
      { outcomes: [{ outcome: 'converted', label: 'Signed', countsAs: 'successful' }] },
      'outcomes.0.countsAs: "converted" is an outcome of its own and counts as itself',
    ],
  ])('refuses %j', (changes, problem) => {
    expect(problemsOf(changes)).toEqual([problem]);
  });
});

describe('the lists of a CRM', () => {
  const before = mappingOf({
    statuses: [
      { value: '2', label: 'Retaned', offered: false, stopsOutreach: true, source: 'crm' },
      { value: '9', label: 'Gone', source: 'crm' },
      { value: '8', label: 'Gone, and still the end', source: 'crm', stopsOutreach: true },
      { value: 'mine', label: 'Mine', source: 'hand' },
      { value: 'told', label: 'Told', source: 'webhook' },
    ],
    noteTypes: [{ value: '3', label: 'Intake' }],
    noteType: '3',
  });
  const listing = {
    statuses: [
      { field: 'status' as const, value: '2', label: 'Retained' },
      { field: 'status' as const, value: '5', label: 'New' },
    ],
    noteTypes: null,
  };

  it('bring in what is new and other names, and keep what a person has decided', () => {
    const { statuses, noteType } = withListing(before, listing);
    expect(
      statuses.map(({ label, offered, stopsOutreach, source }) => [label, offered, stopsOutreach, source]),
    ).toEqual([
      ['Retained', false, true, 'crm'],
      ['New', true, false, 'crm'],
      ['Gone, and still the end', true, true, 'crm'],
      ['Mine', true, false, 'hand'],
    ]);
    expect(noteType).toBe('3');
  });

  it('take the type of our notes away when the CRM has it no more', () => {
    const noteTypes = [
      { value: '4', label: 'Other' },
      { value: '4', label: 'The same' },
    ];
    expect(withListing(before, { ...listing, noteTypes })).toMatchObject({
      noteTypes: [{ value: '4', label: 'The same' }],
      noteType: null,
    });
  });
});
