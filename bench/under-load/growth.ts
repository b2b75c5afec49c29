/** How a process grows, from what it held at several moments. */

export interface Sample {
  readonly ms: number;
  readonly bytes: number;
}

const HOUR_MS = 3_600_000;
/** Of less nothing can be said. */
const SHORTEST_MS = 180_000;

/** Bytes an hour by least squares; the first third is left out, for everybody grows while warming up. */
export function growthPerHour(samples: readonly Sample[]): number | null {
  const warm = samples.slice(Math.floor(samples.length / 3));
  const [first, last] = [warm[0], warm.at(-1)];
  if (first === undefined || last === undefined || last.ms - first.ms < SHORTEST_MS) return null;
  const mean = (of: (sample: Sample) => number) => warm.reduce((sum, sample) => sum + of(sample), 0) / warm.length;
  const [ms, bytes] = [mean((sample) => sample.ms), mean((sample) => sample.bytes)];
  const over = warm.reduce((sum, sample) => sum + (sample.ms - ms) * (sample.bytes - bytes), 0);
  const under = warm.reduce((sum, sample) => sum + (sample.ms - ms) ** 2, 0);
  return (over / under) * HOUR_MS;
}

/** The lives of one process, each from its start to its kill: that of the longest is the one that says most. */
export class Lives {
  private readonly lives: Sample[][] = [[]];

  add(sample: Sample): void {
    this.lives.at(-1)?.push(sample);
  }

  begin(): void {
    this.lives.push([]);
  }

  get longest(): readonly Sample[] {
    return this.lives.reduce((longest, life) => (life.length > longest.length ? life : longest), []);
  }
}
