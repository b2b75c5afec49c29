import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = join(import.meta.dirname, 'sources');

/** The lines of a source, cut at every bar; what begins with a number sign is for readers. */
export function readRows(name) {
  const lines = readFileSync(join(SOURCES, name), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('|'));
}

/** Orders as words, and the names that zones go by. */
export function readCorrections() {
  const orders = readRows('corrections.txt').map(([order, reason = '']) => {
    if (reason.trim() === '') throw new Error(`"${order}" gives no reason`);
    return order.trim().split(' ');
  });
  const names = new Map(ordersOf({ orders }, 'same').flatMap((zones) => zones.map((zone) => [zone, zones.at(-1)])));
  return { orders, nameOf: (zone) => names.get(zone) ?? zone };
}

export function ordersOf({ orders }, verb) {
  return orders.filter(([first]) => first === verb).map(([, ...words]) => words);
}

/** Puts a zone in or takes it out; refuses what changes nothing. */
export function correct(zones, verb, code, zone) {
  if (zones === undefined) throw new Error(`${verb} ${code}: there is no such code`);
  if (zones.has(zone) === (verb === 'add')) throw new Error(`"${verb} ${code} ${zone}" is superfluous`);
  if (verb === 'add') zones.add(zone);
  else zones.delete(zone);
}

/** Throws a RangeError for a name that the runtime doesn't know. */
export function requireZone(zone) {
  Intl.DateTimeFormat('en', { timeZone: zone });
  return zone;
}

export function byText(one, other) {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
