import * as z from 'zod';
import type { AddressKind } from './channel';
import { normaliseEmail } from './email';
import { usablePhone } from './phone';

/** Looking up what is missing of a person (K-7, K-25): when, and what an answer may say. */

export const EnrichmentKindSchema = z.enum(['phone', 'email', 'address', 'demographics']);
export type EnrichmentKind = z.infer<typeof EnrichmentKindSchema>;

export const EnrichmentCauseSchema = z.enum(['unreachable', 'import', 'call', 'text', 'manual']);
export type EnrichmentCause = z.infer<typeof EnrichmentCauseSchema>;

/** Off unless something is named. */
export const EnrichmentPolicySchema = z.strictObject({
  /** After so many calls in a row that nobody answered; null = not for that. */
  afterUnreachable: z.int().min(1).max(30).nullable().default(null),
  /** Once for each person: when they come in from the list, were called, or were texted. */
  on: z
    .array(z.enum(['import', 'call', 'text']))
    .max(3)
    .default([]),
  kinds: z.array(EnrichmentKindSchema).min(1).max(4).default(['phone']),
});
export type EnrichmentPolicy = z.infer<typeof EnrichmentPolicySchema>;

export function isEnriching({ afterUnreachable, on }: EnrichmentPolicy): boolean {
  return afterUnreachable !== null || on.length > 0;
}

const source = z.string().trim().min(1).max(80).optional();
const word = z.string().max(300).optional();

/** What a service may have found; what it says besides is left where it is. */
const foundSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('phone'), value: z.string().max(60), source }),
  z.object({ kind: z.literal('email'), value: z.string().max(254), source }),
  z.object({
    kind: z.literal('address'),
    street: word,
    city: word,
    state: word,
    postalCode: word,
    country: word,
    source,
  }),
  z.object({
    kind: z.literal('demographics'),
    values: z.record(z.string().max(80), z.union([z.string().max(300), z.number(), z.boolean()])),
    source,
  }),
]);
export type Found = z.infer<typeof foundSchema>;

/** The answer of a service; null = it can't be read as one. */
export const EnrichmentAnswerSchema = z.object({
  found: z.array(foundSchema).max(50),
  costMicros: z.int().min(0).max(100_000_000).optional(),
});
export type EnrichmentAnswer = z.infer<typeof EnrichmentAnswerSchema>;

export interface FoundAddress {
  readonly kind: AddressKind;
  readonly value: string;
  /** Who has it from where; null = the service names no source. */
  readonly source: string | null;
}

/** The addresses among what was found that can be used, each once, in the order of the answer. */
export function usableFound(found: readonly Found[], asked: readonly EnrichmentKind[]): FoundAddress[] {
  const addresses = new Map<string, FoundAddress>();
  for (const each of found) {
    if ((each.kind !== 'phone' && each.kind !== 'email') || !asked.includes(each.kind)) continue;
    const value = each.kind === 'phone' ? (usablePhone(each.value)?.e164 ?? null) : mailOf(each.value);
    if (value !== null && !addresses.has(value))
      addresses.set(value, { kind: each.kind, value, source: each.source ?? null });
  }
  return [...addresses.values()];
}

function mailOf(text: string): string | null {
  try {
    return normaliseEmail(text);
  } catch {
    return null;
  }
}
