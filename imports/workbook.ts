import { posix } from 'node:path';
import { type ByteSource, FileFault } from './byte-source';
import { attributeOf, type XmlHandler, XmlReader } from './xml-reader';
import { contentOf, type ZipEntry, zipEntries } from './zip-archive';

/** What of a workbook must be known to read its first sheet. */
export interface Workbook {
  readonly sheet: ZipEntry;
  readonly strings: ZipEntry | null;
  /** By the number of a cell's style: does it show its number as a day or time? */
  readonly isDateStyle: readonly boolean[];
  /** Days are counted from 1904, as on old Macs. */
  readonly from1904: boolean;
}

const MOST_BYTES_OF_A_PART = 8 * 1024 * 1024;
const WORKBOOK = 'xl/workbook.xml';
/** Days and times among the formats that need no definition (ECMA-376, 18.8.30). */
const BUILT_IN_DATES: ReadonlySet<number> = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);

export async function openWorkbook(source: ByteSource): Promise<Workbook> {
  const entries = await zipEntries(source);
  const { sheetId, from1904 } = await readSheets(source, entries);
  const targets = await readRelations(source, entries);
  const sheet = entries.get(targets.get(sheetId) ?? '');
  if (sheet === undefined) throw new FileFault('the workbook has no sheet that can be read');
  return {
    sheet,
    strings: entries.get('xl/sharedStrings.xml') ?? null,
    isDateStyle: await readStyles(source, entries),
    from1904,
  };
}

/** The first sheet that is not hidden. */
async function readSheets(source: ByteSource, entries: ReadonlyMap<string, ZipEntry>) {
  const shown: string[] = [];
  const dates: string[] = [];
  await readPart(source, entries.get(WORKBOOK), (name, attributes) => {
    if (name === 'workbookPr') dates.push(attributeOf(attributes, 'date1904') ?? '');
    const isShown = name === 'sheet' && (attributeOf(attributes, 'state') ?? 'visible') === 'visible';
    if (isShown) shown.push(attributeOf(attributes, 'id') ?? '');
  });
  const [sheetId] = shown;
  if (sheetId === undefined) throw new FileFault('the file is no workbook, or all of its sheets are hidden');
  return { sheetId, from1904: dates.some((date) => date === '1' || date === 'true') };
}

async function readRelations(source: ByteSource, entries: ReadonlyMap<string, ZipEntry>): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  await readPart(source, entries.get('xl/_rels/workbook.xml.rels'), (name, attributes) => {
    const target = attributeOf(attributes, 'Target');
    if (name !== 'Relationship' || target === undefined) return;
    const path = target.startsWith('/') ? target.slice(1) : posix.join('xl', target);
    targets.set(attributeOf(attributes, 'Id') ?? '', path);
  });
  return targets;
}

async function readStyles(source: ByteSource, entries: ReadonlyMap<string, ZipEntry>): Promise<boolean[]> {
  const formats = new Map<number, string>();
  const isDate: boolean[] = [];
  let isInCells = false;
  const open = (name: string, attributes: string) => {
    if (name === 'numFmt')
      formats.set(Number(attributeOf(attributes, 'numFmtId')), attributeOf(attributes, 'formatCode') ?? '');
    if (name === 'cellXfs') isInCells = true;
    if (name !== 'xf' || !isInCells) return;
    const format = Number(attributeOf(attributes, 'numFmtId') ?? 0);
    isDate.push(BUILT_IN_DATES.has(format) || isDateFormat(formats.get(format) ?? ''));
  };
  const close = (name: string) => {
    if (name === 'cellXfs') isInCells = false;
  };
  await readPart(source, entries.get('xl/styles.xml'), open, close);
  return isDate;
}

/** Has letters of a day or time outside of quotes, colours and conditions. */
function isDateFormat(code: string): boolean {
  const bare = code.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]/g, '');
  return /[dmyhs]/i.test(bare) && !/general/i.test(bare);
}

async function readPart(
  source: ByteSource,
  entry: ZipEntry | undefined,
  open: XmlHandler['open'],
  close: XmlHandler['close'] = () => undefined,
): Promise<void> {
  if (entry === undefined) return;
  const reader = new XmlReader({ open, close, text: () => undefined });
  let bytes = 0;
  for await (const chunk of contentOf(source, entry)) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES_OF_A_PART) throw new FileFault('the workbook is larger inside than one that people fill');
    reader.feed(chunk);
  }
}
