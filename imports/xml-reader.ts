import { FileFault } from './byte-source';

/** Reads the XML of workbooks as it comes in. No document type, so no entity that could name a file or grow. */

export interface XmlHandler {
  /** `attributes` as they stand; `attributeOf` reads one. */
  open(name: string, attributes: string): void;
  text(text: string): void;
  close(name: string): void;
}

const LONGEST_TOKEN = 1024 * 1024;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export class XmlReader {
  private readonly decoder = new TextDecoder();
  private rest = '';

  constructor(private readonly handler: XmlHandler) {}

  feed(bytes: Uint8Array): void {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    let at = 0;
    for (let next = this.token(text, at); next !== null; next = this.token(text, at)) at = next;
    this.rest = text.slice(at);
    if (this.rest.length > LONGEST_TOKEN) throw new FileFault('the workbook holds a text that is too long');
  }

  /** Where the next token begins; null = this one is not all here yet. */
  private token(text: string, at: number): number | null {
    const open = text.indexOf('<', at);
    if (open < 0) return null;
    if (open > at) {
      this.handler.text(unescape(text.slice(at, open)));
      return open;
    }
    const second = text.charAt(open + 1);
    if (second === '!') return this.declaration(text, open);
    if (second === '?') return after(text, '?>', open);
    return this.tag(text, open);
  }

  private declaration(text: string, open: number): number | null {
    if (text.length < open + '<![CDATA['.length) return null;
    if (text.startsWith('<!--', open)) return after(text, '-->', open + 4);
    if (!text.startsWith('<![CDATA[', open))
      throw new FileFault('the workbook declares a document type; it was not read');
    const end = after(text, ']]>', open);
    if (end !== null) this.handler.text(text.slice(open + '<![CDATA['.length, end - ']]>'.length));
    return end;
  }

  private tag(text: string, open: number): number | null {
    const end = endOfTag(text, open);
    if (end === null) return null;
    const isClosing = text.charAt(open + 1) === '/';
    const isEmpty = text.charAt(end - 2) === '/';
    const inner = text.slice(open + (isClosing ? 2 : 1), end - (isEmpty ? 2 : 1));
    const space = inner.search(/\s/);
    const name = localName(space < 0 ? inner : inner.slice(0, space));
    if (isClosing) this.handler.close(name);
    else this.handler.open(name, space < 0 ? '' : inner.slice(space));
    if (isEmpty) this.handler.close(name);
    return end;
  }
}

const ATTRIBUTE = /\s(?:[\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Of an attribute without its prefix, as `id` of `r:id`. */
export function attributeOf(attributes: string, name: string): string | undefined {
  if (!attributes.includes(name)) return undefined;
  for (const [, found, quoted, single] of attributes.matchAll(ATTRIBUTE))
    if (found === name) return unescape(quoted ?? single ?? '');
  return undefined;
}

/** A ">" may stand within quotes. */
function endOfTag(text: string, open: number): number | null {
  for (let end = text.indexOf('>', open); end >= 0; end = text.indexOf('>', end + 1)) {
    const isQuoted = text.slice(open, end).split('"').length % 2 === 0;
    if (!isQuoted) return end + 1;
  }
  return null;
}

function after(text: string, mark: string, from: number): number | null {
  const at = text.indexOf(mark, from);
  return at < 0 ? null : at + mark.length;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,4}));/g, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return NAMED[name] ?? whole;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0x10ffff ? '\u{FFFD}' : String.fromCodePoint(code);
  });
}
