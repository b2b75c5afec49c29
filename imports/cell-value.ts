/** What a cell of a sheet holds, as it stands in the file. */
export interface RawCell {
  /** As `B5`. */
  readonly ref: string;
  /** The `t` of ECMA-376, 18.18.11: `s` shared, `str` of a formula, `inlineStr`, `b`, `e` error, `d` day, `n` number. */
  readonly type: string;
  readonly isDate: boolean;
  readonly isFormula: boolean;
  readonly value: string | null;
}

const DAY_MS = 86_400_000;
/** Serial numbers count from here, so that 61 is 1 March 1900: the year 1900 has a 29 February there. */
const EPOCH_MS = Date.UTC(1899, 11, 30);
const DAYS_TO_1904 = 1462;
/** So many digits does a spreadsheet show of a number; what stands behind them is noise. */
const DIGITS = 15;
const LARGEST_SERIAL = 2_958_466;

/**
 * The text that somebody who looks at the cell would read off it, as far as that matters for contacts; or why there is
 * none. Formulas are never worked out: what counts is the value that was saved with them.
 */
export function textOfCell(
  { ref, type, isDate, isFormula, value }: RawCell,
  from1904: boolean,
): { readonly text: string; readonly broken?: string } {
  if (isFormula && value === null)
    return {
      text: '',
      broken: `the cell ${ref} is a formula without a value; save the file in a spreadsheet and send it again`,
    };
  if (value === null) return { text: '' };
  if (type === 'e') return { text: value, broken: `the cell ${ref} shows the error ${value}` };
  if (type === 'b') return { text: value === '1' ? 'TRUE' : 'FALSE' };
  if (type !== 'n') return { text: unescaped(value) };
  return { text: isDate ? dayOf(value, from1904) : numberOf(value) };
}

/** Characters that XML has no place for. */
function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function numberOf(value: string): string {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) return value;
  const rounded = Number(number.toPrecision(DIGITS));
  return Number.isInteger(rounded) && Math.abs(rounded) < 1e21 ? BigInt(rounded).toString() : String(rounded);
}

/** ISO 8601; a number that is no day is a number. */
function dayOf(value: string, from1904: boolean): string {
  const serial = Number(value) + (from1904 ? DAYS_TO_1904 : 0);
  if (!(serial >= 0 && serial < LARGEST_SERIAL)) return numberOf(value);
  const iso = new Date(EPOCH_MS + Math.round(serial * DAY_MS)).toISOString();
  if (serial < 1) return iso.slice(11, 19);
  return Number.isInteger(serial) ? iso.slice(0, 10) : iso.slice(0, 19);
}
