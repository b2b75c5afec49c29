import * as z from 'zod';
import { CrmFieldSchema } from './crm-field';
import { CrmHookSchema } from './crm-hook';
import { StatusFieldSchema, statusKey } from './crm-status';
import { CallOutcomeSchema, OutcomeNameSchema } from './rule';

/** What is known of a connected CRM: its statuses, outcomes, types of note and fields. */

const nameSchema = z.string().trim().min(1).max(120);

/** The CRM's own list, a status that it told us of, or a person. */
const MappingSourceSchema = z.enum(['crm', 'webhook', 'hand']);

const MappedStatusSchema = z.strictObject({
  field: StatusFieldSchema.default('status'),
  group: nameSchema.optional(),
  /** The CRM's own word or number: what is written, and what it tells us. */
  value: nameSchema,
  label: nameSchema,
  /** Offered where a rule is made; one that isn't is known all the same. */
  offered: z.boolean().default(true),
  /** U-1: outreach ends when somebody sets it in the CRM. */
  stopsOutreach: z.boolean().default(false),
  source: MappingSourceSchema.default('hand'),
});
export type MappedStatus = z.infer<typeof MappedStatusSchema>;

const MappedOutcomeSchema = z
  .strictObject({
    /** One of ours, or the firm's own name for one. */
    outcome: OutcomeNameSchema,
    label: nameSchema,
    /** Which of ours it is to the plan. */
    countsAs: CallOutcomeSchema,
  })
  .check(({ value, issues }) => {
    const own = CallOutcomeSchema.safeParse(value.outcome);
    if (own.success && own.data !== value.countsAs)
      issues.push({
        code: 'custom',
        path: ['countsAs'],
        input: value.countsAs,
        message: `"${value.outcome}" is an outcome of its own and counts as itself`,
      });
  });

const NoteTypeSchema = z.strictObject({ value: nameSchema, label: nameSchema });
type NoteType = z.infer<typeof NoteTypeSchema>;

/** Empty lists mean that nothing is known yet: then our four outcomes are offered, and a status is taken as it is typed. */
export const CrmMappingSchema = z
  .strictObject({
    statuses: z.array(MappedStatusSchema).max(2_000).default([]),
    outcomes: z.array(MappedOutcomeSchema).max(100).default([]),
    noteTypes: z.array(NoteTypeSchema).max(200).default([]),
    /** The type that our notes get; null = the CRM's own default. */
    noteType: nameSchema.nullable().default(null),
    fields: z.array(CrmFieldSchema).max(500).default([]),
    /** Where its webhook has what; null = as CRMs of its kind usually have it. */
    hook: CrmHookSchema.nullable().default(null),
    /** How often the status of a case is asked for, where the CRM doesn't tell by itself; null = never. */
    pollMinutes: z.int().min(5).max(1_440).nullable().default(null),
  })
  .check(({ value, issues }) => {
    const refuse = (path: (string | number)[], input: unknown, message: string) =>
      issues.push({ code: 'custom', path, input, message });
    for (const at of repeated(value.statuses.map(statusKey)))
      refuse(['statuses', at, 'value'], value.statuses[at]?.value, 'is the same status as one before it');
    for (const at of repeated(value.outcomes.map(({ outcome }) => outcome)))
      refuse(['outcomes', at, 'outcome'], value.outcomes[at]?.outcome, 'is mapped twice');
    for (const at of repeated(value.noteTypes.map((type) => type.value)))
      refuse(['noteTypes', at, 'value'], value.noteTypes[at]?.value, 'is listed twice');
    for (const at of repeated(value.fields.map(({ name }) => name.toLowerCase())))
      refuse(['fields', at, 'name'], value.fields[at]?.name, 'is listed twice');
    value.statuses.forEach(({ field, group }, at) => {
      if (field === 'status' && group !== undefined)
        refuse(['statuses', at, 'group'], group, 'only a substatus has a type; leave it out for a status');
    });
    if (value.noteType !== null && !value.noteTypes.some((type) => type.value === value.noteType))
      refuse(['noteType'], value.noteType, 'must be one of noteTypes');
  });
export type CrmMapping = z.infer<typeof CrmMappingSchema>;

export const NO_MAPPING: CrmMapping = CrmMappingSchema.parse({});

/** What a CRM says that it has. */
export interface CrmListing {
  readonly statuses: readonly Pick<MappedStatus, 'field' | 'group' | 'value' | 'label'>[];
  readonly noteTypes: readonly NoteType[] | null;
}

/**
 * The mapping with what the CRM lists: new ones come in, names follow, and what a person decided stays. What the CRM doesn't
 * list any more goes, save what a person has put there or set to stop outreach.
 */
export function withListing(mapping: CrmMapping, { statuses, noteTypes }: CrmListing): CrmMapping {
  const known = new Map(mapping.statuses.map((status) => [statusKey(status), status]));
  const listed = new Map(
    statuses.map((status): [string, MappedStatus] => {
      const before = known.get(statusKey(status));
      const decided = { offered: before?.offered ?? true, stopsOutreach: before?.stopsOutreach ?? false };
      return [statusKey(status), { ...status, ...decided, source: 'crm' }];
    }),
  );
  const kept = mapping.statuses.filter(
    (status) => !listed.has(statusKey(status)) && (status.source === 'hand' || status.stopsOutreach),
  );
  const types = [...new Map((noteTypes ?? mapping.noteTypes).map((type) => [type.value, type])).values()];
  return {
    ...mapping,
    statuses: [...listed.values(), ...kept],
    noteTypes: types,
    noteType: types.some(({ value }) => value === mapping.noteType) ? mapping.noteType : null,
  };
}

function repeated(keys: readonly string[]): number[] {
  return keys.flatMap((key, at) => (keys.indexOf(key) < at ? [at] : []));
}
