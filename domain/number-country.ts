import { placeOfAreaCode } from './area-codes';
import { usablePhone } from './phone';
import { countryOfState } from './places';

const NORTH_AMERICAN = /^\+1(\d{3})\d{7}$/;

/**
 * The country that a stored number belongs to, US territories with the United States; null = nobody may be called there at
 * any price: premium rates, shared costs, satellites, and what is no number.
 */
export function countryOfNumber(e164: string): string | null {
  const areaCode = NORTH_AMERICAN.exec(e164)?.[1];
  // Nearly all of them: a look into a table, where reading a number takes a hundred times as long.
  const state = areaCode === undefined ? undefined : placeOfAreaCode(areaCode)?.states[0];
  return state === undefined ? (usablePhone(e164)?.country ?? null) : countryOfState(state);
}
