import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { isZone } from '../domain/local-time';

const TOOLS = join(__dirname, '../tools/zones');
const FROM = DateTime.fromISO('2025-04-01T00:30Z');
const DAYS = 3 * 366;

describe('the tables of zones', () => {
  it('are what their sources say', () => {
    // Throws, with the reason on its error stream, when a committed table differs.
    expect(execFileSync(process.execPath, [join(TOOLS, 'generate.mjs'), '--check'], { encoding: 'utf8' })).toBe('');
  });

  it('name zones by another only where both keep the same time', () => {
    const orders = readFileSync(join(TOOLS, 'sources/corrections.txt'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('same '))
      .map((line) => line.slice('same '.length).split(' |', 1).join('').split(' '));
    expect(orders.length).toBeGreaterThan(40);
    const strays = orders.flatMap((zones) => {
      const kept = clockOf(zones.slice(-1).join(''));
      // The newest zones are newer than some runtimes.
      return zones.filter((zone) => isZone(zone) && clockOf(zone) !== kept);
    });
    expect(strays).toEqual([]);
  });
});

/** Its offset on every sixth day of some years: changes come at least weeks apart. */
function clockOf(zone: string): string {
  const offsets = Array.from({ length: DAYS / 6 }, (_, ix) => FROM.plus({ days: 6 * ix }).setZone(zone).offset);
  return offsets.join();
}
