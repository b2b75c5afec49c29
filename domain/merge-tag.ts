import { placesOf, type Template } from './template';

/** What texts may speak of, and what somebody meant who wrote something else. */

/** Filled for everybody, whatever is known of them. */
export const COMMON_FIELDS = [
  'company.name',
  'company.address',
  'company.phone',
  'campaign.subject',
  'form.link',
  'unsubscribe.link',
] as const;

/** What every contact has, beside attributes of their own. */
export const CONTACT_FIELDS = ['contact.first_name', 'contact.last_name', 'contact.full_name'] as const;

const CONTACT_ROOT = 'contact.';
/** A longer word is no slip of the pen. */
const LONGEST_WORD = 60;
const LETTERS_PER_SLIP = 3;

export interface UnknownTag {
  readonly path: string;
  /** Where it stands in the text, from 1. */
  readonly position: number;
  /** The known field that it looks most like; null = none does. */
  readonly nearest: string | null;
}

/** `known` beside the common fields; null = a contact may have any attribute, so only the root is looked at. */
export function unknownTags(template: Template, known: readonly string[] | null): UnknownTag[] {
  const fields = [...COMMON_FIELDS, ...(known ?? CONTACT_FIELDS)];
  const isKnown = (path: string) => fields.includes(path) || (known === null && path.startsWith(CONTACT_ROOT));
  return placesOf(template)
    .filter(({ path }) => !isKnown(path))
    .map(({ path, position }) => ({ path, position, nearest: nearestTo(path, fields) }));
}

export function sayUnknown({ path, position, nearest }: UnknownTag): string {
  const meant = nearest === null ? '' : `; did you mean "${nearest}"?`;
  return `the variable "${path}" at position ${position} is not known${meant}`;
}

/** The name of an attribute that a variable stands for; null = it stands for none. */
export function attributeOf(path: string): string | null {
  if (!path.startsWith(CONTACT_ROOT)) return null;
  return CONTACT_FIELDS.some((field) => field === path) ? null : path.slice(CONTACT_ROOT.length);
}

export function attributeField(name: string): string {
  return CONTACT_ROOT + name;
}

/** The candidate that the word could be a slip of: below the same root, if that is a root at all. */
export function nearestTo(word: string, candidates: readonly string[]): string | null {
  if (word.length > LONGEST_WORD) return null;
  const alike = candidates.filter((candidate) => rootOf(candidate) === rootOf(word));
  const last = lastPart(word);
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(last.length / LETTERS_PER_SLIP)) + 1;
  for (const candidate of alike.length === 0 ? candidates : alike) {
    const slips = slipsBetween(last, lastPart(candidate));
    if (slips >= least) continue;
    nearest = candidate;
    least = slips;
  }
  return nearest;
}

function rootOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}

/** Levenshtein: letters to insert, drop or exchange. */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  let last = other.length;
  for (let i = 0; i < one.length; i++) {
    let diagonal = i;
    let left = i + 1;
    row = row.map((above, at) => {
      if (at === 0) return left;
      const exchanged = diagonal + (one[i] === other[at - 1] ? 0 : 1);
      diagonal = above;
      left = Math.min(left + 1, above + 1, exchanged);
      return left;
    });
    last = left;
  }
  return last;
}
