import { cachedHours, compileHours, type Hours, type HoursRule } from './business-hours';
import type { Channel } from './channel';
import type { Instant } from './instant';
import { type BoundLaw, lawFor } from './law';
import { localToInstant } from './local-time';
import { channelsOf, WeekdaySchema, type Run } from './plan';
import type { ContactView, PlannerInput, WeeklyHours } from './planner-input';
import { minuteOf } from './slots';

/** The hours in which a touch may happen: the run's or the company's, within the law of every place the person may be in. */
export function hoursOf(input: PlannerInput, run: Run | null, channel: Channel): Hours {
  const { company, contact, planVersionId, policyVersionId } = input;
  const asked = askedOf.get(contact) ?? [];
  const known = asked.find(
    (each) =>
      each.run === run &&
      each.channel === channel &&
      each.company === company &&
      each.planVersionId === planVersionId &&
      each.policyVersionId === policyVersionId,
  );
  if (known !== undefined) return known.hours;
  const hours = compiledHours(input, run, channel);
  askedOf.set(contact, [...asked, { run, channel, company, planVersionId, policyVersionId, hours }]);
  return hours;
}

interface Asked extends Pick<PlannerInput, 'company' | 'planVersionId' | 'policyVersionId'> {
  readonly run: Run | null;
  readonly channel: Channel;
  readonly hours: Hours;
}

/** One decision asks many times for the same person, and a forecast asks for many who look alike. */
const askedOf = new WeakMap<ContactView, readonly Asked[]>();

function compiledHours(input: PlannerInput, run: Run | null, channel: Channel): Hours {
  const { company, contact } = input;
  const law = lawFor(company.law, contact, channel);
  const key = [
    input.planVersionId,
    input.policyVersionId,
    run?.key ?? '',
    company.revision,
    company.law.revision,
    law.key,
    company.closingMarginMs,
    contact.placeKnown,
    ...contact.zones,
  ].join('|');
  return cachedHours(key, () => {
    const rules = rulesOf(input, run, law);
    return compileHours(
      contact.zones.map((zone) => ({ zone, rules })),
      company.closingMarginMs,
    );
  });
}

/** The zone by whose calendar a person's own days are counted: the first of those they may be in. */
export function homeZoneOf({ zones }: ContactView): string {
  const [zone] = zones;
  if (zone === undefined) throw new Error('a contact has at least one zone to be in');
  return zone;
}

/** `at`, or the start of the run's first day where that comes later: nothing of a run happens before it. */
export function notBeforeRun(input: PlannerInput, run: Run | null, at: Instant): Instant {
  return run === null ? at : Math.max(at, startOf(input, run));
}

/** Does the run have a single hour on a channel that suits every place the person may be in? It may be over by now. */
export function everOpens(input: PlannerInput, run: Run): boolean {
  return channelsOf(run).some((channel) => hoursOf(input, run, channel).next(startOf(input, run)) !== null);
}

function startOf({ contact }: PlannerInput, { startsOn }: Run): Instant {
  return localToInstant(homeZoneOf(contact), startsOn, 0, 'open');
}

function rulesOf({ company, contact, planVersion, policy }: PlannerInput, run: Run | null, law: BoundLaw): HoursRule[] {
  const policies = planVersion.policy === policy ? [policy] : [policy, planVersion.policy];
  const except = policies.flatMap(({ closedOn }) => closedOn);
  const rules: HoursRule[] = [{ ...weekly('legal', company.legalHours), except }, ...law.hours];
  if (!contact.placeKnown) rules.push(weekly('unknown_place', company.unknownPlaceHours));
  if (run === null) return rules;
  const { hours, weekdays, startsOn, endsOn } = run;
  const dates = { from: startsOn, ...(endsOn === null ? {} : { to: endsOn }) };
  const own =
    hours.mode === 'calling_times'
      ? [weekly('run', { weekdays, slots: hours.slots })]
      : policies.map(({ companySlots }) => weekly('company', { weekdays, slots: companySlots }));
  return [...rules, ...own.map((rule) => ({ ...rule, ...dates }))];
}

function weekly(name: string, hours: WeeklyHours): HoursRule {
  const weekdays = hours.weekdays.map((weekday) => WeekdaySchema.parse(weekday));
  return {
    name,
    slots: hours.slots.map((slot) => ({ weekdays, open: minuteOf(slot.open), close: minuteOf(slot.close) })),
  };
}
