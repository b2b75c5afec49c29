import type { CrmMapping, MappedStatus } from './crm-mapping';
import { isFoundBy, type StatusField, type StatusRef, statusKey, statusLabel } from './crm-status';
import { BUILT_IN_BUCKETS } from './reply-classifier';
import { type Action, CallOutcomeSchema, type Rule, statusOfAction, statusOfTrigger, type Trigger } from './rule';

/** What a rule can be made of in one campaign, and why something can't be used (S0-12, S0-32, S0-47, S0-73). */

export interface RuleSetting {
  readonly hasForm: boolean;
  /** Buckets of the campaign's own phrases. */
  readonly buckets: readonly string[];
  /** The CRM that the campaign's actions go to; null = none is connected. */
  readonly crm: { readonly name: string; readonly mapping: CrmMapping } | null;
}

export interface OutcomeOption {
  readonly outcome: string;
  readonly label: string;
  readonly field?: StatusField;
  readonly group?: string;
}

export interface StatusOption {
  readonly status: string;
  readonly field: StatusField;
  readonly group?: string;
  readonly label: string;
}

interface Availability {
  readonly available: boolean;
  /** One sentence; null = it is available. */
  readonly reason: string | null;
}

export interface TriggerOption extends Availability {
  readonly trigger: Trigger['trigger'];
  readonly label: string;
  readonly outcomes: readonly OutcomeOption[];
}

export interface ActionOption extends Availability {
  readonly kind: Action['kind'];
  readonly label: string;
  /** What the status can be; only of `crm_status`. Empty = nothing is mapped, and any may be typed. */
  readonly statuses?: readonly StatusOption[];
}

export interface RuleProblem {
  /** Key of the rule. */
  readonly rule: string;
  /** Below the list of rules. */
  readonly path: readonly (string | number)[];
  readonly detail: string;
  readonly value: string;
}

const NO_FORM = 'The campaign has no form attached.';
const NO_CRM = 'No CRM is connected: make a connection, and name it in the campaign or make it the default.';

const OUTCOME_LABELS = {
  successful: 'Successful',
  unsuccessful: 'Unsuccessful',
  converted: 'Converted',
  disqualified: 'Disqualified',
} as const;

const ACTIONS: readonly (readonly [Action['kind'], string])[] = [
  ['stop_calls', 'Stop Calls'],
  ['stop_messaging', 'Stop Messaging'],
  ['stop_campaign', 'Stop Campaign'],
  ['crm_status', 'Update CRM Status'],
  ['crm_note', 'Post CRM Note'],
];

/** The triggers with their outcomes; those that can't be used are there as well, with the reason. */
export function triggerOptions(setting: RuleSetting): TriggerOption[] {
  const statuses = setting.crm?.mapping.statuses.filter(({ offered }) => offered) ?? [];
  return [
    { trigger: 'call_outcome', label: 'Post Call Status', outcomes: outcomeOptions(setting), ...AVAILABLE },
    { trigger: 'reply_bucket', label: 'Message Reply Bucket', outcomes: bucketOptions(setting), ...AVAILABLE },
    {
      trigger: 'handoff',
      label: 'Human Handoff',
      outcomes: [{ outcome: 'requested', label: 'Requested' }],
      ...AVAILABLE,
    },
    {
      trigger: 'form',
      label: 'Form Status',
      outcomes: [{ outcome: 'completed', label: 'Completed' }],
      ...(setting.hasForm ? AVAILABLE : barred(NO_FORM)),
    },
    {
      trigger: 'crm_status',
      label: 'CRM Status Changed',
      outcomes: statuses.map(({ value, field, group, label }) => ({
        outcome: value,
        ...placeOf({ field, group }),
        label: statusLabel({ field, value, label, ...(group === undefined ? {} : { group }) }),
      })),
      ...crmAvailability(setting),
    },
  ];
}

/** The actions; `query` keeps those statuses that it finds (S0-49). */
export function actionOptions(setting: RuleSetting, query = ''): ActionOption[] {
  return ACTIONS.map(([kind, label]) => {
    if (kind !== 'crm_status' && kind !== 'crm_note') return { kind, label, ...AVAILABLE };
    const availability = crmAvailability(setting);
    return kind === 'crm_note'
      ? { kind, label, ...availability }
      : { kind, label, statuses: statusOptions(setting.crm?.mapping.statuses ?? [], query), ...availability };
  });
}

/** S0-49, S0-50: the statuses that are offered, each with the field that it writes. */
export function statusOptions(statuses: readonly MappedStatus[], query: string): StatusOption[] {
  return statuses
    .filter((status) => status.offered && (query.trim() === '' || isFoundBy(status, query)))
    .map((status) => ({
      status: status.value,
      field: status.field,
      ...(status.group === undefined ? {} : { group: status.group }),
      label: statusLabel(status),
    }));
}

/** Outcomes of a call that a rule may be newly made on. */
export function outcomeOptions({ crm }: RuleSetting): OutcomeOption[] {
  const mapped = crm?.mapping.outcomes ?? [];
  // S0-48: the mapping says what is offered; where there is none it is what the agent knows by itself.
  if (mapped.length > 0) return mapped.map(({ outcome, label }) => ({ outcome, label }));
  return CallOutcomeSchema.options.map((outcome) => ({ outcome, label: OUTCOME_LABELS[outcome] }));
}

/** Rules that wait for something, or order something, that isn't there (any more): they stay, and say why. */
export function ruleProblems(rules: readonly Rule[], setting: RuleSetting): RuleProblem[] {
  return rules.flatMap((rule, at) => {
    const problem = (path: (string | number)[], detail: string | null, value: string): RuleProblem[] =>
      detail === null ? [] : [{ rule: rule.key, path: [at, ...path], detail, value }];
    return [
      ...problem(['when', 'outcome'], triggerProblem(rule.when, setting), rule.when.outcome),
      ...rule.then.flatMap((action, ix) => problem(['then', ix, 'kind'], actionProblem(action, setting), action.kind)),
      ...noteTypesMissing([rule], setting).flatMap(({ ix, detail, value }) =>
        problem(['then', ix, 'noteType'], detail, value),
      ),
      ...problem(['note'], rule.note === null ? null : noteProblem(setting), rule.note ?? ''),
    ];
  });
}

/** A note type that a rule names and the CRM does not have. */
interface MissingNoteType {
  /** Place of the rule, and of the action in it. */
  readonly at: number;
  readonly ix: number;
  readonly detail: string;
  readonly value: string;
}

/** Without a CRM there is no note either, which is told by itself. */
export function noteTypesMissing(rules: readonly Rule[], { crm }: Pick<RuleSetting, 'crm'>): MissingNoteType[] {
  if (crm === null) return [];
  const offered = new Set(crm.mapping.noteTypes.map(({ value }) => value));
  const detail = (value: string) => `"${crm.name}" has no note type "${value}" (any more).`;
  return noteTypesIn(rules)
    .filter(({ value }) => !offered.has(value))
    .map(({ at, ix, value }) => ({ at, ix, value, detail: detail(value) }));
}

/** The note types that rules name, each with its place. */
export function noteTypesIn(rules: readonly Rule[]): Omit<MissingNoteType, 'detail'>[] {
  return rules.flatMap(({ then }, at) =>
    then.flatMap((action, ix) =>
      action.kind === 'crm_note' && action.noteType !== undefined ? [{ at, ix, value: action.noteType }] : [],
    ),
  );
}

function triggerProblem(when: Trigger, setting: RuleSetting): string | null {
  switch (when.trigger) {
    case 'form':
      return setting.hasForm ? null : NO_FORM;
    case 'call_outcome':
      return outcomeOptions(setting).some(({ outcome }) => outcome === when.outcome)
        ? null
        : `${crmName(setting)} has no outcome "${when.outcome}" in its mapping; the rule fires only if a call is tagged so all the same.`;
    case 'crm_status':
      return statusProblem(statusOfTrigger(when), setting);
    default:
      return null;
  }
}

function actionProblem(action: Action, setting: RuleSetting): string | null {
  if (action.kind === 'crm_note') return noteProblem(setting);
  return action.kind === 'crm_status' ? statusProblem(statusOfAction(action), setting) : null;
}

function noteProblem({ crm }: RuleSetting): string | null {
  return crm === null ? NO_CRM : null;
}

function statusProblem(status: StatusRef, { crm }: RuleSetting): string | null {
  if (crm === null) return NO_CRM;
  const { statuses } = crm.mapping;
  if (statuses.length === 0 || statuses.some((known) => statusKey(known) === statusKey(status))) return null;
  return `${statusLabel({ ...status, label: status.value })} is not in the mapping of "${crm.name}" (any more).`;
}

function crmName({ crm }: RuleSetting): string {
  return crm === null ? 'The voice agent' : `"${crm.name}"`;
}

function bucketOptions({ buckets }: RuleSetting): OutcomeOption[] {
  return [...new Set([...BUILT_IN_BUCKETS, ...buckets])].map((bucket) => ({ outcome: bucket, label: inWords(bucket) }));
}

function crmAvailability({ crm }: RuleSetting): Availability {
  return crm === null ? barred(NO_CRM) : AVAILABLE;
}

/** Nothing is said of the field where it is the status of the case itself, as rules have it. */
function placeOf({ field, group }: { field: StatusField; group: string | undefined }) {
  if (field === 'status') return {};
  return { field, ...(group === undefined ? {} : { group }) };
}

function inWords(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const AVAILABLE: Availability = { available: true, reason: null };

function barred(reason: string): Availability {
  return { available: false, reason };
}
