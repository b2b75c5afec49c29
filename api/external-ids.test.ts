import { readExternalIds } from './external-ids';

const idsOf = (text: string) => readExternalIds(text).lines.flatMap((line) => ('id' in line ? [line.id] : []));

describe('a file of external ids', () => {
  it('has one on each line; blanks around it and blank lines count for nothing (S1-97, R-16)', () => {
    expect(readExternalIds('\uFEFF 100 \r\n\r\n"200",\n\t\n  ,\nabc')).toEqual({
      lines: [
        { line: 1, id: '100' },
        { line: 3, id: '200' },
        { line: 6, id: 'abc' },
      ],
      repeated: 0,
    });
  });

  it.each(['external_id', 'External ID', '"EXTERNAL-ID"', 'id', 'Lead ID'])(
    'may begin with the header %s (R-16)',
    (header) => {
      expect(idsOf(`${header}\n100\n`)).toEqual(['100']);
      expect(idsOf(`100\n${header.replaceAll('"', '')}\n`)).toHaveLength(2);
    },
  );

  it('tells ids apart by case, and takes one that comes again once (R-16)', () => {
    expect(readExternalIds('a1\nA1\na1\na1')).toEqual({
      lines: [
        { line: 1, id: 'a1' },
        { line: 2, id: 'A1' },
      ],
      repeated: 2,
    });
  });

  it('says of each line that can not be read why, and reads the others', () => {
    expect(readExternalIds(`100,200\n"300\n${'x'.repeat(255)}\n400`).lines).toEqual([
      { line: 1, broken: 'it holds more than one id' },
      { line: 2, broken: 'a quote is opened and never closed' },
      { line: 3, broken: 'the id is longer than 254 characters' },
      { line: 4, id: '400' },
    ]);
  });

  it.each(['', '\n\n', 'external_id\n'])('is refused when it holds no id: %j', (text) => {
    expect(() => readExternalIds(text)).toThrow('the file has no line with an id');
  });

  it('is refused when it is too long to be answered', () => {
    expect(() => readExternalIds(Array.from({ length: 100_001 }, (_, n) => n).join('\n'))).toThrow(
      /more than 100000 ids/,
    );
  });
});
