import * as z from 'zod';
import { isLocalDate } from './local-time';

/** Fields of a case in the CRM, and what of ours goes into them (S1-108). */

const CrmFieldTypeSchema = z.enum(['text', 'number', 'date', 'boolean', 'choice']);
type CrmFieldType = z.infer<typeof CrmFieldTypeSchema>;

const nameSchema = z.string().trim().min(1).max(120);

export const CrmFieldSchema = z
  .strictObject({
    /** As the CRM's interface calls it: "custom894". */
    name: nameSchema,
    label: nameSchema,
    type: CrmFieldTypeSchema.default('text'),
    /** What a choice can be. */
    options: z.array(nameSchema).max(500).default([]),
  })
  .check(({ value, issues }) => {
    if ((value.type === 'choice') !== value.options.length > 0)
      issues.push({
        code: 'custom',
        path: ['options'],
        input: value.options,
        message: value.type === 'choice' ? 'a choice needs options' : 'only a choice has options',
      });
  });
export type CrmField = z.infer<typeof CrmFieldSchema>;

/** One answer of the campaign's form, or one attribute of the contact, and the field that it is written into. */
export const CrmFieldMappingSchema = z.strictObject({
  from: z.enum(['answer', 'attribute']),
  /** The name of the question, or of the attribute. */
  key: nameSchema,
  to: nameSchema,
});
export type CrmFieldMapping = z.infer<typeof CrmFieldMappingSchema>;

interface FieldProblem {
  readonly at: number;
  readonly part: 'from' | 'key' | 'to';
  readonly detail: string;
  readonly value: string;
}

interface KnownFields {
  /** Those of the connected CRM; empty = nothing is known of them. */
  readonly fields: readonly CrmField[];
  readonly hasForm: boolean;
  /** Types of the attributes that are known to have one; others are texts. */
  readonly attributes: Readonly<Record<string, CrmFieldType>>;
}

/** What is wrong with a campaign's mappings, each with its place. */
export function fieldProblems(mappings: readonly CrmFieldMapping[], known: KnownFields): FieldProblem[] {
  const named = mappings.map(({ to }) => to.toLowerCase());
  return mappings.flatMap(({ from, key, to }, at): FieldProblem[] => {
    const field = fieldOf(known.fields, to);
    const problems: FieldProblem[] = [];
    if (from === 'answer' && !known.hasForm)
      problems.push({ at, part: 'from', detail: 'answers need a form attached to the campaign', value: from });
    if (field === undefined)
      problems.push({ at, part: 'to', detail: 'the connected CRM has no such field in its mapping', value: to });
    else if (named.indexOf(to.toLowerCase()) < at)
      problems.push({ at, part: 'to', detail: 'something else is written into this field already', value: to });
    const type = from === 'attribute' && Object.hasOwn(known.attributes, key) ? known.attributes[key] : undefined;
    if (field !== undefined && type !== undefined && !fits(type, field.type))
      problems.push({
        at,
        part: 'key',
        detail: `is a ${type}, and the field "${field.name}" a ${field.type}`,
        value: key,
      });
    return problems;
  });
}

/** Everything can be written as a text; a text may turn out to be anything, which is looked at when it is written. */
function fits(from: CrmFieldType, to: CrmFieldType): boolean {
  return from === to || to === 'text' || from === 'text';
}

interface FieldValues {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface FieldWrites {
  /** By name of the field, as the CRM gets them. */
  readonly values: Readonly<Record<string, string>>;
  /** Fields that nothing is written into, and why. */
  readonly left: readonly { readonly field: string; readonly reason: 'no_value' | 'unknown_field' | 'wrong_type' }[];
}

/** What is written for this person: only what is there and is what the field takes. */
export function fieldWrites(
  mappings: readonly CrmFieldMapping[],
  fields: readonly CrmField[],
  { answers, attributes }: FieldValues,
): FieldWrites {
  const values: Record<string, string> = {};
  const left: { field: string; reason: 'no_value' | 'unknown_field' | 'wrong_type' }[] = [];
  for (const { from, key, to } of mappings) {
    const field = fieldOf(fields, to);
    const given = from === 'answer' ? valueAt(answers, key) : valueAt(attributes, key);
    const written = field === undefined || given === null ? null : converted(given, field);
    if (field === undefined) left.push({ field: to, reason: 'unknown_field' });
    else if (given === null) left.push({ field: field.name, reason: 'no_value' });
    else if (written === null) left.push({ field: field.name, reason: 'wrong_type' });
    else values[field.name] = written;
  }
  return { values, left };
}

function fieldOf(fields: readonly CrmField[], name: string): CrmField | undefined {
  return fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
}

function valueAt(values: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}

const YES: readonly string[] = ['true', 'yes', 'y', '1'];
const NO: readonly string[] = ['false', 'no', 'n', '0'];
const NUMBER = /^-?\d{1,15}(\.\d{1,10})?$/;

/** Null = it is none of what the field takes. */
function converted(text: string, { type, options }: CrmField): string | null {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      return NUMBER.test(text) ? text : null;
    case 'date':
      return isLocalDate(text) ? text : null;
    case 'boolean':
      if (YES.includes(text.toLowerCase())) return 'true';
      return NO.includes(text.toLowerCase()) ? 'false' : null;
    case 'choice':
      return options.find((option) => option.toLowerCase() === text.toLowerCase()) ?? null;
  }
}
