import * as z from 'zod';
import { ATTRIBUTE_NAME, type Attribute, type AttributeType, fitAttributes } from './attribute';
import { CalendarDaySchema } from './calendar-day';
import { ChannelSchema } from './channel';
import { ConsentClassSchema } from './consent';

/** Which cases stand on a list by themselves: groups of conditions over a case and its contact (K-17). */

const TEXT_FIELDS = [
  'case_title',
  'case_status',
  'case_external_id',
  'contact_external_id',
  'first_name',
  'last_name',
  'language',
  'state',
  'country',
  'postal_code',
] as const;
const TIME_FIELDS = ['case_created', 'case_changed', 'contact_created', 'contact_changed'] as const;

export type TextField = (typeof TEXT_FIELDS)[number];
export type TimeField = (typeof TIME_FIELDS)[number];

const WORD_OPS = ['is', 'is_not', 'contains', 'starts_with', 'is_set', 'is_not_set'] as const;
const DAY_OPS = ['before', 'on_or_after', 'in_last_days', 'not_in_last_days'] as const;
const NUMBER_OPS = ['less_than', 'at_least'] as const;

const OPS = [
  'is',
  'is_not',
  'contains',
  'starts_with',
  'is_set',
  'is_not_set',
  ...DAY_OPS,
  'in_next_days',
  ...NUMBER_OPS,
] as const;
export type Operator = (typeof OPS)[number];

/** What may be asked of an attribute of each type. */
const OPS_OF_TYPE: Readonly<Record<AttributeType, readonly Operator[]>> = {
  text: WORD_OPS,
  number: ['is', 'is_not', 'is_set', 'is_not_set', ...NUMBER_OPS],
  date: ['is', 'is_not', 'is_set', 'is_not_set', ...DAY_OPS, 'in_next_days'],
  boolean: ['is', 'is_not', 'is_set', 'is_not_set'],
  choice: ['is', 'is_not', 'is_set', 'is_not_set'],
};

const MOST_VALUES = 50;
const MOST_DAYS = 3_650;

const value = z.string().trim().min(1).max(200);
const conditionSchema = z
  .strictObject({
    field: z.enum([...TEXT_FIELDS, ...TIME_FIELDS, 'tag', 'attribute', 'opted_out', 'consent', 'reachable']),
    /** Of the field `attribute` alone. */
    name: z.string().regex(ATTRIBUTE_NAME, 'must be a name like claim_number').optional(),
    op: z.enum(OPS),
    /** Of several values one is enough. */
    values: z.array(value).max(MOST_VALUES).default([]),
  })
  .check(({ value: condition, issues }) => {
    for (const { path, message } of faultsIn(condition))
      issues.push({ code: 'custom', path: [...path], input: condition, message });
  });

const matchSchema = z.enum(['all', 'any']).default('all');

export const MemberConditionsSchema = z.strictObject({
  match: matchSchema,
  groups: z
    .array(z.strictObject({ match: matchSchema, conditions: z.array(conditionSchema).min(1).max(20) }))
    .min(1)
    .max(10),
});

export type MemberConditions = z.output<typeof MemberConditionsSchema>;
export type Condition = MemberConditions['groups'][number]['conditions'][number];

export interface ConditionFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What can only be told by the catalogue: attributes that it does not know, or that are of another type. */
export function catalogueFaults({ groups }: MemberConditions, catalogue: readonly Attribute[]): ConditionFault[] {
  return groups.flatMap(({ conditions }, group) =>
    conditions.flatMap((condition, at) =>
      attributeFaults(condition, catalogue).map(({ path, message }) => ({
        path: ['groups', group, 'conditions', at, ...path],
        message,
      })),
    ),
  );
}

/** Is the attribute compared by what it means, and not letter by letter? */
export function typeOfAttribute(catalogue: readonly Attribute[], name: string | undefined): AttributeType {
  return catalogue.find((attribute) => attribute.name === name)?.type ?? 'text';
}

function attributeFaults(condition: Condition, catalogue: readonly Attribute[]): ConditionFault[] {
  if (condition.field !== 'attribute') return [];
  const attribute = catalogue.find(({ name }) => name === condition.name);
  if (attribute === undefined)
    return [{ path: ['name'], message: `the catalogue has no attribute "${condition.name}"` }];
  const { name, type } = attribute;
  if (!OPS_OF_TYPE[type].includes(condition.op))
    return [{ path: ['op'], message: `an attribute of the type ${type} can not be asked "${condition.op}"` }];
  if (countsDays(condition.op)) return daysFaults(condition.values);
  const faults = condition.values.flatMap((each) => fitAttributes([attribute], { [name]: each }).faults);
  return type === 'text' ? [] : faults.map(({ rule }) => ({ path: ['values'], message: rule }));
}

function faultsIn({ field, name, op, values }: Condition): ConditionFault[] {
  const needsNone = op === 'is_set' || op === 'is_not_set';
  return [
    ...(field === 'attribute' && name === undefined ? [{ path: ['name'], message: 'must name the attribute' }] : []),
    ...(field !== 'attribute' && name !== undefined
      ? [{ path: ['name'], message: 'only the field "attribute" has a name' }]
      : []),
    ...(needsNone && values.length > 0 ? [{ path: ['values'], message: `"${op}" takes no values` }] : []),
    ...(!needsNone && values.length === 0 ? [{ path: ['values'], message: `"${op}" needs a value` }] : []),
    ...(field === 'attribute' ? [] : opFaults(field, op, values)),
  ];
}

function opFaults(
  field: Exclude<Condition['field'], 'attribute'>,
  op: Operator,
  values: readonly string[],
): ConditionFault[] {
  const allowed = opsOf(field);
  if (!allowed.includes(op)) return [{ path: ['op'], message: `"${field}" takes one of ${allowed.join(', ')}` }];
  if (countsDays(op)) return daysFaults(values);
  const schema = VALUES[field];
  const isFit = schema === undefined || values.every((each) => schema.safeParse(each).success);
  return isFit ? [] : [{ path: ['values'], message: `must be ${WORDS[field]}` }];
}

function opsOf(field: Exclude<Condition['field'], 'attribute'>): readonly Operator[] {
  if (isTextField(field)) return WORD_OPS;
  return isTimeField(field) ? DAY_OPS : ['is', 'is_not'];
}

const VALUES: Partial<Record<Condition['field'], z.ZodType>> = {
  opted_out: ChannelSchema,
  reachable: ChannelSchema,
  consent: ConsentClassSchema,
  case_created: CalendarDaySchema,
  case_changed: CalendarDaySchema,
  contact_created: CalendarDaySchema,
  contact_changed: CalendarDaySchema,
};
const WORDS: Partial<Record<Condition['field'], string>> = {
  opted_out: 'channels: voice, sms or email',
  reachable: 'channels: voice, sms or email',
  consent: `classes of consent: ${ConsentClassSchema.options.join(', ')}`,
  case_created: 'a day like 2027-03-01',
  case_changed: 'a day like 2027-03-01',
  contact_created: 'a day like 2027-03-01',
  contact_changed: 'a day like 2027-03-01',
};

function countsDays(op: Operator): boolean {
  return op === 'in_last_days' || op === 'not_in_last_days' || op === 'in_next_days';
}

function daysFaults(values: readonly string[]): ConditionFault[] {
  const [days = '', ...more] = values;
  const isFit = more.length === 0 && /^\d{1,4}$/.test(days) && Number(days) <= MOST_DAYS;
  return isFit ? [] : [{ path: ['values'], message: `must be one number of days from 0 to ${MOST_DAYS}` }];
}

export function isTextField(field: Condition['field']): field is TextField {
  return (TEXT_FIELDS as readonly string[]).includes(field);
}

export function isTimeField(field: Condition['field']): field is TimeField {
  return (TIME_FIELDS as readonly string[]).includes(field);
}
