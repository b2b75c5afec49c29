import { type ByteSource, type FileHead, FileFault, type FileRow, type RowPlace, type RowReader } from './byte-source';
import { type RawCell, textOfCell } from './cell-value';
import { SharedStrings } from './shared-strings';
import { openWorkbook, type Workbook } from './workbook';
import { attributeOf, XmlReader } from './xml-reader';
import { contentOf } from './zip-archive';

const MOST_COLUMNS = 1_000;

interface RawRow {
  readonly line: number;
  /** By column; cells that the file leaves out are missing. */
  readonly cells: readonly (RawCell | undefined)[];
}

export async function readXlsxHead(source: ByteSource): Promise<FileHead> {
  const file = await XlsxFile.open(source);
  try {
    const [head] = await file.read(1);
    if (head === undefined) throw new FileFault('the first sheet is empty; its first row must name the columns');
    if (head.broken !== null) throw new FileFault(`the header can not be read: ${head.broken}`);
    const rowsFrom = { rows: 0, line: head.line + 1, byte: 0 };
    return { format: 'xlsx', delimiter: ',', header: head.cells, rowsFrom };
  } finally {
    file.close();
  }
}

/** The rows of the first sheet. It can only be read from its beginning: whoever goes on passes over what was taken. */
export class XlsxFile implements RowReader {
  private readonly strings: SharedStrings;
  private readonly content: AsyncGenerator<Buffer>;
  private readonly sheet: SheetReader;
  private packedRead = 0;
  private rows = 0;

  private constructor(
    source: ByteSource,
    private readonly book: Workbook,
  ) {
    this.strings = new SharedStrings(source, book.strings);
    this.sheet = new SheetReader(book.isDateStyle);
    this.content = contentOf(source, book.sheet, (packed) => {
      this.packedRead = packed;
    });
  }

  static async open(source: ByteSource): Promise<XlsxFile> {
    return new XlsxFile(source, await openWorkbook(source));
  }

  /** Behind the header and the rows that were taken already. */
  static async openAt(source: ByteSource, { rows }: RowPlace): Promise<XlsxFile> {
    const file = await XlsxFile.open(source);
    for (let left = rows + 1; left > 0; left -= 1) if ((await file.raw()) === null) break;
    file.rows = rows;
    return file;
  }

  next(most: number): Promise<readonly FileRow[]> {
    return this.read(most);
  }

  async read(most: number): Promise<readonly FileRow[]> {
    const found: FileRow[] = [];
    while (found.length < most) {
      const raw = await this.raw();
      if (raw === null) break;
      this.rows += 1;
      const next = { rows: this.rows, line: raw.line + 1, byte: 0 };
      found.push({ row: this.rows, line: raw.line, ...(await this.textsOf(raw)), next });
    }
    return found;
  }

  share(): number {
    return this.book.sheet.packed === 0 ? 1 : this.packedRead / this.book.sheet.packed;
  }

  close(): void {
    this.strings.close();
    void this.content.return(undefined);
  }

  /** The next row that is not empty. */
  private async raw(): Promise<RawRow | null> {
    for (;;) {
      const row = this.sheet.rows.shift();
      if (row !== undefined) return row;
      const chunk = await this.content.next();
      if (chunk.done === true) return null;
      this.sheet.feed(chunk.value);
    }
  }

  private async textsOf({ cells }: RawRow): Promise<Pick<FileRow, 'cells' | 'broken'>> {
    const texts: string[] = [];
    let broken: string | null = null;
    for (const raw of cells) {
      const cell = raw === undefined ? null : textOfCell(await this.resolved(raw), this.book.from1904);
      texts.push(cell?.text.trim() ?? '');
      broken ??= cell?.broken ?? null;
    }
    return { cells: texts, broken };
  }

  private async resolved(cell: RawCell): Promise<RawCell> {
    if (cell.type !== 's' || cell.value === null) return cell;
    const ix = Number(cell.value);
    return { ...cell, value: this.strings.known(ix) ?? (await this.strings.get(ix)) ?? '' };
  }
}

/** Gathers the rows of a sheet out of its XML. */
class SheetReader {
  readonly rows: RawRow[] = [];
  private readonly xml: XmlReader;
  private line = 0;
  private cells: (RawCell | undefined)[] = [];
  private cell: { ref: string; column: number; type: string; isDate: boolean; isFormula: boolean } | null = null;
  private value: string[] | null = null;
  private isReading = false;
  /** How characters are read aloud is no part of a text. */
  private isPhonetic = false;

  constructor(private readonly isDateStyle: readonly boolean[]) {
    this.xml = new XmlReader({
      open: (name, attributes) => this.open(name, attributes),
      text: (text) => {
        if (this.isReading && !this.isPhonetic) this.value?.push(text);
      },
      close: (name) => this.close(name),
    });
  }

  feed(bytes: Uint8Array): void {
    this.xml.feed(bytes);
  }

  private open(name: string, attributes: string): void {
    if (name === 'row') this.openRow(attributes);
    else if (name === 'c') this.openCell(attributes);
    else if (name === 'rPh') this.isPhonetic = true;
    else if (this.cell !== null && name === 'f') this.cell.isFormula = true;
    else if (this.cell !== null && (name === 'v' || name === 't')) {
      this.value ??= [];
      this.isReading = true;
    }
  }

  private openRow(attributes: string): void {
    this.line = Number(attributeOf(attributes, 'r') ?? this.line + 1);
    this.cells = [];
  }

  private openCell(attributes: string): void {
    const ref = attributeOf(attributes, 'r') ?? '';
    const column = ref === '' ? this.cells.length : columnOfRef(ref);
    if (column >= MOST_COLUMNS) throw new FileFault(`the sheet has more than ${MOST_COLUMNS} columns`);
    const style = Number(attributeOf(attributes, 's') ?? 0);
    const type = attributeOf(attributes, 't') ?? 'n';
    this.cell = { ref, column, type, isDate: this.isDateStyle[style] === true, isFormula: false };
    this.value = null;
  }

  private close(name: string): void {
    if (name === 'v' || name === 't') this.isReading = false;
    if (name === 'rPh') this.isPhonetic = false;
    if (name === 'c' && this.cell !== null) {
      const { column, ...cell } = this.cell;
      const value = this.value?.join('') ?? null;
      if (value !== null || cell.isFormula) this.cells[column] = { ...cell, value };
      this.cell = null;
    }
    if (name === 'row' && this.cells.length > 0) this.rows.push({ line: this.line, cells: this.cells });
  }
}

/** `B5` → 1. */
function columnOfRef(ref: string): number {
  let column = 0;
  for (const letter of ref) {
    const value = letter.charCodeAt(0) - 64;
    if (value < 1 || value > 26) break;
    column = column * 26 + value;
  }
  return column - 1;
}
