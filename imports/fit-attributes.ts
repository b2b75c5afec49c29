import { type Attribute, fitAttributes } from '../domain/attribute';
import type { EntryReader } from './read-row';

/** Reads entries as before, and holds their attributes against the company's catalogue: what doesn't fit is said and left out. */
export function withCatalogue(readEntry: EntryReader, catalogue: readonly Attribute[]): EntryReader {
  return (input) => {
    const { entry, faults } = readEntry(input);
    if (entry === null) return { entry, faults };
    const fitted = fitAttributes(catalogue, entry.contact.attributes);
    return {
      entry: { ...entry, contact: { ...entry.contact, attributes: fitted.values } },
      faults: [
        ...faults,
        ...fitted.faults.map(({ name, value, rule }) => ({ path: ['contact', 'attributes', name], value, rule })),
      ],
    };
  };
}
