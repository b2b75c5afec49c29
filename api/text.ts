import * as z from 'zod';
import { storableText } from '../db/storable';
import { isStorable, UNSTORABLE } from '../imports/text';

export { text } from '../imports/text';

/** What somebody said elsewhere: never refused for a character, for it would be lost. */
export function toldText(most: number) {
  return z.string().transform(storableText).pipe(z.string().trim().max(most));
}

/** The same, cut where it is too long: a mail comes once. */
export function cutText(most: number) {
  return z.string().transform((value) => storableText(value.slice(0, most)));
}

/** The same schema, with the texts anywhere inside held to what the database can keep. */
export function storable<S extends z.ZodType>(schema: S): S {
  return schema.check(({ value, issues }) => {
    for (const { path, input } of unstorableIn(value))
      issues.push({ code: 'custom', path, input, message: UNSTORABLE });
  });
}

function unstorableIn(value: unknown, path: string[] = []): { path: string[]; input: string }[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [{ path, input: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unstorableIn(inner, [...path, key]));
}
