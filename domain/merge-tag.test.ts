import { attributeField, attributeOf, CONTACT_FIELDS, nearestTo, sayUnknown, unknownTags } from './merge-tag';
import { parseTemplate } from './template';

const unknownIn = (text: string, known: readonly string[] | null) => unknownTags(parseTemplate(text), known);

describe('a tag', () => {
  it('that nothing fills is named with its position and what was probably meant (U-10)', () => {
    expect(unknownIn('Hi {{contact.frist_name}} of {{company.nam}}', CONTACT_FIELDS)).toEqual([
      { path: 'contact.frist_name', position: 4, nearest: 'contact.first_name' },
      { path: 'company.nam', position: 30, nearest: 'company.name' },
    ]);
  });

  it('is known when it is of the company, the campaign, a link, or a field that contacts have', () => {
    const text = '{{company.phone}}{{campaign.subject}}{{form.link}}{{contact.full_name}}{{contact.claim}}';
    expect(unknownIn(text, [...CONTACT_FIELDS, 'contact.claim'])).toEqual([]);
    expect(unknownIn(text, CONTACT_FIELDS)).toMatchObject([{ path: 'contact.claim' }]);
  });

  it('may be any attribute where nobody knows which there are', () => {
    expect(unknownIn('{{contact.anything}}', null)).toEqual([]);
    expect(unknownIn('{{contact}} {{first_name}}', null)).toMatchObject([
      { path: 'contact' },
      { path: 'first_name', position: 13, nearest: 'contact.first_name' },
    ]);
  });

  it('stands for an attribute of the contact, a field of everybody, or for something else', () => {
    expect(['contact.claim', 'contact.first_name', 'company.name'].map(attributeOf)).toEqual(['claim', null, null]);
    expect(attributeField('claim')).toBe('contact.claim');
  });

  it('is told of in a sentence, with or without a guess', () => {
    const tag = { path: 'weather', position: 3 };
    expect(sayUnknown({ ...tag, nearest: null })).toBe('the variable "weather" at position 3 is not known');
    expect(sayUnknown({ ...tag, nearest: 'company.name' })).toBe(
      'the variable "weather" at position 3 is not known; did you mean "company.name"?',
    );
  });
});

describe('the nearest name', () => {
  it.each([
    ['company.name', 'company.name'],
    ['ompany.name', 'company.name'],
    ['FirstName', 'contact.first_name'],
    ['contact.lastname', 'contact.last_name'],
    ['contact.name', null],
    ['moon.phase', null],
    ['weather', null],
    ['x', null],
    ['', null],
    ['company.name'.repeat(6), null],
  ])('to %j is %j', (word, nearest) => {
    expect(nearestTo(word, ['company.name', 'contact.first_name', 'contact.last_name'])).toBe(nearest);
  });

  it('is none where there are none, and counts every letter of a word that has no match', () => {
    expect(nearestTo('name', [])).toBeNull();
    expect(nearestTo('ab', [''])).toBeNull();
    expect(nearestTo('a', [''])).toBe('');
  });
});
