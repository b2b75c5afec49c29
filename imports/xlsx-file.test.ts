import { workbook, zip } from '../test/workbook';
import type { ByteSource } from './byte-source';
import { readXlsxHead, XlsxFile } from './xlsx-file';

function sourceOf(content: Buffer): ByteSource {
  return { bytes: content.length, read: async (from, length) => content.subarray(from, from + length) };
}

async function rowsOf(content: Buffer, batch = 2) {
  const source = sourceOf(content);
  const { rowsFrom } = await readXlsxHead(source);
  const file = await XlsxFile.openAt(source, rowsFrom);
  const rows = [];
  for (let page = await file.next(batch); page.length > 0; page = await file.next(batch)) rows.push(...page);
  file.close();
  return rows;
}

const cell = (attributes: string, value: string) => ({ attributes, content: `<v>${value}</v>` });

describe('a workbook (K-16)', () => {
  it('says the same whether its texts are shared or stand in their cells', async () => {
    const rows = [
      ['id', 'name'],
      ['1', 'A & B'],
      ['2', '', 'x <y>'],
      ['3', 'Zoë'],
    ];
    for (const inline of [false, true])
      expect((await rowsOf(workbook({ rows, inline }))).map(({ cells }) => cells)).toEqual([
        ['1', 'A & B'],
        ['2', '', 'x <y>'],
        ['3', 'Zoë'],
      ]);
  });

  it('goes on from behind any row as if nothing had been', async () => {
    const content = workbook({ rows: [['id'], ['1'], [], ['2'], ['3']] });
    const whole = await rowsOf(content);
    expect(whole.map(({ row, line }) => [row, line])).toEqual([
      [1, 2],
      [2, 4],
      [3, 5],
    ]);
    for (const [ix, { next }] of whole.entries()) {
      const file = await XlsxFile.openAt(sourceOf(content), next);
      expect(await file.next(99)).toEqual(whole.slice(ix + 1));
      file.close();
    }
  });

  it('reads numbers, days, times, truths and what lies in rich text as people see them', async () => {
    const content = workbook({
      styles:
        '<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy hh:mm"/><numFmt numFmtId="171" formatCode="0.00 &quot;days&quot;"/></numFmts>' +
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs>',
      rows: [
        ['h'],
        [
          cell('', '2.125550105E9'),
          cell('', '0.1000000000000000055'),
          cell('s="1"', '45000'),
          cell('s="2"', '45000.5'),
          cell('s="3"', '45000'),
          cell('s="1"', '0.25'),
          cell('t="b"', '1'),
          {
            attributes: 't="inlineStr"',
            content: '<is><r><t>Rich</t></r><r><t> text</t></r><rPh><t>no</t></rPh></is>',
          },
          cell('t="str"', 'a_x000D_b'),
        ],
      ],
    });
    expect((await rowsOf(content))[0]?.cells).toEqual([
      '2125550105',
      '0.1',
      '2023-03-15',
      '2023-03-15T12:00:00',
      '45000',
      '06:00:00',
      'TRUE',
      'Rich text',
      'a\rb',
    ]);
  });

  it.each<[string, Buffer, RegExp]>([
    [
      'swells beyond measure',
      zip({ 'xl/workbook.xml': Buffer.alloc(64 * 1024 * 1024, ' ') }),
      /larger inside|too long/,
    ],
    [
      'declares entities that grow',
      workbook({
        rows: [['a']],
        parts: { 'xl/worksheets/sheet1.xml': '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>' },
      }),
      /document type/,
    ],
    ['was cut off', workbook({ rows: [['a']] }).subarray(0, 300), /cut off/],
    ['has no sheet', zip({ 'a.txt': 'nothing' }), /no workbook/],
    ['is empty', workbook({ rows: [] }), /first sheet is empty/],
    ['points at a part that is not there', damaged(), /damaged/],
  ])('that %s is refused in words', async (_, content, words) => {
    await expect(readXlsxHead(sourceOf(content))).rejects.toThrow(words);
  });

  it('that swells within its sheet is given up while it is read, and never held', async () => {
    const rows = `<row r="1"><c r="A1" t="str"><v>h</v></c></row>${'<a/>'.repeat(5 * 1024 * 1024)}`;
    const content = workbook({ rows: [], parts: { 'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}` } });
    expect(content.length).toBeLessThan(200_000);
    await expect(rowsOf(content)).rejects.toThrow(/swells/);
  });
});

/** The table of contents says that the parts stand elsewhere. */
function damaged(): Buffer {
  const content = Buffer.from(workbook({ rows: [['a']] }));
  const at = content.indexOf(Buffer.from('504b0102', 'hex'));
  content.writeUInt32LE(7, at + 42);
  for (let next = at; next >= 0; next = content.indexOf(Buffer.from('504b0102', 'hex'), next + 4))
    content.writeUInt32LE(7, next + 42);
  return content;
}
