import type * as z from 'zod';

export type Path = readonly PropertyKey[];

export interface Fault {
  readonly path: Path;
  readonly rule: string;
  /** What is there; undefined = nothing. */
  readonly value: unknown;
}

export interface Judged<T> {
  readonly faults: readonly Fault[];
  /** Valid: in the place of everything that is missing or wrong it has a stand-in. */
  readonly sound: T;
  /** Is the place within a stand-in, so that nothing can be said of it? */
  readonly isStandIn: (path: Path) => boolean;
}

/**
 * Everything that is wrong with a document, at once. A schema stops at the first fault that keeps it from looking further (a run
 * without a date is not asked whether it ends before it starts), so each faulty field gets a stand-in that no other rule minds,
 * and the whole is read again until nothing is wrong. The document is JSON; `standInFor` has one for each place that can't be left out.
 */
export function everyFault<S extends z.ZodType>(
  schema: S,
  document: Readonly<Record<string, unknown>>,
  standInFor: (path: Path) => unknown,
): Judged<z.output<S>> {
  const mended: object = JSON.parse(JSON.stringify(document));
  // The newest first: of two around one place, the outer one.
  const standIns: Path[] = [];
  const isStandIn = (path: Path) => standIns.some((outer) => isWithin(path, outer));
  const faults: Fault[] = [];
  for (;;) {
    const result = schema.safeParse(mended, { reportInput: true });
    if (result.success) return { faults, sound: result.data, isStandIn };
    const found = result.error.issues.flatMap(faultsOf);
    faults.push(...found.filter(({ path }) => !isStandIn(path)));
    const placed: Path[] = [];
    for (const { path } of found)
      if (!placed.some((outer) => isWithin(path, outer))) placed.push(mend(mended, path, standIns, standInFor));
    standIns.unshift(...placed);
  }
}

/** Puts a stand-in where the fault is, or as near above it as one is known; above those that have not helped. Says where. */
function mend(document: object, fault: Path, standIns: readonly Path[], standInFor: (path: Path) => unknown): Path {
  const outer = standIns.find((standIn) => isWithin(fault, standIn));
  for (let path = outer?.slice(0, -1) ?? fault; path.length > 0; path = path.slice(0, -1)) {
    const standIn = standInFor(path);
    // An element of a list can't be taken out: those after it would get other places.
    if (standIn === undefined && typeof path.at(-1) === 'number') continue;
    place(document, path, standIn);
    return path;
  }
  throw new Error(`there is no stand-in for ${fault.map(String).join('.')}`);
}

/** Undefined takes the field out. */
function place(document: object, path: Path, value: unknown): void {
  const parent = path.slice(0, -1).reduce<object>((each, part) => Object(Reflect.get(each, part)), document);
  const last = String(path.at(-1));
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], rule: 'this field is not known', value: undefined }));
  const value = valueOf(issue);
  return [{ path: issue.path, rule: value === undefined ? 'is missing' : issue.message, value }];
}

/** A wrong discriminator is reported with the whole object as its input: the one field is meant. */
function valueOf(issue: z.core.$ZodIssue): unknown {
  const isChoice = issue.code === 'invalid_union' && typeof issue.discriminator === 'string';
  return isChoice ? Reflect.get(Object(issue.input), String(issue.path.at(-1))) : issue.input;
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((part, ix) => part === path[ix]);
}
