import { addDays, type LocalDate } from './local-time';

/** One version of something that is never overwritten: from its first day on it takes the place of all before it. */
export interface EffectiveVersion {
  readonly id: string;
  readonly version: number;
  readonly effectiveFrom: LocalDate;
  /** The last day, inside; null = until a later version. */
  readonly effectiveTo: LocalDate | null;
  /** From its first day on there is nothing any more. */
  readonly retired: boolean;
}

/** Local days, both inside; null = without an end. */
export interface Stretch {
  readonly from: LocalDate;
  readonly to: LocalDate | null;
}

export interface InForce<V> extends Stretch {
  readonly version: V;
}

/** The days on which each version is the one that counts; left out are those that never do. */
export function stretchesInForce<V extends EffectiveVersion>(versions: readonly V[]): InForce<V>[] {
  return versions.flatMap((version): InForce<V>[] => {
    const { id, effectiveFrom: from, effectiveTo, retired } = version;
    const replaced = versions.filter((later) => later.id === id && later.version > version.version);
    const ends = replaced.map((later) => addDays(later.effectiveFrom, -1));
    const [to = null] = [...ends, ...(effectiveTo === null ? [] : [effectiveTo])].sort();
    return retired || (to !== null && to < from) ? [] : [{ version, from, to }];
  });
}

export function isWithin({ from, to }: Stretch, date: LocalDate): boolean {
  return from <= date && (to === null || date <= to);
}
