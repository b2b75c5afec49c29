import type { ObservedDay } from './calendar-rule';
import { isObservedOn } from './calendar-rule';
import { type AddressKind, addressKindOf, type Channel } from './channel';
import { type EffectiveVersion, type InForce, isWithin, type Stretch, stretchesInForce } from './effective';
import type { HoursRule } from './hours-rule';
import { DAY_MINUTES, type LocalDate } from './local-time';
import { WeekdaySchema } from './plan';
import type { ContactView, WeeklyHours } from './planner-input';
import { minuteOf } from './slots';

/** Rules of law and the calendar as data, and what of them binds for one person. The strict reading all along. */

export interface LegalRule extends EffectiveVersion {
  /** ISO code. Rules of the whole United States bind everybody, for that is where outreach comes from. */
  readonly country: string;
  /** Code of a state, territory or province; null = the whole country. */
  readonly state: string | null;
  readonly channels: readonly Channel[];
  /** Weekdays that are in none of them are closed. */
  readonly hours: readonly WeeklyHours[];
  /** Are holidays closed as well? */
  readonly holidays: boolean;
  /** Most attempts at one person in 24 hours, on all channels of the rule together; null = the rule says nothing of it. */
  readonly perDay: number | null;
}

export interface CalendarDay extends EffectiveVersion, ObservedDay {
  readonly name: string;
  /** `law`: closed only where a rule of law closes holidays. */
  readonly binds: 'everybody' | 'law';
  /** A holiday of one state; null = of all. */
  readonly state: string | null;
}

/** Everything that stood at one revision. Immutable: a change makes another revision. */
export interface Law {
  readonly revision: number;
  readonly rules: readonly LegalRule[];
  readonly days: readonly CalendarDay[];
}

export interface LegalCap extends Stretch {
  /** Whose law it is. */
  readonly place: string;
  readonly perDay: number;
  readonly kinds: readonly AddressKind[];
}

/** What of the law binds for a person on a channel. */
export interface BoundLaw {
  /** Names the content within one revision, whichever object that was read into. */
  readonly key: number;
  readonly hours: readonly HoursRule[];
  readonly caps: readonly LegalCap[];
  /** The evidence: which versions of which rules. */
  readonly rules: readonly { readonly id: string; readonly version: number }[];
}

export type Whereabouts = Pick<ContactView, 'states' | 'countries' | 'placeKnown'>;

interface Kept {
  readonly rules: readonly InForce<LegalRule>[];
  readonly days: readonly InForce<CalendarDay>[];
  /** One decision asks many times for the same person. */
  readonly byPerson: WeakMap<Whereabouts, Map<Channel, BoundLaw>>;
  readonly byPlace: Map<string, BoundLaw>;
  readonly byContent: Map<string, BoundLaw>;
}

const kept = new WeakMap<Law, Kept>();
const contents = new Map<string, number>();

/** Every rule of every place in which the person may be; of all places where nobody knows. */
export function lawFor(law: Law, where: Whereabouts, channel: Channel): BoundLaw {
  const known = kept.get(law) ?? standing(law);
  kept.set(law, known);
  const own = known.byPerson.get(where) ?? new Map<Channel, BoundLaw>();
  known.byPerson.set(where, own);
  const bound = own.get(channel) ?? samePlace(known, where, channel);
  own.set(channel, bound);
  return bound;
}

function samePlace(known: Kept, where: Whereabouts, channel: Channel): BoundLaw {
  const place = [channel, where.placeKnown, where.states.join(), where.countries.join()].join('|');
  const bound = known.byPlace.get(place) ?? sameContent(known, where, channel);
  known.byPlace.set(place, bound);
  return bound;
}

/** Most places have no rules of their own: they share what is compiled from the content. */
function sameContent({ byContent, ...all }: Kept, where: Whereabouts, channel: Channel): BoundLaw {
  const rules = all.rules.filter(({ version }) => version.channels.includes(channel) && bindsIn(version, where));
  const days = all.days.filter(
    ({ version: { state } }) => state === null || !where.placeKnown || where.states.includes(state),
  );
  const content = [...rules, ...days].map(({ version: { id, version } }) => `${id}.${version}`).join();
  const bound = byContent.get(content) ?? compile(rules, days, keyOf(content));
  byContent.set(content, bound);
  return bound;
}

/** A process may have read one revision more than once, and what is compiled is kept for all of them. */
function keyOf(content: string): number {
  const key = contents.get(content) ?? contents.size;
  contents.set(content, key);
  return key;
}

/** Which version counts is settled before anybody asks for whom: a later one may leave out a channel or a state. */
function standing({ rules, days }: Law): Kept {
  return {
    rules: stretchesInForce(rules),
    days: stretchesInForce(days),
    byPerson: new WeakMap(),
    byPlace: new Map(),
    byContent: new Map(),
  };
}

function bindsIn({ country, state }: LegalRule, { states, countries, placeKnown }: Whereabouts): boolean {
  if (!placeKnown) return true;
  return state === null ? country === 'US' || countries.includes(country) : states.includes(state);
}

function compile(inForce: Kept['rules'], days: Kept['days'], key: number): BoundLaw {
  const barring = inForce.filter(({ version }) => version.holidays);
  return {
    key,
    hours: [
      ...inForce.map(({ version, from, to }) => hoursOf(version, { from, to })),
      ...days.map(({ version, from, to }) => closedDay(version, { from, to }, barring)),
    ],
    caps: inForce.flatMap(({ version: { perDay, channels, ...rule }, from, to }): LegalCap[] =>
      perDay === null
        ? []
        : [{ place: placeOf(rule), perDay, kinds: [...new Set(channels.map(addressKindOf))], from, to }],
    ),
    rules: inForce.map(({ version: { id, version } }) => ({ id, version })),
  };
}

function hoursOf(rule: LegalRule, inForce: Stretch): HoursRule {
  return {
    name: `legal ${placeOf(rule)}`,
    inForce,
    slots: rule.hours.flatMap(({ weekdays, slots }) =>
      slots.map(({ open, close }) => ({
        weekdays: weekdays.map((weekday) => WeekdaySchema.parse(weekday)),
        open: minuteOf(open),
        close: minuteOf(close),
      })),
    ),
  };
}

function closedDay(day: CalendarDay, inForce: Stretch, barring: readonly Stretch[]): HoursRule {
  const binds = (date: LocalDate) => day.binds === 'everybody' || barring.some((stretch) => isWithin(stretch, date));
  return {
    name: day.name,
    inForce,
    slots: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], open: 0, close: DAY_MINUTES }],
    holiday: (date) => isObservedOn(day, date) && binds(date),
  };
}

function placeOf({ country, state }: Pick<LegalRule, 'country' | 'state'>): string {
  return state ?? country;
}
