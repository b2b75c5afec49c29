/** One place at which two documents are not the same; `undefined` = it isn't there. */
export interface Difference {
  /** Field names and keys of the way there: "plan/runs/week/calls/attempts". */
  readonly at: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two JSON documents differ, as deep as it can be said. Lists of things with keys are compared key by key. */
export function differences(before: unknown, after: unknown, at = ''): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const one = partsOf(before);
  const other = partsOf(after);
  if (one === null || other === null) return [{ at, before, after }];
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names.flatMap((name) => differences(one.get(name), other.get(name), at === '' ? name : `${at}/${name}`));
}

function partsOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const keys = value.map(keyOf);
  return keys.every((key) => key !== null) ? new Map(keys.map((key, ix) => [key, value[ix]])) : null;
}

function keyOf(item: unknown): string | null {
  return typeof item === 'object' && item !== null && 'key' in item ? String(item.key) : null;
}
