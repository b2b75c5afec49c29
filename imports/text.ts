import * as z from 'zod';
import { storableText } from '../db/storable';

export const UNSTORABLE = 'must not contain the character U+0000 nor half a character';

/** A line or paragraph that somebody typed into a field. */
export function text(most: number) {
  return z.string().trim().max(most).refine(isStorable, UNSTORABLE);
}

export function isStorable(value: string): boolean {
  return storableText(value) === value;
}
