import type * as z from 'zod';
import { pointerOf } from '../domain/pointer';
import type { Fault } from './errors';

export { pointerOf };

const LONGEST_ECHO = 200;

/** Every fault of a value, one per field; unknown fields are named one by one. */
export function faultsOf(error: z.ZodError, place?: Fault['in']): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => fault([...issue.path, key], 'this field is not known', undefined, place));
    return [fault(issue.path, issue.message, inputOf(issue), place)];
  });
}

/** What was sent goes back with the fault, but for secrets. */
function fault(path: readonly PropertyKey[], detail: string, value: unknown, place: Fault['in']): Fault {
  const echo = path.includes('credentials') ? undefined : echoOf(value);
  return {
    pointer: pointerOf(path),
    ...(place === undefined ? {} : { in: place }),
    detail,
    ...(echo === undefined ? {} : { value: echo }),
  };
}

/** A wrong discriminator is reported with the whole object as its input: the caller wants to see the one field. */
function inputOf(issue: z.core.$ZodIssue): unknown {
  const { input } = issue;
  if (issue.code !== 'invalid_union' || typeof issue.discriminator !== 'string') return input;
  return typeof input === 'object' && input !== null ? Reflect.get(input, issue.discriminator) : input;
}

/** As much of a value as an answer repeats. */
export function echoOf(value: unknown): unknown {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  if (text === undefined || text.length <= LONGEST_ECHO) return value;
  return typeof value === 'string' ? `${value.slice(0, LONGEST_ECHO)}…` : undefined;
}
