import * as z from 'zod';
import type { CalendarDayRow, LegalRuleRow, Origin } from '../db/law';
import { CalendarDaySchema } from '../domain/calendar-day';
import { type EffectiveVersion, stretchesInForce } from '../domain/effective';
import { toIso } from '../domain/instant';
import { CalendarDayContentSchema, LegalRuleContentSchema, LegalRulePlaceSchema } from '../domain/legal-rule';
import { RevisionSchema } from './revision';
import { storable, text } from './text';

/** How versions of the law come in and go out. */

const grounds = {
  /** Left out = today, by the company's calendar. */
  effectiveFrom: CalendarDaySchema.optional(),
  effectiveTo: CalendarDaySchema.nullable().default(null),
  source: text(500).min(1),
  reviewedBy: text(120).min(1).nullable().default(null),
};

const rule = LegalRuleContentSchema.shape;
const day = CalendarDayContentSchema.shape;

export const NewLegalRuleSchema = checked(
  z.strictObject({
    ...LegalRulePlaceSchema.shape,
    ...rule,
    holidays: rule.holidays.default(false),
    perDay: rule.perDay.default(null),
    ...grounds,
  }),
).check(({ value, issues }) => {
  for (const issue of LegalRulePlaceSchema.safeParse({ country: value.country, state: value.state }).error?.issues ??
    [])
    issues.push({ code: 'custom', path: issue.path, input: value.state, message: issue.message });
});

export const LegalRuleChangeSchema = checked(
  z.strictObject({ revision: RevisionSchema, ...LegalRuleContentSchema.partial().shape, ...grounds }),
);

export const NewCalendarDaySchema = storable(
  checked(
    z.strictObject({
      ...day,
      observed: day.observed.default('same_day'),
      state: day.state.default(null),
      ...grounds,
    }),
  ),
);

export const CalendarDayChangeSchema = storable(
  checked(z.strictObject({ revision: RevisionSchema, ...CalendarDayContentSchema.partial().shape, ...grounds })),
);

export const RetirementSchema = z.strictObject({
  revision: RevisionSchema,
  effectiveFrom: grounds.effectiveFrom,
  source: grounds.source,
  reviewedBy: grounds.reviewedBy,
});

/** What ends before it begins would be in force on no day. */
function checked<S extends z.ZodType<{ effectiveFrom?: string | undefined; effectiveTo: string | null }>>(
  schema: S,
): S {
  return schema.check(({ value: { effectiveFrom = '', effectiveTo }, issues }) => {
    if (effectiveTo !== null && effectiveTo < effectiveFrom)
      issues.push({
        code: 'custom',
        path: ['effectiveTo'],
        input: effectiveTo,
        message: 'must not be before effectiveFrom',
      });
  });
}

export function legalRuleDocument(versions: readonly LegalRuleRow[]) {
  const { id, country, state, version } = newestOf(versions);
  return {
    id,
    country,
    state,
    revision: version,
    versions: versions.map(({ channels, hours, holidays, perDay, ...each }) => ({
      ...origin(versions, each),
      channels,
      hours,
      holidays,
      perDay,
    })),
  };
}

export function calendarDayDocument(versions: readonly CalendarDayRow[]) {
  const { id, version } = newestOf(versions);
  return {
    id,
    revision: version,
    versions: versions.map(({ name, rule: when, observed, binds, state, ...each }) => ({
      ...origin(versions, each),
      name,
      rule: when,
      observed,
      binds,
      state,
    })),
  };
}

function origin(all: readonly EffectiveVersion[], each: EffectiveVersion & Origin) {
  const found = stretchesInForce(all).find(({ version }) => version.version === each.version);
  return {
    version: each.version,
    effectiveFrom: each.effectiveFrom,
    effectiveTo: each.effectiveTo,
    retired: each.retired,
    inForce: found === undefined ? null : { from: found.from, to: found.to },
    source: each.source,
    reviewedBy: each.reviewedBy,
    lawRevision: each.revision,
    createdAt: toIso(each.createdAt),
    createdBy: each.actor,
  };
}

function newestOf<V>(versions: readonly V[]): V {
  const newest = versions.at(-1);
  if (newest === undefined) throw new Error('a rule has at least one version');
  return newest;
}

/** The versions of each thing, in the order in which the things come. */
export function byThing<V extends { readonly id: string }>(rows: readonly V[]): V[][] {
  const things = new Map<string, V[]>();
  for (const row of rows) things.set(row.id, [...(things.get(row.id) ?? []), row]);
  return [...things.values()];
}

export function idOf(versions: readonly { readonly id: string }[]): string {
  return newestOf(versions).id;
}
