import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { isTollFree, placeOfAreaCode } from './area-codes';
import { DomainError } from './errors';

export interface Phone {
  readonly e164: string;
  /** Of North American numbers only. */
  readonly areaCode?: string;
  /** ISO code; "US" for North American numbers of no country, such as toll-free ones. */
  readonly country: string;
  readonly tollFree: boolean;
}

/** 555-0100 to 555-0199 of any area code are kept for fiction, whatever the metadata says of the area code. */
const FICTION = /^\+1[2-9]\d{2}55501\d{2}$/;
const NORTH_AMERICAN = /^\+1([2-9]\d{2})[2-9]\d{6}$/;

/** Reads a number as people write it; the errors name the rule that it breaks and never the number. */
export function normalisePhone(text: string, defaultCountry = 'US'): Phone {
  const phone = readPhone(text, defaultCountry);
  if (typeof phone === 'string') throw new DomainError('bad_phone', `the number ${phone}`, { field: 'phone' });
  return phone;
}

/** The same, with null for what is no usable number. */
export function usablePhone(text: string, defaultCountry = 'US'): Phone | null {
  const phone = readPhone(text, defaultCountry);
  return typeof phone === 'string' ? null : phone;
}

/** The number, or the rule that it breaks. */
function readPhone(text: string, defaultCountry: string): Phone | string {
  const parsed = parsePhoneNumberFromString(text.trim(), { defaultCountry: supported(defaultCountry), extract: false });
  if (parsed === undefined) return 'is not a phone number';
  if (parsed.ext !== undefined) return 'has an extension, which cannot be dialled';
  const type = parsed.getType();
  if (type === 'PREMIUM_RATE') return 'is charged at a premium rate';
  if (type === 'SHARED_COST') return 'is charged to both sides';
  const areaCode = NORTH_AMERICAN.exec(parsed.number)?.[1];
  // Area codes come into service before the metadata knows them.
  const isNew = areaCode !== undefined && placeOfAreaCode(areaCode) !== null;
  if (!parsed.isValid() && !isNew && !FICTION.test(parsed.number)) return 'is in no range that is in service';
  // Satellites and networks of the whole world are the dearest of all (T25).
  if (parsed.country === undefined && areaCode === undefined) return 'belongs to no country';
  return {
    e164: parsed.number,
    ...(areaCode === undefined ? {} : { areaCode }),
    country: parsed.country ?? 'US',
    tollFree: type === 'TOLL_FREE' || (areaCode !== undefined && isTollFree(areaCode)),
  };
}

/** Is it the ISO code of a country that has telephones? */
export function isCountry(code: string): boolean {
  return isSupportedCountry(code);
}

function supported(country: string): CountryCode {
  if (isSupportedCountry(country)) return country;
  throw new DomainError('bad_phone', `"${country}" is not the code of a country`, { field: 'country', value: country });
}
