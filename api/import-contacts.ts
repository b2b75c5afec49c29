import { catalogueOf } from '../db/attribute';
import type { Sql } from '../db/client';
import { type ListTarget, storeEntry } from '../db/contact-import';
import { Refusal } from '../db/refusal';
import { allowedCountries } from '../db/settings';
import { type Attribute, fitAttributes } from '../domain/attribute';
import { type EntryFault, readEntry } from '../imports/contact-entry';
import { numbersAbroad } from '../imports/fit-countries';

export interface RowFault {
  readonly field: string;
  readonly value?: unknown;
  readonly rule: string;
}

/** `duplicate` = an earlier row of the same file had the same external id; this one has updated what that one stored. */
export interface RowResult {
  readonly status: 'created' | 'updated' | 'duplicate' | 'rejected';
  readonly contactId?: string;
  readonly errors: readonly RowFault[];
}

export interface ImportDeps {
  readonly sql: Sql;
  readonly addressKey: string;
  readonly list: ListTarget;
  readonly actor: string;
}

/** Takes in one entry after the other, each in a transaction of its own: a broken one stops none of the others. */
export class ContactImport {
  private readonly seen = new Set<string>();
  private catalogue: readonly Attribute[] | null = null;
  private allowed: readonly string[] | null = null;

  constructor(
    private readonly deps: ImportDeps,
    /** How the source calls the field that a path leads to. */
    private readonly fieldOf: (path: readonly PropertyKey[]) => string,
  ) {}

  async take(input: unknown): Promise<RowResult> {
    const { entry, faults } = readEntry(input, this.deps.addressKey);
    const errors = faults.map((fault) => this.rowFault(fault));
    if (entry === null) return { status: 'rejected', errors };
    const { sql, list, actor } = this.deps;
    this.catalogue ??= await catalogueOf(sql);
    const attributes = fitAttributes(this.catalogue, entry.contact.attributes);
    for (const { name, value, rule } of attributes.faults)
      errors.push(this.rowFault({ path: ['contact', 'attributes', name], value, rule }));
    this.allowed ??= await allowedCountries(sql);
    for (const fault of numbersAbroad(input, entry, this.allowed)) errors.push(this.rowFault(fault));
    const fitted = { ...entry, contact: { ...entry.contact, attributes: attributes.values } };
    try {
      const { status, contactId } = await storeEntry(sql, list, fitted, actor);
      return { status: this.isRepeated(entry.contact.externalId) ? 'duplicate' : status, contactId, errors };
    } catch (error) {
      return { status: 'rejected', errors: [...errors, ...this.refusalOf(error)] };
    }
  }

  private isRepeated(externalId: string | null): boolean {
    if (externalId === null) return false;
    const repeated = this.seen.has(externalId);
    this.seen.add(externalId);
    return repeated;
  }

  private refusalOf(error: unknown): RowFault[] {
    if (!(error instanceof Refusal) || error.code !== 'case_conflict') throw error;
    return error.problems.map(({ pointer, detail, value }) => {
      const path = pointer === '#/contact/externalId' ? ['contact', 'externalId'] : ['cases', 0, 'externalId'];
      return this.rowFault({ path, value, rule: detail });
    });
  }

  private rowFault({ path, value, rule }: EntryFault): RowFault {
    return { field: this.fieldOf(path), ...(value === undefined ? {} : { value }), rule };
  }
}
