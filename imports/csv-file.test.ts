import type { ByteSource, FileRow } from './byte-source';
import { CsvFile, readCsvHead } from './csv-file';

/** A file that is made while it is read, so that it can be larger than what may be held of it. */
class Made implements ByteSource {
  largest = 0;
  constructor(
    readonly bytes: number,
    private readonly byteAt: (at: number) => number,
  ) {}

  static of(text: string | Buffer): Made {
    const content = Buffer.from(text);
    return new Made(content.length, (at) => content.readUInt8(at));
  }

  async read(from: number, length: number): Promise<Buffer> {
    const until = Math.min(this.bytes, from + length);
    this.largest = Math.max(this.largest, until - from);
    const part = Buffer.alloc(Math.max(0, until - from));
    for (let at = from; at < until; at += 1) part[at - from] = this.byteAt(at);
    return part;
  }
}

async function all(source: ByteSource, batch = 3): Promise<FileRow[]> {
  const { delimiter, rowsFrom } = await readCsvHead(source);
  const file = new CsvFile(source, delimiter, rowsFrom);
  const rows: FileRow[] = [];
  for (let page = await file.next(batch); page.length > 0; page = await file.next(batch)) rows.push(...page);
  return rows;
}

describe('a CSV file (K-16)', () => {
  it.each([',', ';', '\t'])('is read with "%s" between its cells', async (mark) => {
    const source = Made.of(`\uFEFFid${mark}name\r\n1${mark}"a${mark}b"\r\n\r\n2${mark}c`);
    expect((await readCsvHead(source)).header).toEqual(['id', 'name']);
    expect((await all(source)).map(({ row, line, cells }) => [row, line, cells])).toEqual([
      [1, 2, ['1', `a${mark}b`]],
      [2, 4, ['2', 'c']],
    ]);
  });

  it('goes on from behind any row as if nothing had been', async () => {
    const source = Made.of(`id,note\n1,"two\nlines"\n2,"open\n3,x\n\n4,"a ""b"""\n`);
    const { delimiter, rowsFrom } = await readCsvHead(source);
    const whole = await all(source);
    expect(whole.map(({ line }) => line)).toEqual([2, 4, 5, 7]);
    const places = [rowsFrom, ...whole.map(({ next }) => next)];
    for (const [ix, place] of places.entries()) {
      const rest = await new CsvFile(source, delimiter, place).next(99);
      expect(rest).toEqual(whole.slice(ix));
    }
  });

  it('is never held as a whole, not even a line of it that does not end', async () => {
    const size = 6 * 1024 * 1024;
    const line = Buffer.from('1,aaaaaaaa\n');
    const long = { from: 2 * 1024 * 1024, until: 4 * 1024 * 1024 };
    const source = new Made(size, (at) =>
      at < 3
        ? (Buffer.from('a,b')[at] ?? 0)
        : at === 3
          ? 10
          : at > long.from && at < long.until
            ? 120
            : (line[at % line.length] ?? 0),
    );
    const { delimiter, rowsFrom } = await readCsvHead(source);
    const file = new CsvFile(source, delimiter, rowsFrom);
    let broken = 0;
    let rows = 0;
    for (let page = await file.next(5_000); page.length > 0; page = await file.next(5_000)) {
      rows += page.length;
      broken += page.filter((row) => row.broken?.includes('longer than') === true).length;
      expect(page.length).toBeLessThanOrEqual(5_000);
    }
    expect(broken).toBe(1);
    expect(rows).toBeGreaterThan(300_000);
    expect(source.largest).toBeLessThanOrEqual(1024 * 1024);
    expect(file.share()).toBe(1);
  });

  it('rejects a row that is not UTF-8 and keeps the others', async () => {
    const source = Made.of(
      Buffer.concat([Buffer.from('a\nok\nM'), Buffer.from([0xfc]), Buffer.from('ller\nMüller\n')]),
    );
    expect((await all(source)).map(({ broken, cells }) => broken ?? cells[0])).toEqual([
      'ok',
      'the row is not UTF-8; save the file as "CSV UTF-8"',
      'Müller',
    ]);
  });
});
