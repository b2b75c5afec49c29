import { createRequire } from 'node:module';
import { byText, correct, ordersOf, readRows, requireZone } from './read.mjs';

const { getCountries, getCountryCallingCode } = createRequire(import.meta.url)('libphonenumber-js/max');
const NORTH_AMERICA = '1';

const HAVE_STATES = ['US', 'CA'];

/** All zones of every country that has telephones, but for those whose states have tables of their own. */
export function countryZones(corrections) {
  const zones = new Map(
    getCountries()
      .filter((country) => !HAVE_STATES.includes(country))
      .map((country) => [country, new Set()]),
  );
  for (const [country, names] of readRows('tz-countries.txt'))
    for (const zone of names.split(' ')) zones.get(country)?.add(corrections.nameOf(zone));
  for (const verb of ['drop', 'add'])
    for (const [country, ...names] of ordersOf(corrections, verb))
      if (/^[A-Z]/.test(country)) for (const zone of names) correct(zones.get(country), verb, country, zone);
  return new Map([...zones].map(([country, found]) => [country, sorted(country, found)]));
}

/**
 * Prefixes of numbers that lie in a part of a country of several zones. Only where Google knows every zone of the calling
 * code: a zone that it doesn't know hides behind another. A prefix that says what a shorter one says is left out.
 */
export function prefixZones(google, countries, corrections) {
  const named = google.map(([prefix, names]) => [prefix, [...new Set(names.map(corrections.nameOf))].sort(byText)]);
  const outdated = new Set(ordersOf(corrections, 'whole').flat());
  return codesWithParts(countries).flatMap(([code, all]) => {
    const below = named.filter(([prefix]) => prefix.startsWith(code));
    const known = new Set(below.flatMap(([, zones]) => zones));
    if (outdated.has(code) || !all.every((zone) => known.has(zone))) return [];
    const texts = new Map(below.map(([prefix, zones]) => [prefix, isPart(zones, all) ? zones.join('+') : '']));
    return [...texts].filter(([prefix, text]) => text !== nextShorter(texts, prefix));
  });
}

/** Calling codes with all zones of all their countries, where one of these has several; area codes have their own table. */
function codesWithParts(countries) {
  const codes = new Map();
  for (const [country, zones] of countries) {
    const code = getCountryCallingCode(country);
    const found = codes.get(code) ?? { all: new Set(), hasParts: false };
    for (const zone of zones) found.all.add(zone);
    codes.set(code, { all: found.all, hasParts: found.hasParts || zones.length > 1 });
  }
  codes.delete(NORTH_AMERICA);
  return [...codes].filter(([, { hasParts }]) => hasParts).map(([code, { all }]) => [code, [...all]]);
}

function isPart(zones, all) {
  return zones.length < all.length && zones.every((zone) => all.includes(zone));
}

function sorted(country, zones) {
  if (zones.size === 0) throw new Error(`${country} has no zone`);
  return [...zones].map(requireZone).sort(byText);
}

function nextShorter(texts, prefix) {
  for (let length = prefix.length - 1; length > 0; length -= 1) {
    const text = texts.get(prefix.slice(0, length));
    if (text !== undefined) return text;
  }
  return '';
}
