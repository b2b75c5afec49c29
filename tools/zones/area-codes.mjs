import { byText, correct, ordersOf, readRows, requireZone } from './read.mjs';

/** Every area code with its states (none outside of the United States and Canada) and zones, proved against each other. */
export function areaCodePlaces(google, corrections) {
  const zones = zonesByCode(google, corrections);
  const states = statesByCode(corrections);
  const stateZones = new Map(readRows('states.txt').map(([code, , text]) => [code, text.split(' ')]));
  const countryZones = new Map(readRows('countries.txt').map(([code, , text]) => [code, text.split(' ')]));
  coverOverlays(zones, states, corrections);
  const places = [...zones].map(([code, found]) => {
    const inStates = [...(states.get(code) ?? [])].sort(byText);
    const allowed = inStates.flatMap((state) => stateZones.get(state)).concat(countryZones.get(code) ?? []);
    for (const zone of found)
      if (!allowed.includes(requireZone(zone))) throw new Error(`${code}: ${zone} is not in ${inStates.join(' ')}`);
    if (found.size === 0) throw new Error(`${code} has no zone`);
    return [code, inStates.join(' '), [...found].sort(byText).join(' ')];
  });
  proveWhole(places, stateZones);
  return places;
}

/** Google goes by prefixes; numbers are carried from town to town, so an area code has the zones of all its prefixes. */
function zonesByCode(google, corrections) {
  const zones = new Map();
  for (const [prefix, names] of google) {
    if (!/^1\d{3}/.test(prefix)) continue;
    const code = prefix.slice(1, 4);
    zones.set(code, new Set([...(zones.get(code) ?? []), ...names.map(corrections.nameOf)]));
  }
  for (const verb of ['drop', 'add'])
    for (const [code, ...names] of ordersOf(corrections, verb))
      if (/^\d/.test(code)) for (const zone of names) correct(zones.get(code), verb, code, zone);
  return zones;
}

function statesByCode(corrections) {
  const names = new Map(readRows('states.txt').flatMap(([code, all]) => all.split('/').map((name) => [name, code])));
  const known = new Set(names.values());
  const states = new Map();
  for (const [code, area] of readRows('google-areas.txt')) {
    const city = /, ([A-Z]{2})$/.exec(area)?.[1];
    const words = city === undefined ? area.split('/') : [city];
    const found = words.flatMap((word) => names.get(word) ?? (known.has(word) ? word : []));
    if (found.length > 0) states.set(code, new Set(found));
  }
  for (const [code, state] of ordersOf(corrections, 'at')) {
    if (states.has(code)) throw new Error(`"at ${code}" is superfluous`);
    states.set(code, new Set([state]));
  }
  return states;
}

/** An overlay has what the codes below it have; what Google says of it has to agree. */
function coverOverlays(zones, states, corrections) {
  for (const [code, ...below] of ordersOf(corrections, 'covers')) {
    const whole = new Set(below.flatMap((other) => [...zones.get(other)]));
    const stray = [...(zones.get(code) ?? [])].filter((zone) => !whole.has(zone));
    if (stray.length > 0) throw new Error(`${code} has ${stray.join(' ')}, ${below.join(' ')} has not`);
    if (zones.has(code) && zones.get(code).size === whole.size) throw new Error(`"covers ${code}" is superfluous`);
    const inStates = new Set(below.flatMap((other) => [...states.get(other)]));
    const strange = [...(states.get(code) ?? [])].filter((state) => !inStates.has(state));
    if (strange.length > 0) throw new Error(`${code} is in ${strange.join(' ')}, ${below.join(' ')} is not`);
    zones.set(code, whole);
    states.set(code, inStates);
  }
}

/** Every code is somewhere, and every zone of a state has a code. */
function proveWhole(places, stateZones) {
  const countries = new Set(readRows('countries.txt').map(([code]) => code));
  for (const [code, inStates] of places)
    if ((inStates === '') !== countries.has(code)) throw new Error(`${code} is in no state and no country, or in both`);
  for (const [state, zones] of stateZones)
    for (const zone of zones)
      if (!places.some(([, inStates, found]) => inStates.split(' ').includes(state) && found.split(' ').includes(zone)))
        throw new Error(`no area code of ${state} has ${zone}`);
}
