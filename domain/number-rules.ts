import { DateTime } from 'luxon';
import type { Channel } from './channel';
import type { ConsentClass } from './consent';
import type { Reason } from './decision';
import { DAY_MS } from './instant';
import { type LocalDate, localDateOf } from './local-time';
import type { Relationship } from './number-check';
import type { AddressView, PlannerInput } from './planner-input';

/** What keeps a phone number from being called or texted, whatever the hour: its country, its new owner, its wish (T25, C11, C10). */

/** Scrub data may be so old (16 CFR 310.4(b)(3)(iv)). */
export const SCRUB_DAYS = 31;
/** How long a relationship lasts after the day that it began on (47 CFR 64.1200(f)(5)). */
const MONTHS: Readonly<Record<Relationship['kind'], number>> = { purchase: 18, inquiry: 3 };
/** Consents by which a person has invited a solicitation on the channel. */
const INVITATIONS: Readonly<Record<Channel, readonly ConsentClass[]>> = {
  voice: ['live_call', 'ai_voice', 'prerecorded'],
  sms: ['marketing_sms'],
  email: [],
};

export type Asked = Pick<PlannerInput, 'now' | 'company' | 'contact' | 'policy' | 'planVersion'>;
/** A callback that the person asked for is their own invitation. */
export type Occasion = 'planned' | 'promised';

/** Null = nothing stands in the way of it. */
export function barOf(input: Asked, address: AddressView, channel: Channel, occasion: Occasion): Reason | null {
  const { country, checks } = address;
  if (country === null) return { code: 'costly_number' };
  if (country !== undefined && !input.company.allowedCountries.includes(country))
    return { code: 'country_not_allowed', country };
  if (checks?.reassigned?.answer === 'yes' && checks.reassigned.checkedAt >= (input.contact.provenAt ?? -Infinity))
    return { code: 'reassigned', checkedAt: checks.reassigned.checkedAt };
  if (occasion === 'promised' || !solicitsOn(input, channel) || basisOf(input, channel) !== null) return null;
  const { dnc } = checks ?? {};
  if (dnc === undefined) return { code: 'no_basis', state: 'unchecked' };
  if (dnc.answer === 'listed') return { code: 'no_basis', state: 'listed', checkedAt: dnc.checkedAt };
  return isStale(dnc.checkedAt, input.now) ? { code: 'no_basis', state: 'stale', checkedAt: dnc.checkedAt } : null;
}

/** May the next answer of the registry lift it? Then the person is waited for, and not given up. */
export function isPassing(bar: Reason): boolean {
  return bar.code === 'no_basis' && bar['state'] !== 'listed';
}

/** Who was kept in an earlier version still hears its words, so either of the two policies is enough. */
export function solicitsOn({ policy, planVersion }: Pick<Asked, 'policy' | 'planVersion'>, channel: Channel): boolean {
  return channel !== 'email' && (policy.solicits || planVersion.policy.solicits);
}

/** What a solicitation rests on where the number may be listed, with the id of its record; null = nothing. */
export function basisOf(input: Asked, channel: Channel): { readonly basis: string; readonly id: string } | null {
  const { consents, relationships = [] } = input.contact;
  const consent = consents.find((each) => INVITATIONS[channel].includes(each.class));
  if (consent !== undefined) return { basis: `consent "${consent.class}"`, id: consent.id };
  const relationship = relationships.find((each) => isStanding(each, input));
  return relationship === undefined
    ? null
    : { basis: `${relationship.kind} of ${relationship.on}`, id: relationship.id };
}

/** The reason that goes with a solicitation: what makes it lawful now may not do so later. */
export function solicitation(input: Asked, address: AddressView, channel: Channel): Reason | null {
  if (!solicitsOn(input, channel)) return null;
  const basis = basisOf(input, channel)?.basis ?? null;
  return { code: 'solicits', basis, checkedAt: address.checks?.dnc?.checkedAt ?? null };
}

function isStale(checkedAt: number, now: number): boolean {
  return now - checkedAt > SCRUB_DAYS * DAY_MS;
}

/** In every zone where the person may be: the day on which it ends is over where it begins first. */
function isStanding({ kind, on }: Relationship, { now, contact }: Asked): boolean {
  const end = addMonths(on, MONTHS[kind]);
  return contact.zones.every((zone) => localDateOf(zone, now) < end);
}

function addMonths(date: LocalDate, months: number): LocalDate {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ months }).toFormat('yyyy-MM-dd');
}
