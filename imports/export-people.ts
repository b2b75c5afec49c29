import type { Sql } from '../db/client';
import { exportPage, type ExportRow, type ExportScope, type ExportWidth, widthOf } from '../db/export';
import { numberedField, OPT_OUT_FIELD } from './columns';
import { CSV_MARK, csvLine } from './csv-writer';

const PAGE = 500;
const ALL_CHANNELS = 3;

/** A CSV file of people with their cases, in the columns that imports take, a page at a time. */
export async function* exportPeople(sql: Sql, scope: ExportScope): AsyncGenerator<string> {
  const width = await widthOf(sql, scope);
  yield CSV_MARK + csvLine(headerOf(width));
  for (let page = await exportPage(sql, scope, null, PAGE); page.length > 0; ) {
    yield page.map((row) => csvLine(cellsOf(row, width))).join('');
    page = await exportPage(sql, scope, page.at(-1)?.position ?? null, PAGE);
  }
}

const PLAIN = [
  'external_id',
  'first_name',
  'last_name',
  'language',
  'zone',
  'state',
  'country',
  'postal_code',
  'tags',
  'consent',
  'consent_source',
  OPT_OUT_FIELD,
  'case_external_id',
  'case_title',
  'case_status',
];

function headerOf({ phones, emails, attributes }: ExportWidth): string[] {
  return [
    ...PLAIN,
    ...Array.from({ length: phones }, (_, ix) => numberedField('phone', ix)),
    ...Array.from({ length: emails }, (_, ix) => numberedField('email', ix)),
    ...attributes.map((name) => `attr_${name}`),
  ];
}

function cellsOf(row: ExportRow, { phones, emails, attributes }: ExportWidth): string[] {
  const { consents, optOut } = row;
  return [
    row.externalId ?? '',
    row.firstName,
    row.lastName,
    row.language,
    row.zone ?? '',
    row.state ?? '',
    row.country ?? '',
    row.postalCode ?? '',
    listed(row.tags),
    listed(consents.map((consent) => consent.class)),
    listed(consents.map(({ source }) => source)),
    optOut.length === ALL_CHANNELS ? 'all' : listed(optOut),
    row.caseExternalId ?? '',
    row.caseTitle ?? '',
    row.caseStatus ?? '',
    ...Array.from({ length: phones }, (_, ix) => row.phones[ix] ?? ''),
    ...Array.from({ length: emails }, (_, ix) => row.emails[ix] ?? ''),
    ...attributes.map((name) => textOf(row.attributes[name])),
  ];
}

/** A ";" within one of them would be taken for the end of it. */
function listed(texts: readonly string[]): string {
  return texts.map((text) => text.replaceAll(';', ',')).join(';');
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
