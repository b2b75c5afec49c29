/** What we write into somebody's CRM. */

/** A note without control characters, save line breaks and tabs. */
export function noteText(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '');
}

/** Stands in a note, so that it is found again before it is written twice. */
export function noteMark(operationId: string): string {
  return `[ft:${operationId}]`;
}

/** The same as HTML, where a CRM keeps its notes so: what a person wrote must not become a tag there. */
export function htmlNote(text: string): string {
  return noteText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '<br>');
}
