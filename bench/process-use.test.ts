import { existsSync } from 'node:fs';
import { readStat, startMeter, useOf } from './process-use';

const STAT =
  '4711 (node (main) 1) S 4700 4711 4700 0 -1 4194304 9000 8000 0 0 150 50 7 3 20 0 11 0 5000 1200000000 2500 18446744073709551615 1 1 0';

describe('what a process has used', () => {
  it('is read behind a name that holds brackets and spaces', () => {
    expect(readStat(STAT)).toEqual({ pid: 4711, parentPid: 4700, cpuMs: 2_100, residentBytes: 2_500 * 4_096 });
  });

  it.each(['', '4711 node S 1', '4711 (node) S 1 2 3'])('is not read from "%s"', (text) => {
    expect(readStat(text)).toBeNull();
  });

  const onLinux = existsSync('/proc/self/stat');

  it('grows with the work of this very process', async () => {
    const stop = await startMeter({ own: process.pid });
    const untilMs = process.cpuUsage().user + 60_000;
    while (process.cpuUsage().user < untilMs) JSON.parse(JSON.stringify(STAT));
    const { own } = await stop();
    if (onLinux) expect(own).toBeGreaterThanOrEqual(40);
    else expect(own).toBeUndefined();
  });

  it('is not known of a process that is gone', async () => {
    expect(await useOf(2 ** 30)).toBeNull();
  });
});
