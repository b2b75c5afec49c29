import * as z from 'zod';

/** The same words in another language, and which of them a person gets (U-11). */

export const LanguageSchema = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language like en or es-MX');

const MOST_LANGUAGES = 20;

/** By language; whoever's is not among them gets the words that stand beside. */
export function translationsSchema<W extends z.ZodType>(words: W) {
  return z
    .record(LanguageSchema, words)
    .refine((all) => Object.keys(all).length <= MOST_LANGUAGES, `must be at most ${MOST_LANGUAGES} languages`);
}

/** es-MX gets es-MX, else es; null = none of these is the person's. */
export function languageAmong(languages: readonly string[], language: string): string | null {
  const base = language.replace(/-.*$/, '');
  return languages.find((each) => each === language) ?? languages.find((each) => each === base) ?? null;
}

/** The translation into the person's language, else the words that are for everybody. */
export function wordsIn<W>(language: string, words: W, translations: Readonly<Record<string, W>> = {}): W {
  const all = Object.entries(translations);
  const best = languageAmong(
    all.map(([each]) => each),
    language,
  );
  return all.find(([each]) => each === best)?.[1] ?? words;
}
