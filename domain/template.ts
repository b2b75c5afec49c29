import { DomainError } from './errors';

/**
 * A text with variables: {{ contact.first_name | default: "there" | capitalize }}. No logic and no escapes: what is not
 * a tag stays as it is, and what a variable brings in is never read as a tag.
 */
export interface Template {
  readonly parts: readonly (string | Tag)[];
}

interface Tag {
  readonly path: string;
  /** Where it begins in the text, from 1. */
  readonly position: number;
  readonly filters: readonly Filter[];
}

type Filter = { readonly name: 'default'; readonly text: string } | { readonly name: keyof typeof CHANGES };

/** `missing` names the variables that have neither value nor default; it is empty when the text got too long. */
export type Rendered =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: 'missing_values' | 'too_long'; readonly missing: readonly string[] };

export type TemplateValues = Readonly<Record<string, unknown>>;

const MAX_TEMPLATE_LENGTH = 20_000;
const MAX_TAGS = 200;
const MAX_TEXT_LENGTH = 100_000;

const CHANGES = {
  upper: (text: string) => text.toUpperCase(),
  lower: (text: string) => text.toLowerCase(),
  /** The first letter only, so that McDonald stays; `lower` before it for the rest. */
  capitalize: (text: string) => text.replace(/^\s*\S/u, (start) => start.toUpperCase()),
} as const;

const OPEN = '{{';
const CLOSE = '}}';
const PATH = /\s*[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\s*/y;
const FILTER = /\|\s*[A-Za-z_]\w*\s*/y;
const FILTER_TEXT = /:\s*(?:"[^"\n]*"|'[^'\n]*')\s*/y;

/** Throws a DomainError that names the position (from 1) of what is wrong. */
export function parseTemplate(text: string): Template {
  if (text.length > MAX_TEMPLATE_LENGTH)
    throw new DomainError(
      'template_too_long',
      `the text has ${text.length} characters, more than ${MAX_TEMPLATE_LENGTH}`,
    );
  const parts: (string | Tag)[] = [];
  let at = 0;
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
    if (open > at) parts.push(text.slice(at, open));
    const [tag, end] = parseTag(text, open);
    parts.push(tag);
    at = end;
  }
  if (at < text.length) parts.push(text.slice(at));
  const tags = parts.filter((part) => typeof part === 'object').length;
  if (tags > MAX_TAGS)
    throw new DomainError('template_too_long', `the text has ${tags} variables, more than ${MAX_TAGS}`);
  return { parts };
}

/** Paths of all variables, sorted, each once. */
export function variablesOf({ parts }: Template): readonly string[] {
  return [...new Set(parts.flatMap((part) => (typeof part === 'object' ? [part.path] : [])))].sort();
}

/** Each variable at each of its places, in the order of the text. */
export function placesOf({ parts }: Template): readonly { readonly path: string; readonly position: number }[] {
  return parts.flatMap((part) => (typeof part === 'object' ? [{ path: part.path, position: part.position }] : []));
}

/** The text with a word in each place, as long as values of that kind are. */
export function filledWith({ parts }: Template, wordFor: (path: string) => string): string {
  return parts.map((part) => (typeof part === 'string' ? part : wordFor(part.path))).join('');
}

/** Refuses rather than sends "Hello ,": a variable that is unknown, or blank, and has no default is missing. */
export function render(template: Template, values: TemplateValues, maxLength = MAX_TEXT_LENGTH): Rendered {
  const missing = new Set<string>();
  let text = '';
  for (const part of template.parts) {
    if (typeof part === 'string') text += part;
    else {
      const value = filtered(part, valueAt(values, part.path));
      if (value === null) missing.add(part.path);
      else text += value;
    }
    if (text.length > maxLength) return { ok: false, problem: 'too_long', missing: [] };
  }
  return missing.size > 0 ? { ok: false, problem: 'missing_values', missing: [...missing] } : { ok: true, text };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For whoever puts a rendered text into HTML; templates themselves know nothing of it. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `${ENTITIES[character]}`);
}

function parseTag(text: string, open: number): [tag: Tag, end: number] {
  const path = matchAt(PATH, text, open + OPEN.length);
  if (path === '') throw badTemplate(open, 'needs the name of a variable, like {{contact.first_name}}');
  let end = open + OPEN.length + path.length;
  const filters: Filter[] = [];
  for (let name = matchAt(FILTER, text, end); name !== ''; name = matchAt(FILTER, text, end)) {
    end += name.length;
    const argument = matchAt(FILTER_TEXT, text, end);
    end += argument.length;
    filters.push(filterOf(name.slice(1).trim(), argument.slice(1).trim(), open));
  }
  if (!text.startsWith(CLOSE, end))
    throw badTemplate(open, 'must end with }}, like {{contact.first_name | default: "there"}}');
  return [{ path: path.trim(), position: open + 1, filters }, end + CLOSE.length];
}

function filterOf(name: string, quoted: string, open: number): Filter {
  if (name === 'default') {
    if (quoted === '') throw badTemplate(open, 'needs a text for its default, like default: "there"');
    return { name, text: quoted.slice(1, -1) };
  }
  if (!isChange(name))
    throw badTemplate(open, `has the unknown filter "${name}"; known are default, upper, lower, capitalize`);
  if (quoted !== '') throw badTemplate(open, `gives a text to the filter "${name}", which takes none`);
  return { name };
}

function isChange(name: string): name is keyof typeof CHANGES {
  return Object.hasOwn(CHANGES, name);
}

function filtered({ filters }: Tag, value: string | null): string | null {
  return filters.reduce<string | null>((text, filter) => {
    if (filter.name === 'default') return text ?? filter.text;
    return text === null ? null : CHANGES[filter.name](text);
  }, value);
}

/** Own properties only: whatever hangs on a prototype is nobody's name. */
function valueAt(values: TemplateValues, path: string): string | null {
  let value: unknown = values;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    // Proof: an object that has the property as its own.
    value = (value as TemplateValues)[name];
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null;
  const text = String(value);
  return text.trim() === '' ? null : text;
}

/** What the pattern, a sticky one, matches just there; empty when it doesn't. */
function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function badTemplate(open: number, problem: string): DomainError {
  return new DomainError('bad_template', `the variable at position ${open + 1} ${problem}`, { value: open + 1 });
}
