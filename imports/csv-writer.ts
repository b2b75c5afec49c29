/** What a spreadsheet would take for a formula, whatever stands before it (OWASP, CSV injection). */
const DANGEROUS = /^'*\s*[=+\-@＝＋－＠\t\r\n]/;
/** A number as we keep it is one of those only by its first character, and harmless. */
const E164 = /^\+\d{7,15}$/;
const TO_BE_QUOTED = /[",\r\n]|^\s|\s$/;

/** Spreadsheets take a file with this for UTF-8. */
export const CSV_MARK = '\uFEFF';

/**
 * One line of a CSV file (RFC 4180) that is safe to open in a spreadsheet: what could be a formula begins with "'", which
 * imports take away again.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: string): string {
  const safe = DANGEROUS.test(cell) && !E164.test(cell) ? `'${cell}` : cell;
  return TO_BE_QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
