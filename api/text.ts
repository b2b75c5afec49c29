import * as z from 'zod';

/** A line or paragraph that somebody typed; U+0000 is the one character that the database can't keep. */
export function text(most: number) {
  return z
    .string()
    .trim()
    .max(most)
    .refine((value) => !value.includes('\0'), 'must not contain the character U+0000');
}
