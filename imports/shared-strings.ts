import { type ByteSource, FileFault } from './byte-source';
import { XmlReader } from './xml-reader';
import { contentOf, type ZipEntry } from './zip-archive';

const BLOCK_BYTES = 1024 * 1024;
const MOST_BYTES = 160 * 1024 * 1024;
const MOST_STRINGS = 6_000_000;
const TOO_MANY = 'the workbook holds more text than can be read at once; save the sheet as "CSV UTF-8"';

/**
 * The texts of a workbook, which its cells name by number. They are read as far as somebody asks for them, and kept as
 * bytes: a million strings as such would take several times as much memory.
 */
export class SharedStrings {
  private readonly blocks: Buffer[] = [];
  private used = BLOCK_BYTES;
  /** Of each string: its block and place within it, and its length. */
  private places = new Float64Array(1024);
  private lengths = new Uint32Array(1024);
  private count = 0;
  private bytes = 0;
  private readonly content: AsyncGenerator<Buffer> | null;
  private readonly reader: XmlReader;
  private isAtEnd: boolean;

  constructor(source: ByteSource, entry: ZipEntry | null) {
    this.content = entry === null ? null : contentOf(source, entry);
    this.isAtEnd = entry === null;
    let text: string[] = [];
    let isText = false;
    let isReading = false;
    this.reader = new XmlReader({
      open: (name) => {
        if (name === 'si') text = [];
        // How the characters are read aloud is no part of the text.
        if (name === 'rPh') isReading = true;
        isText = name === 't' && !isReading;
      },
      text: (part) => {
        if (isText) text.push(part);
      },
      close: (name) => {
        if (name === 'rPh') isReading = false;
        if (name === 't') isText = false;
        if (name === 'si') this.keep(text.join(''));
      },
    });
  }

  /** The text of that number, null = there is none. */
  async get(ix: number): Promise<string | null> {
    while (ix >= this.count && !this.isAtEnd) await this.readOn();
    return this.known(ix);
  }

  /** The same, as far as it was read already. */
  known(ix: number): string | null {
    if (!(ix < this.count)) return null;
    const place = this.places[ix] ?? 0;
    const from = place % BLOCK_BYTES;
    const block = this.blocks[Math.floor(place / BLOCK_BYTES)];
    return block?.toString('utf8', from, from + (this.lengths[ix] ?? 0)) ?? null;
  }

  close(): void {
    this.isAtEnd = true;
    void this.content?.return(undefined);
  }

  private async readOn(): Promise<void> {
    const chunk = await this.content?.next();
    if (chunk === undefined || chunk.done === true) this.isAtEnd = true;
    else this.reader.feed(chunk.value);
  }

  private keep(text: string): void {
    const length = Buffer.byteLength(text);
    this.bytes += length;
    if (this.bytes > MOST_BYTES || this.count >= MOST_STRINGS || length > BLOCK_BYTES) throw new FileFault(TOO_MANY);
    if (this.used + length > BLOCK_BYTES) {
      this.blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
      this.used = 0;
    }
    this.blocks.at(-1)?.write(text, this.used);
    if (this.count === this.places.length) this.grow();
    this.places[this.count] = (this.blocks.length - 1) * BLOCK_BYTES + this.used;
    this.lengths[this.count] = length;
    this.used += length;
    this.count += 1;
  }

  private grow(): void {
    const places = new Float64Array(this.places.length * 2);
    const lengths = new Uint32Array(this.lengths.length * 2);
    places.set(this.places);
    lengths.set(this.lengths);
    this.places = places;
    this.lengths = lengths;
  }
}
