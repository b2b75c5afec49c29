import { type CountryCode, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';
import { COUNTRY_ZONES, PREFIX_ZONES } from './country-zone-table';

/** Where countries other than the United States and Canada are, and their numbers. */

const ZONES_BY_COUNTRY: ReadonlyMap<string, readonly string[]> = tokensOf(COUNTRY_ZONES, (country, zones) => [
  [country, zones.split(',')],
]);

/** An empty list stands for the whole country, within a part of it. */
const ZONES_BY_PREFIX: ReadonlyMap<string, readonly string[]> = tokensOf(PREFIX_ZONES, (zones, prefixes) =>
  prefixes.split(',').map((prefix) => [prefix, zones.split('+').filter((zone) => zone !== '')]),
);
const LONGEST_PREFIX = Math.max(...[...ZONES_BY_PREFIX.keys()].map((prefix) => prefix.length));

/** All zones of a country by its ISO code, sorted; null for the United States, Canada, and what has no telephones. */
export function zonesOfForeignCountry(country: string): readonly string[] | null {
  return ZONES_BY_COUNTRY.get(country) ?? null;
}

/** Every zone in which the subscriber of an E.164 number may be, sorted; none where the number names no country (satellites, …), which no number does that we take. */
export function zonesOfForeignNumber(e164: string): readonly string[] {
  const phone = parsePhoneNumberFromString(e164);
  const all = zonesOfForeignCountry(countryOf(phone));
  if (all === null) return [];
  const part = zonesOfPrefix(phone).filter((zone) => all.includes(zone));
  return part.length === 0 ? all : part;
}

function countryOf(phone: PhoneNumber | undefined): CountryCode | '' {
  return phone?.country ?? '';
}

/** Only a fixed line is where its number says: mobiles and all others are anywhere in their country. */
function zonesOfPrefix(phone: PhoneNumber | undefined): readonly string[] {
  if (phone?.getType() !== 'FIXED_LINE') return [];
  const digits = phone.number.slice(1);
  for (let length = LONGEST_PREFIX; length > 0; length -= 1) {
    const zones = ZONES_BY_PREFIX.get(digits.slice(0, length));
    if (zones !== undefined) return zones;
  }
  return [];
}

function tokensOf(
  lines: readonly string[],
  entriesOf: (before: string, after: string) => readonly (readonly [string, readonly string[]])[],
): ReadonlyMap<string, readonly string[]> {
  const tokens = lines.join(' ').split(' ');
  return new Map(
    tokens.flatMap((token) => {
      const colon = token.indexOf(':');
      return entriesOf(token.slice(0, colon), token.slice(colon + 1));
    }),
  );
}
