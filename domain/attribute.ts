import * as z from 'zod';
import { CalendarDaySchema } from './calendar-day';

/** What the company calls an attribute of its contacts, and what may stand in it. Values are kept as text in one form each. */

export const AttributeTypeSchema = z.enum(['text', 'number', 'date', 'boolean', 'choice']);
export type AttributeType = z.infer<typeof AttributeTypeSchema>;

export const ATTRIBUTE_NAME = /^[a-z][a-z0-9_]{0,39}$/;

export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  /** Of the type `choice` alone. */
  readonly choices: readonly string[];
}

export interface AttributeFault {
  readonly name: string;
  readonly value: string;
  readonly rule: string;
}

export interface FittedAttributes {
  /** What may be kept, in the form in which it is. */
  readonly values: Readonly<Record<string, string>>;
  readonly faults: readonly AttributeFault[];
}

const NUMBER = /^[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,10})?$/;
const TRUE = ['true', 'yes', 'y', '1'];
const FALSE = ['false', 'no', 'n', '0'];

/** What the catalogue does not know is text; an empty value says nothing and fits everything. */
export function fitAttributes(
  catalogue: readonly Attribute[],
  given: Readonly<Record<string, string>>,
): FittedAttributes {
  const values: Record<string, string> = {};
  const faults: AttributeFault[] = [];
  for (const [name, value] of Object.entries(given)) {
    const attribute = catalogue.find((each) => each.name === name);
    if (attribute === undefined || value.trim() === '') {
      values[name] = value;
      continue;
    }
    const fitted = fittedTo(attribute, value.trim());
    if (fitted === null) faults.push({ name, value, rule: ruleOf(attribute) });
    else values[name] = fitted;
  }
  return { values, faults };
}

/** The value as it is kept; null = it does not fit. */
function fittedTo({ type, choices }: Attribute, value: string): string | null {
  switch (type) {
    case 'text':
      return value;
    case 'number':
      return NUMBER.test(value) ? plainNumber(value) : null;
    case 'date':
      return CalendarDaySchema.safeParse(value).success ? value : null;
    case 'boolean':
      if (TRUE.includes(value.toLowerCase())) return 'true';
      return FALSE.includes(value.toLowerCase()) ? 'false' : null;
    case 'choice':
      return choices.find((choice) => choice.toLowerCase() === value.toLowerCase()) ?? null;
  }
}

/** Digit by digit, for a number of JavaScript would lose some. */
function plainNumber(text: string): string {
  const size = text
    .replaceAll(',', '')
    .replace(/^[+-]?0*(?=\d)/, '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  return text.startsWith('-') && /[1-9]/.test(size) ? `-${size}` : size;
}

function ruleOf({ type, choices }: Attribute): string {
  const RULES: Readonly<Record<AttributeType, string>> = {
    text: 'must be a text',
    number: 'must be a number like 1200 or -3.5, of at most 15 digits',
    date: 'must be a day like 2027-03-01',
    boolean: 'must be true or false',
    choice: `must be one of ${choices.map((choice) => `"${choice}"`).join(', ')}`,
  };
  return RULES[type];
}
