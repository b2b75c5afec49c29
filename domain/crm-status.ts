import * as z from 'zod';

/** A status of a case as a CRM keeps it: the case's own, or a further one of a certain type ("substatus"). */

export const StatusFieldSchema = z.enum(['status', 'substatus']);
export type StatusField = z.infer<typeof StatusFieldSchema>;

const nameSchema = z.string().trim().min(1).max(120);

/** What names a status: the field of the CRM that it stands in, the type of a substatus, and the CRM's own word or number. */
export const StatusRefSchema = z.strictObject({
  field: StatusFieldSchema.default('status'),
  /** The type of a substatus, where a case has one of each: "Dialer Status". */
  group: nameSchema.optional(),
  value: nameSchema,
});
export type StatusRef = z.infer<typeof StatusRefSchema>;

/** Equal for what is the same status: CRMs don't tell "Retained" from "retained". */
export function statusKey({ field, group, value }: StatusRef): string {
  return JSON.stringify([field, group?.trim().toLowerCase() ?? '', value.trim().toLowerCase()]);
}

/** Where a status stands among those of a case: one value for the field, or for each type of substatus. */
export function statusPlace({ field, group }: Pick<StatusRef, 'field' | 'group'>): string {
  return group === undefined ? field : `${field}/${group.trim().toLowerCase()}`;
}

/** CRMs don't tell "Retained" from "retained". */
export function isSameStatus(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** Is it the status that a case has, as far as its statuses are known, by their places? */
export function isStatusOf(known: Readonly<Record<string, string>>, status: StatusRef): boolean {
  const value = known[statusPlace(status)];
  return value !== undefined && isSameStatus(value, status.value);
}

/** S0-50: each option says which field of the CRM it writes. */
export function statusLabel({ field, group, label }: StatusRef & { readonly label: string }): string {
  if (field === 'status') return `Status: ${label}`;
  return group === undefined ? `Substatus: ${label}` : `Substatus (${group}): ${label}`;
}

/** S0-49: every word of the query stands somewhere in the label or in the value. */
export function isFoundBy(status: StatusRef & { readonly label: string }, query: string): boolean {
  const words = query.trim().toLowerCase().split(/\s+/);
  const text = `${statusLabel(status)} ${status.value}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
