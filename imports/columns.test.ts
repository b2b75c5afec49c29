import fc from 'fast-check';
import { fieldOf, inputOf, isComplete, isMappable, optOutOf, proposeColumns, saysAddress, valuesOf } from './columns';
import { csvLine } from './csv-writer';
import { csvRecords } from './csv-records';

const fieldsOf = (...header: string[]) => proposeColumns(header).map(({ field }) => field);

describe('the columns of a file (K-16)', () => {
  it('are proposed by our own names first, then by what people call them', () => {
    expect(fieldsOf('Mobile', 'phone', 'Work Phone', 'E-Mail Address', 'email 2', 'Last_Name', 'ZIP code')).toEqual([
      'phone_2',
      'phone',
      'phone_3',
      'email',
      'email_2',
      'last_name',
      'postal_code',
    ]);
    expect(fieldsOf('Matter #', 'Case ID', 'Case Number', 'attr_claim', 'Do not contact', 'Hobby', '')).toEqual([
      'case_title',
      'case_external_id',
      null,
      'attr_claim',
      'opt_out',
      null,
      null,
    ]);
  });

  it('never say one field twice, whatever the header is', () => {
    const names = fc.constantFrom(
      'phone',
      'Phone',
      'mobile',
      'tel',
      'email',
      'mail',
      'id',
      'Client ID',
      '__proto__',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(names, fc.string()), { maxLength: 40 }), (header) => {
        const said = fieldsOf(...header).filter((field) => field !== null);
        expect(new Set(said).size).toBe(said.length);
        expect(said.every(isMappable)).toBe(true);
      }),
    );
  });

  it('are complete when each is understood, or is known to say nothing', () => {
    const columns = proposeColumns(['phone', '', 'import_problem', 'Hobby']);
    expect(isComplete(columns)).toBe(false);
    expect(isComplete(columns, new Set(['Hobby']))).toBe(true);
    expect(isComplete(columns.slice(0, 3))).toBe(true);
    expect(saysAddress(columns.slice(1))).toBe(false);
  });

  it('say an entry of a list, and where each of its fields stood', () => {
    const fields = ['phone_2', 'case_title', 'consent', 'consent_source', 'attr_x', 'tags', null];
    const values = valuesOf(fields, ["'+12125550101", 'Old', 'live_call;ai_voice', 'form;web', '1', 'a; b', 'lost']);
    expect(inputOf(values)).toEqual({
      contact: {
        phones: ['', '+12125550101'],
        emails: [],
        attributes: { x: '1' },
        tags: ['a', 'b'],
        consents: [
          { class: 'live_call', source: 'form' },
          { class: 'ai_voice', source: 'web' },
        ],
      },
      cases: [{ title: 'Old' }],
    });
    const places = [
      ['contact', 'phones', 1],
      ['contact', 'emails', 0],
      ['contact', 'attributes', 'x'],
      ['contact', 'attributes'],
      ['contact', 'consents', 0, 'class'],
      ['contact', 'consents', 0, 'source'],
      ['contact', 'tags', 2],
      ['contact', 'zone'],
      ['cases', 0, 'title'],
      ['contact'],
    ];
    expect(places.map(fieldOf)).toEqual([
      'phone_2',
      'email',
      'attr_x',
      'attr_*',
      'consent',
      'consent_source',
      'tags',
      'zone',
      'case_title',
      'row',
    ]);
  });

  it('say an opt-out in words, and no other words', () => {
    expect(['', 'No', '0', 'none'].map(optOutOf)).toEqual([[], [], [], []]);
    expect(['yes', 'ALL', 'x'].map((word) => optOutOf(word)?.length)).toEqual([3, 3, 3]);
    expect(['sms; voice', 'email'].map(optOutOf)).toEqual([['voice', 'sms'], ['email']]);
    expect(['maybe', 'sms;fax'].map(optOutOf)).toEqual([null, null]);
  });
});

describe('a line of CSV (T20)', () => {
  const written = (cells: string[]) => [...csvRecords(csvLine(['first', ...cells]))][0]?.cells.slice(1) ?? [];

  it('begins no cell with what a spreadsheet calculates, but for a number', () => {
    const dangerous = fc
      .tuple(fc.constantFrom('=', '+', '-', '@', ' =', "'=", '＝', '\t='), fc.string())
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(dangerous, (cell) => {
        expect(csvLine([cell])).toMatch(/^"?'|^"?\+\d+"?\r\n$/);
      }),
    );
    expect(csvLine(['+12125550101', '=1+1', 'a,"b"'])).toBe(`+12125550101,'=1+1,"a,""b"""\r\n`);
  });

  it('is read as it was written', () => {
    const text = fc.string().map((each) => each.replaceAll(/[\0\r\uFFFD]/g, '').trim());
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (cells) => {
        const fields = cells.map((_, ix) => `attr_a${ix}`);
        expect([...valuesOf(fields, written(cells)).values()]).toEqual(cells);
      }),
    );
  });
});
