import { AREA_CODE_ROWS, STATE_ROWS } from './area-code-table';

/**
 * Geographic area codes of the North American Numbering Plan, with every zone in which a subscriber may live; numbers are
 * carried from town to town, so nothing finer than the code is asked.
 * Zones that have kept the same time since 2007 are named by one of them (Detroit by New York, Boise by Denver).
 * An overlay has the zones of the code that it overlays.
 */

export interface AreaCodePlace {
  /** Sorted IANA names. */
  readonly zones: readonly string[];
  /** Sorted codes of US states, territories and Canadian provinces: several where they share a code, none elsewhere. */
  readonly states: readonly string[];
}

const TOLL_FREE: ReadonlySet<string> = new Set(
  '800 822 833 844 855 866 877 880 881 882 883 884 885 886 887 888 889'.split(' '),
);

const PLACES: ReadonlyMap<string, AreaCodePlace> = new Map(
  AREA_CODE_ROWS.flatMap(([states, zones, areaCodes]) => {
    const place = { zones: words(zones), states: words(states) };
    return words(areaCodes).map((areaCode) => [areaCode, place] as const);
  }),
);

const ZONES_BY_STATE: ReadonlyMap<string, readonly string[]> = new Map(
  STATE_ROWS.map(([state, zones]) => [state, words(zones)]),
);

/** Where subscribers of an area code may live; null for toll-free, other non-geographic and unknown codes. */
export function placeOfAreaCode(areaCode: string): AreaCodePlace | null {
  return PLACES.get(areaCode) ?? null;
}

/** Toll-free codes and those kept for them; they say nothing about where a person is. */
export function isTollFree(areaCode: string): boolean {
  return TOLL_FREE.has(areaCode);
}

/** All zones of a US state, territory or Canadian province by its two-letter code; none for any other code. */
export function zonesOfState(state: string): readonly string[] {
  return ZONES_BY_STATE.get(state) ?? [];
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
