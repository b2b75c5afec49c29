import { crc32, deflateRawSync } from 'node:zlib';

/** Workbooks for tests, as spreadsheets write them, or as only somebody who means harm would. */

/** A cell as XML attributes and content, or a text. */
export type TestCell = string | { readonly attributes: string; readonly content: string };

export interface WorkbookPlan {
  readonly rows: readonly (readonly TestCell[])[];
  /** Texts go into the table of shared strings, as Excel has it, unless this is set. */
  readonly inline?: boolean;
  readonly styles?: string;
  /** More parts, or others in their place. */
  readonly parts?: Readonly<Record<string, string | Buffer>>;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

export function workbook({ rows, inline = false, styles = '', parts = {} }: WorkbookPlan): Buffer {
  const strings: string[] = [];
  const cellXml = (cell: TestCell, ref: string) => {
    if (typeof cell !== 'string') return `<c r="${ref}" ${cell.attributes}>${cell.content}</c>`;
    if (cell === '') return '';
    if (inline) return `<c r="${ref}" t="inlineStr"><is><t>${escaped(cell)}</t></is></c>`;
    if (!strings.includes(cell)) strings.push(cell);
    return `<c r="${ref}" t="s"><v>${strings.indexOf(cell)}</v></c>`;
  };
  const sheet = rows
    .map(
      (cells, ix) =>
        `<row r="${ix + 1}">${cells.map((cell, at) => cellXml(cell, `${letters(at)}${ix + 1}`)).join('')}</row>`,
    )
    .join('');
  return zip({
    '[Content_Types].xml': `${HEAD}<Types/>`,
    'xl/workbook.xml': `${HEAD}<workbook><sheets><sheet name="Notes" state="hidden" r:id="rId9"/><sheet name="People > all" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${HEAD}<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/styles.xml': `${HEAD}<styleSheet>${styles}</styleSheet>`,
    'xl/worksheets/sheet1.xml': `${HEAD}<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `${HEAD}<sst>${strings.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    ...parts,
  });
}

export function zip(parts: Readonly<Record<string, string | Buffer>>): Buffer {
  const entries = Object.entries(parts).map(([name, content]) => entryOf(name, Buffer.from(content)));
  let offset = 0;
  const directory = entries.map(({ local, central }) => {
    central.writeUInt32LE(offset, 42);
    offset += local.length;
    return central;
  });
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...entries.map(({ local }) => local), ...directory, end]);
}

function entryOf(name: string, content: Buffer) {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  for (const [header, at] of [
    [local, 8],
    [central, 10],
  ] as const) {
    header.writeUInt16LE(8, at);
    header.writeUInt32LE(crc32(content), at + 6);
    header.writeUInt32LE(packed.length, at + 10);
    header.writeUInt32LE(content.length, at + 14);
    header.writeUInt16LE(Buffer.byteLength(name), at + 18);
  }
  return {
    local: Buffer.concat([local, Buffer.from(name), packed]),
    central: Buffer.concat([central, Buffer.from(name)]),
  };
}

/** 27 → AB. */
function letters(column: number): string {
  const rest = String.fromCharCode(65 + (column % 26));
  return column < 26 ? rest : letters(Math.floor(column / 26) - 1) + rest;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
