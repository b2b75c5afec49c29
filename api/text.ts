import * as z from 'zod';
import { storableText } from '../db/storable';

const UNSTORABLE = 'must not contain the character U+0000 nor half a character';

/** A line or paragraph that somebody typed into a field. */
export function text(most: number) {
  return z.string().trim().max(most).refine(isStorable, UNSTORABLE);
}

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

function isStorable(value: string): boolean {
  return storableText(value) === value;
}

function unstorableIn(value: unknown, path: string[] = []): { path: string[]; input: string }[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [{ path, input: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unstorableIn(inner, [...path, key]));
}
