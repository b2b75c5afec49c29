import * as z from 'zod';
import { DayRuleSchema, ObservanceSchema } from './calendar-rule';
import { ChannelSchema } from './channel';
import type { CalendarDay, LegalRule } from './law';
import { WeekdaySchema } from './plan';
import { countryOf, countryOfState, stateOf } from './places';
import type { WeeklyHours } from './planner-input';
import { minuteOf, slotListSchema } from './slots';
import { intersectionOf, type Span, unionOf } from './spans';

/** How a rule of law and a day of the calendar may be written, and whether a change loosens what stands. */

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

const stateSchema = z
  .string()
  .refine(
    (value) => stateOf(value) === value,
    'must be the code of a US state, territory or Canadian province, like FL',
  )
  .nullable();

export const LegalRulePlaceSchema = z
  .strictObject({
    country: z
      .string()
      .refine((value) => countryOf(value) === value, 'must be an ISO country code like US')
      .default('US'),
    state: stateSchema.default(null),
  })
  .refine(({ country, state }) => state === null || countryOfState(state) === country, {
    path: ['state'],
    error: 'must be a state of the country',
  });

export const LegalRuleContentSchema = z.strictObject({
  channels: z.array(ChannelSchema).min(1).refine(isDistinct, 'must not name a channel twice'),
  /** Weekdays that are in none of them are closed. Nobody may be reached outside 8–21, whatever a rule says. */
  hours: z
    .array(z.strictObject({ weekdays: z.array(WeekdaySchema).min(1), slots: slotListSchema }))
    .min(1)
    .max(7)
    .refine((hours) => isDistinct(hours.flatMap(({ weekdays }) => weekdays)), 'must not name a weekday twice'),
  holidays: z.boolean(),
  perDay: z.int().min(1).max(1000).nullable(),
});

export const CalendarDayContentSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  rule: DayRuleSchema,
  observed: ObservanceSchema,
  binds: z.enum(['everybody', 'law']),
  state: stateSchema,
});

type RuleContent = Pick<LegalRule, 'channels' | 'hours' | 'holidays' | 'perDay' | 'effectiveTo' | 'retired'>;
type DayContent = Pick<CalendarDay, 'rule' | 'observed' | 'binds' | 'state' | 'effectiveTo' | 'retired'>;

/** The fields by which `after` allows what `before` forbade. */
export function loosenedRuleFields(before: RuleContent, after: RuleContent): string[] {
  return [
    ...(before.channels.every((channel) => after.channels.includes(channel)) ? [] : ['channels']),
    ...(EVERY_DAY.every((weekday) => isNoWider(before.hours, after.hours, weekday)) ? [] : ['hours']),
    ...(before.holidays && !after.holidays ? ['holidays'] : []),
    ...(before.perDay !== null && (after.perDay ?? Infinity) > before.perDay ? ['perDay'] : []),
    ...endsEarlier(before, after),
  ];
}

/** A day that is moved opens the day on which it was. */
export function loosenedDayFields(before: DayContent, after: DayContent): string[] {
  return [
    ...(JSON.stringify(before.rule) === JSON.stringify(after.rule) ? [] : ['rule']),
    ...(before.observed === 'same_day' || before.observed === after.observed ? [] : ['observed']),
    ...(before.binds === 'everybody' && after.binds === 'law' ? ['binds'] : []),
    ...(after.state === null || after.state === before.state ? [] : ['state']),
    ...endsEarlier(before, after),
  ];
}

function endsEarlier(
  before: Pick<RuleContent, 'effectiveTo' | 'retired'>,
  after: Pick<RuleContent, 'effectiveTo' | 'retired'>,
): string[] {
  if (before.retired) return [];
  if (after.retired) return ['retired'];
  const isEarlier =
    after.effectiveTo !== null && (before.effectiveTo === null || after.effectiveTo < before.effectiveTo);
  return isEarlier ? ['effectiveTo'] : [];
}

function isNoWider(before: readonly WeeklyHours[], after: readonly WeeklyHours[], weekday: number): boolean {
  const open = spansOn(after, weekday);
  return lengthOf(intersectionOf(spansOn(before, weekday), open)) === lengthOf(open);
}

function spansOn(hours: readonly WeeklyHours[], weekday: number): Span[] {
  const slots = hours.filter(({ weekdays }) => weekdays.includes(weekday)).flatMap((each) => each.slots);
  return unionOf(slots.map(({ open, close }) => [minuteOf(open), minuteOf(close)]));
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [start, end]) => sum + end - start, 0);
}

function isDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
