/**
 * CPU seconds that this process needs for it. What takes a second for a long text takes hours where its time grows with the square of
 * its length, so a wide limit tells the two apart, and unlike a clock it doesn't depend on what else the machine has to do.
 */
export function cpuSecondsOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
