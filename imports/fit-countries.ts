import { countryOfNumber } from '../domain/number-country';
import { usablePhone } from '../domain/phone';
import type { EntryReader } from './read-row';

type Read = ReturnType<EntryReader>;

/** Reads entries as before, and says which numbers are kept and will not be called because of their country (T25). */
export function withCountries(readEntry: EntryReader, allowed: readonly string[]): EntryReader {
  return (input) => {
    const read = readEntry(input);
    return { ...read, faults: [...read.faults, ...numbersAbroad(input, read.entry, allowed)] };
  };
}

export function numbersAbroad(input: unknown, entry: Read['entry'], allowed: readonly string[]): Read['faults'] {
  if (entry === null) return [];
  const { addresses, country } = entry.contact;
  const foreign = addresses.flatMap(({ kind, value }) => {
    const found = kind === 'phone' ? countryOfNumber(value) : null;
    return found === null || allowed.includes(found) ? [] : [{ value, found }];
  });
  if (foreign.length === 0) return [];
  const given = phonesOf(input).map((text) => usablePhone(text, country ?? 'US')?.e164);
  return foreign.map(({ value, found }) => ({
    path: ['contact', 'phones', Math.max(0, given.indexOf(value))],
    value,
    rule: `is a number of ${found}, which the settings do not allow (allowedCountries): it is kept, and neither called nor texted`,
  }));
}

/** As they were written, before they were read. */
function phonesOf(input: unknown): string[] {
  const contact: unknown = Object(input).contact;
  const phones: unknown = Object(contact).phones;
  return Array.isArray(phones) ? phones.map(String) : [];
}
