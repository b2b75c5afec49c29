import { LanguageSchema, languageAmong, translationsSchema, wordsIn } from './wording';
import * as z from 'zod';

const HELLO = { text: 'Hello' };
const TRANSLATIONS = { es: { text: 'Hola' }, 'es-MX': { text: 'Qué tal' } };

describe("the words in a person's language (U-10)", () => {
  it.each([
    ['es', 'Hola'],
    ['es-MX', 'Qué tal'],
    ['es-AR', 'Hola'],
    ['fr', 'Hello'],
    ['en', 'Hello'],
    ['constructor', 'Hello'],
  ])('for %s are %s', (language, text) => {
    expect(wordsIn(language, HELLO, TRANSLATIONS)).toEqual({ text });
  });

  it('are those for everybody where there are no others', () => {
    expect(wordsIn('es', HELLO)).toBe(HELLO);
    expect(languageAmong([], 'es')).toBeNull();
  });

  it.each(['en', 'es-MX', 'fil'])('may be in %s', (language) => {
    expect(LanguageSchema.safeParse(language).success).toBe(true);
  });

  it.each(['English', 'EN', 'es-mx', ''])('can not be in %j', (language) => {
    expect(LanguageSchema.safeParse(language).success).toBe(false);
  });

  it('are in twenty languages at most', () => {
    const schema = translationsSchema(z.string());
    const inLanguages = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${String.fromCharCode(97 + at)}`, 'x']));
    expect(schema.safeParse(inLanguages(20)).success).toBe(true);
    expect(schema.safeParse(inLanguages(21)).error?.issues).toMatchObject([
      { message: 'must be at most 20 languages' },
    ]);
  });
});
