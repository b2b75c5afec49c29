import * as z from 'zod';
import type { Instant } from './instant';
import type { LocalDate } from './local-time';

/** What registries say of a phone number, and what a person has done with the company. */

/** `dnc`: the National Do-Not-Call registry (C10). `reassigned`: the Reassigned Numbers Database (C11). */
export const RegistrySchema = z.enum(['dnc', 'reassigned']);
export type Registry = z.infer<typeof RegistrySchema>;

export const DncAnswerSchema = z.enum(['listed', 'not_listed']);
/** Was the number given up after the date that was asked about? */
export const ReassignedAnswerSchema = z.enum(['yes', 'no', 'no_data']);

interface NumberCheck<Answer extends string> {
  readonly answer: Answer;
  readonly checkedAt: Instant;
  readonly source: string;
}

export interface NumberChecks {
  readonly dnc?: NumberCheck<z.infer<typeof DncAnswerSchema>>;
  readonly reassigned?: NumberCheck<z.infer<typeof ReassignedAnswerSchema>> & {
    /** Since when the number must have stayed the person's: their consent, or the last time that they were heard. */
    readonly askedAboutAt: Instant;
  };
}

export const RelationshipKindSchema = z.enum(['purchase', 'inquiry']);

/** An established business relationship. */
export interface Relationship {
  readonly id: string;
  readonly kind: z.infer<typeof RelationshipKindSchema>;
  readonly on: LocalDate;
}
