import fc from 'fast-check';
import { csvRecords } from './csv-records';

/** Of what can't be read only why: what is kept of it is looked at once, below. */
const records = (text: string) =>
  [...csvRecords(text)].map(({ line, cells, broken }) => (broken === undefined ? { line, cells } : { line, broken }));

describe('csvRecords (T19)', () => {
  it('reads cells, quoted cells and doubled quotes, with the line on which each record begins', () => {
    expect(records('a,b\r\n1,"two, ""2"""\r\n')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', 'two, "2"'] },
    ]);
  });

  it('lets a quoted cell span lines and skips empty ones', () => {
    expect(records('a,b\n\n"x\ny",2\n3,4')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['x\ny', '2'] },
      { line: 5, cells: ['3', '4'] },
    ]);
  });

  it('drops the byte order mark of spreadsheets', () => {
    expect(records('\uFEFFa\n')).toEqual([{ line: 1, cells: ['a'] }]);
  });

  it('rejects only the line with a quote that is never closed', () => {
    expect(records('a,b\n"open,1\n3,4\n5,6')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, broken: 'a quote is opened and never closed' },
      { line: 3, cells: ['3', '4'] },
      { line: 4, cells: ['5', '6'] },
    ]);
  });

  it('does not let two stray quotes swallow the rows between them', () => {
    expect(records('"x,1\n3,4\n5,6"y\n7,8')).toEqual([
      { line: 1, broken: 'a quoted cell must end before the next comma' },
      { line: 2, cells: ['3', '4'] },
      { line: 3, broken: 'a quote is opened and never closed' },
      { line: 4, cells: ['7', '8'] },
    ]);
  });

  it('keeps what stands in a line that can not be read, for whoever mends it', () => {
    expect([...csvRecords('a,b\n"open,1\n3,4')][1]).toEqual({
      line: 2,
      cells: ['"open', '1'],
      broken: 'a quote is opened and never closed',
    });
  });

  it('rejects a row of absurd length and goes on', () => {
    const [long, next] = records(`${'x'.repeat(100_001)}\n1,2`);
    expect(long).toEqual({ line: 1, broken: 'the row is longer than 100000 characters' });
    expect(next).toEqual({ line: 2, cells: ['1', '2'] });
  });

  it('never throws and never loses the last clean row, whatever stands before it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (junk) => {
        const all = records(`${junk.replaceAll('"', '')}\nlast,row`);
        expect(all.at(-1)).toMatchObject({ cells: ['last', 'row'] });
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (junk) => expect(records(junk)).toBeInstanceOf(Array)));
  });
});
