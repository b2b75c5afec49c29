/** For `ilike`: whatever contains the text, which may hold any character. Null = whatever there is. */
export function containing(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : `%${likeText(text)}%`;
}

/** The text as it stands in a pattern. */
export function likeText(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
