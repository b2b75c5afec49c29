import { placeOfAreaCode, zonesOfState } from './area-codes';
import { zonesOfForeignNumber } from './foreign-zones';
import { isZone } from './local-time';
import { type Phone, usablePhone } from './phone';
import { countryOf, countryOfState, stateOf, statesOfPostalCode, zonesOfCountry } from './places';

/** What is known of where a person is, as stated or as the numbers tell. */
export interface ZoneEvidence {
  readonly statedZone?: string;
  readonly state?: string;
  readonly country?: string;
  readonly postalCode?: string;
  readonly phones: readonly string[];
}

export interface ZoneSource {
  readonly source: 'stated' | 'state' | 'postal_code' | 'area_code' | 'country' | 'unknown';
  /** The zone, state, area code or country that speaks; never a postal code or number. */
  readonly value: string;
  readonly zones: readonly string[];
}

export interface CandidatePlaces {
  /** Every zone in which the person may be, sorted. Contact is allowed only where all of them allow it. */
  readonly zones: readonly string[];
  /** Every US state, territory or Canadian province, sorted. */
  readonly states: readonly string[];
  readonly sources: readonly ZoneSource[];
  /** False when they may be anywhere in the United States, or in the world: the strictest hours then hold as well. */
  readonly known: boolean;
}

/**
 * The zones of people of whom nothing is known. Zones between these (Adak, Boise, …) would forbid nothing more. Guam and
 * Samoa are left out, for no hour of the day would remain; their own area codes and states name them.
 */
export const US_ZONES: readonly string[] = [
  'America/Anchorage',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/New_York',
  'America/Phoenix',
  'America/Puerto_Rico',
  'Pacific/Honolulu',
];

/** Round the world: no hour suits all of them, so nobody is contacted in an unknown part of an unknown country. */
const WORLD_ZONES: readonly string[] = [
  'America/New_York',
  'Asia/Kolkata',
  'Europe/London',
  'Pacific/Auckland',
  'Pacific/Honolulu',
];

interface Evidence extends ZoneSource {
  readonly states: readonly string[];
}

/** Keeps all candidates, the strict reading: people move and keep their numbers, so no source outranks another. */
export function candidatePlaces(evidence: ZoneEvidence): CandidatePlaces {
  const phones = evidence.phones.flatMap((text) => usablePhone(text) ?? []);
  const exact = [...statedEvidence(evidence), ...phones.flatMap(evidenceOfAreaCode), ...phones.flatMap(evidenceAbroad)];
  const all = [...exact, ...statedCountry(evidence).flatMap((country) => evidenceOfCountry(country, exact))];
  if (all.length === 0) all.push({ source: 'unknown', value: 'US', zones: US_ZONES, states: [] });
  return {
    zones: sortedSet(all.flatMap(({ zones }) => zones)),
    states: sortedSet(all.flatMap(({ states }) => states)),
    sources: all.map(({ source, value, zones }) => ({ source, value, zones })),
    known: all.every(({ source }) => source !== 'unknown'),
  };
}

function statedEvidence({ statedZone, state, postalCode }: ZoneEvidence): Evidence[] {
  const found: Evidence[] = [];
  if (statedZone !== undefined && isZone(statedZone))
    found.push({ source: 'stated', value: statedZone, zones: [statedZone], states: [] });
  const stated = stateOf(state ?? '');
  if (stated !== null) found.push(evidenceOfState('state', stated));
  for (const postal of statesOfPostalCode(postalCode ?? '')) found.push(evidenceOfState('postal_code', postal));
  return found;
}

function evidenceOfState(source: 'state' | 'postal_code', state: string): Evidence {
  return { source, value: state, zones: zonesOfState(state), states: [state] };
}

function evidenceOfAreaCode({ areaCode = '' }: Phone): Evidence[] {
  const place = placeOfAreaCode(areaCode);
  return place === null ? [] : [{ source: 'area_code', value: areaCode, ...place }];
}

function statedCountry({ country }: ZoneEvidence): string[] {
  const code = countryOf(country ?? '');
  return code === null ? [] : [code];
}

/** A number without an area code is somewhere in its country, or in the part of it that it names. */
function evidenceAbroad({ areaCode, e164, country, tollFree }: Phone): Evidence[] {
  if (tollFree || areaCode !== undefined) return [];
  return [{ source: 'country', value: country, zones: zonesOfForeignNumber(e164), states: [] }];
}

/** A country of several zones says nothing more where a zone, a state or a number of it is known. */
function evidenceOfCountry(country: string, exact: readonly Evidence[]): Evidence[] {
  const zones = zonesOfCountry(country);
  if (zones?.length !== 1 && exact.some((evidence) => placesIn(country, evidence))) return [];
  if (zones !== null) return [{ source: 'country', value: country, zones, states: [] }];
  return [{ source: 'unknown', value: country, zones: country === 'US' ? US_ZONES : WORLD_ZONES, states: [] }];
}

function placesIn(country: string, { source, value, states }: Evidence): boolean {
  if (source === 'country') return value === country;
  return source === 'stated' || states.some((state) => countryOfState(state) === country);
}

function sortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
