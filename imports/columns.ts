import { storableText } from '../db/storable';
import { type Channel, ChannelSchema } from '../domain/channel';

/** What the columns of a file of contacts may say, and what a row says as an entry of a list. */

export interface ColumnMapping {
  /** As the file calls it. */
  readonly column: string;
  /** Null = the column is left out. */
  readonly field: string | null;
}

const PLAIN_FIELDS: Readonly<Record<string, readonly [part: 'contact' | 'case', field: string]>> = {
  external_id: ['contact', 'externalId'],
  first_name: ['contact', 'firstName'],
  last_name: ['contact', 'lastName'],
  language: ['contact', 'language'],
  zone: ['contact', 'zone'],
  state: ['contact', 'state'],
  country: ['contact', 'country'],
  postal_code: ['contact', 'postalCode'],
  case_external_id: ['case', 'externalId'],
  case_title: ['case', 'title'],
  case_status: ['case', 'status'],
};
const NUMBERED_FIELD = /^(phone|email)(?:_([2-9]|10))?$/;
const ATTRIBUTE_FIELD = /^attr_([a-z][a-z0-9_]{0,39})$/;
const LISTED_FIELDS: readonly string[] = ['consent', 'consent_source', 'tags'];
export const OPT_OUT_FIELD = 'opt_out';
/** The column of a file of failed rows that says why; a mended file may keep it. */
export const REASON_COLUMN = 'import_problem';
const MOST_NUMBERED = 10;

/** Spreadsheets, and we ourselves, write this before text that would otherwise be a formula. */
const ESCAPED = /^'(?='*\s*[=+\-@＝＋－＠\t\r\n])/;

/** What people call these columns, without anything but letters and digits. */
const SYNONYMS: Readonly<Record<string, string>> = {
  externalid: 'external_id',
  contactid: 'external_id',
  clientid: 'external_id',
  customerid: 'external_id',
  personid: 'external_id',
  id: 'external_id',
  first: 'first_name',
  firstname: 'first_name',
  givenname: 'first_name',
  forename: 'first_name',
  last: 'last_name',
  lastname: 'last_name',
  surname: 'last_name',
  familyname: 'last_name',
  language: 'language',
  lang: 'language',
  preferredlanguage: 'language',
  zone: 'zone',
  timezone: 'zone',
  tz: 'zone',
  state: 'state',
  province: 'state',
  country: 'country',
  postalcode: 'postal_code',
  postcode: 'postal_code',
  zip: 'postal_code',
  zipcode: 'postal_code',
  tags: 'tags',
  labels: 'tags',
  consent: 'consent',
  consentsource: 'consent_source',
  optout: OPT_OUT_FIELD,
  optedout: OPT_OUT_FIELD,
  donotcontact: OPT_OUT_FIELD,
  unsubscribed: OPT_OUT_FIELD,
  caseid: 'case_external_id',
  casenumber: 'case_external_id',
  caseexternalid: 'case_external_id',
  matterid: 'case_external_id',
  matternumber: 'case_external_id',
  casetitle: 'case_title',
  casename: 'case_title',
  matter: 'case_title',
  mattername: 'case_title',
  casestatus: 'case_status',
  status: 'case_status',
  matterstatus: 'case_status',
};
const PHONE_NAME =
  /^(?:(?:primary|main|mobile|cell|home|work|business|other|secondary)?(?:phone|telephone|tel)(?:number|no)?|mobile|cell|cellular)\d*$/;
const EMAIL_NAME = /^(?:(?:primary|main|home|work|business|other|secondary)?e?mail(?:address)?)\d*$/;

export function isField(name: string): boolean {
  return (
    Object.hasOwn(PLAIN_FIELDS, name) ||
    LISTED_FIELDS.includes(name) ||
    NUMBERED_FIELD.test(name) ||
    ATTRIBUTE_FIELD.test(name)
  );
}

/** Of imports that are carried out row by row. */
export function isMappable(name: string): boolean {
  return isField(name) || name === OPT_OUT_FIELD;
}

/** What each column seems to say. Our own names come first, then what people call them; the rest is left out. */
export function proposeColumns(header: readonly string[]): ColumnMapping[] {
  const names = header.map((cell) => storableText(cell));
  const taken = new Set<string>();
  const take = (field: string | null) => {
    if (field === null || taken.has(field)) return null;
    taken.add(field);
    return field;
  };
  const own = names.map((name) => take(isMappable(name.toLowerCase()) ? name.toLowerCase() : null));
  return names.map((column, ix) => ({ column, field: own[ix] ?? take(likelyField(column, taken)) }));
}

function likelyField(column: string, taken: ReadonlySet<string>): string | null {
  const name = column.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (PHONE_NAME.test(name)) return freeField('phone', taken);
  if (EMAIL_NAME.test(name)) return freeField('email', taken);
  return Object.hasOwn(SYNONYMS, name) ? (SYNONYMS[name] ?? null) : null;
}

function freeField(kind: 'phone' | 'email', taken: ReadonlySet<string>): string | null {
  const all = Array.from({ length: MOST_NUMBERED }, (_, ix) => numberedField(kind, ix));
  return all.find((field) => !taken.has(field)) ?? null;
}

export function numberedField(kind: 'phone' | 'email', ix: number): string {
  return ix === 0 ? kind : `${kind}_${ix + 1}`;
}

/** Can anybody be reached by what these columns say? */
export function saysAddress(columns: readonly ColumnMapping[]): boolean {
  return columns.some(({ field }) => field !== null && NUMBERED_FIELD.test(field));
}

/** Nothing is left to be said: every column has its field, or is known to have none. */
export function isComplete(columns: readonly ColumnMapping[], known: ReadonlySet<string> = new Set()): boolean {
  const isSaid = ({ column, field }: ColumnMapping) =>
    field !== null || column === '' || column === REASON_COLUMN || known.has(column);
  return saysAddress(columns) && columns.every(isSaid);
}

/** The cells of a row by field, without what spreadsheets put before text. */
export function valuesOf(fields: readonly (string | null)[], cells: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  fields.forEach((field, ix) => {
    if (field !== null) values.set(field, (cells[ix] ?? '').replace(ESCAPED, ''));
  });
  return values;
}

/** The entry of a list that a row says. */
export function inputOf(values: ReadonlyMap<string, string>): unknown {
  const contact: Record<string, unknown> = {};
  const ofCase: Record<string, unknown> = {};
  const attributes: Record<string, string> = {};
  const phones: string[] = [];
  const emails: string[] = [];
  for (const [field, value] of values) {
    const plain = PLAIN_FIELDS[field];
    const numbered = NUMBERED_FIELD.exec(field);
    const attribute = ATTRIBUTE_FIELD.exec(field)?.[1];
    if (numbered !== null) (numbered[1] === 'phone' ? phones : emails)[Number(numbered[2] ?? 1) - 1] = value;
    else if (value === '') continue;
    else if (plain !== undefined) (plain[0] === 'case' ? ofCase : contact)[plain[1]] = value;
    else if (attribute !== undefined) attributes[attribute] = value;
  }
  return {
    contact: {
      ...contact,
      phones: filled(phones),
      emails: filled(emails),
      attributes,
      tags: listOf(values.get('tags')),
      consents: consentsOf(values),
    },
    cases: Object.keys(ofCase).length === 0 ? [] : [ofCase],
  };
}

/** One source for all of them, or one for each in the same order. */
function consentsOf(values: ReadonlyMap<string, string>): { class: string; source: string }[] {
  const classes = listOf(values.get('consent'));
  const whole = values.get('consent_source') || 'import';
  const each = listOf(whole);
  return classes.map((name, ix) => ({
    class: name,
    source: each.length === classes.length ? (each[ix] ?? whole) : whole,
  }));
}

/** The field that a path into the entry came from; `row` = the whole of it. */
export function fieldOf(path: readonly PropertyKey[]): string {
  const [part, field, detail] = path.map(String);
  if (part === 'cases') return fieldNamed('case', detail);
  if (field === 'phones' || field === 'emails')
    return numberedField(field === 'phones' ? 'phone' : 'email', Number(detail ?? 0));
  if (field === 'attributes') return detail === undefined ? 'attr_*' : `attr_${detail}`;
  if (field === 'consents') return path[3] === 'source' ? 'consent_source' : 'consent';
  return field === 'tags' ? field : fieldNamed('contact', field);
}

function fieldNamed(part: 'contact' | 'case', field: string | undefined): string {
  const found = Object.entries(PLAIN_FIELDS).find(([, [ofPart, ofField]]) => ofPart === part && ofField === field);
  return found?.[0] ?? 'row';
}

const YES: ReadonlySet<string> = new Set(['all', 'yes', 'y', 'true', '1', 'x']);
const NO: ReadonlySet<string> = new Set(['', 'no', 'n', 'false', '0', 'none']);

/** The channels that the person has opted out of, as far as the cell can be read; null = it can't. */
export function optOutOf(cell: string): readonly Channel[] | null {
  const word = cell.trim().toLowerCase();
  if (NO.has(word)) return [];
  if (YES.has(word)) return ChannelSchema.options;
  const names = listOf(word);
  const channels = ChannelSchema.options.filter((channel) => names.includes(channel));
  return channels.length === new Set(names).size ? channels : null;
}

export function listOf(cell: string | undefined): string[] {
  return (cell ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Columns that the file leaves out count as empty cells, so that the place still names the column. */
function filled(values: readonly string[]): string[] {
  return Array.from(values, (value) => value ?? '');
}
