/** A TwiML element. Text of several places is joined, as nothing we read depends on where it stood. */
export interface TwimlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly TwimlElement[];
  readonly text: string;
}

/** The document can't be followed; 12100 is Twilio's code for TwiML that doesn't parse. */
export class TwimlError extends Error {
  override readonly name = 'TwimlError';
  readonly code = 12100;
}

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: TwimlElement[];
  text: string;
}

const NAME = '[A-Za-z_][\\w:.-]*';
const TOKEN = new RegExp(
  [
    '<!--[\\s\\S]*?-->',
    '<\\?[\\s\\S]*?\\?>',
    '<!\\[CDATA\\[(?<cdata>[\\s\\S]*?)\\]\\]>',
    `</(?<closed>${NAME})\\s*>`,
    `<(?<opened>${NAME})(?<attributes>(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
);
const ATTRIBUTE = new RegExp(`(?<name>${NAME})\\s*=\\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')`, 'g');
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
);

/** Reads a whole document and answers its `<Response>`; anything that isn't well-formed is a TwimlError. */
export function parseTwiml(xml: string): TwimlElement {
  const source = xml.trim();
  const document: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [document];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(source);
    if (token === null) throw new TwimlError(`malformed XML at character ${at}`);
    take(open, token.groups ?? {});
  }
  const [root] = document.children;
  if (open.length > 1 || root === undefined || document.children.length > 1 || document.text.trim() !== '') {
    throw new TwimlError('the document is not one closed element');
  }
  if (root.name !== 'Response') throw new TwimlError(`the root is <${root.name}>, not <Response>`);
  return root;
}

function take(open: Open[], groups: Readonly<Record<string, string | undefined>>): void {
  const current = open.at(-1);
  if (current === undefined) throw new TwimlError('more elements are closed than were opened');
  if (groups['cdata'] !== undefined) current.text += groups['cdata'];
  if (groups['text'] !== undefined) current.text += decoded(groups['text']);
  if (groups['closed'] !== undefined) close(open, groups['closed']);
  if (groups['opened'] !== undefined) {
    open.push({ name: groups['opened'], attributes: attributesOf(groups['attributes'] ?? ''), children: [], text: '' });
    if (groups['empty'] === '/') close(open, groups['opened']);
  }
}

function close(open: Open[], name: string): void {
  const closed = open.pop();
  const parent = open.at(-1);
  if (closed === undefined || parent === undefined || closed.name !== name)
    throw new TwimlError(`</${name}> closes nothing`);
  parent.children.push({ ...closed, text: closed.text.trim() });
}

function attributesOf(source: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const { groups } of source.matchAll(ATTRIBUTE)) {
    const name = groups?.['name'] ?? '';
    if (Object.hasOwn(attributes, name)) throw new TwimlError(`the attribute ${name} stands twice`);
    attributes[name] = decoded(groups?.['double'] ?? groups?.['single'] ?? '');
  }
  return attributes;
}

function decoded(text: string): string {
  return text.replace(/&(?<name>[^;\s&]*);?/g, (whole, name: string) => {
    const character = whole.endsWith(';') ? characterOf(name) : undefined;
    if (character === undefined) throw new TwimlError(`${whole} is no entity`);
    return character;
  });
}

function characterOf(name: string): string | undefined {
  const code = /^#(?:x(?<hex>[0-9a-f]{1,6})|(?<decimal>\d{1,7}))$/i.exec(name)?.groups;
  if (code === undefined) return ENTITIES.get(name);
  const point = code['hex'] === undefined ? Number(code['decimal']) : Number.parseInt(code['hex'], 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}
