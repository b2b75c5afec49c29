/** PostgreSQL keeps neither the character U+0000 nor half a surrogate pair, and people's messages may hold both. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/** The text with what can't be stored replaced, so that nothing a person writes makes an arrival fail. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\u{FFFD}');
}

/** The same for every text inside a value, as JSON. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_, inner: unknown) => {
    if (typeof inner === 'string') return storableText(inner);
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [storableText(key), each]));
  });
}
