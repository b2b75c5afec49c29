import type { Instant } from '../domain/instant';
import { countryOfNumber } from '../domain/number-country';
import type { NumberChecks, Relationship } from '../domain/number-check';
import type { AddressView, ContactView } from '../domain/planner-input';
import type { Db } from './client';

/** What is known of phone numbers beside what people said of them, as parts of the statements that read for the planner. */

/** An address as those statements answer it. */
export interface AddressRow extends Omit<AddressView, 'country' | 'checks'> {
  /** Of phones alone, and no further than `addressViews`. */
  readonly number: string | null;
  readonly checks: NumberChecks | null;
}

/** The newest answer of each registry about the address `a` at the instant; of two that bear the same, the one that forbids. */
export function newestChecks(db: Db, at: ReturnType<Db>) {
  return db`(
    select json_object_agg(n.registry, json_build_object('answer', n.answer, 'checkedAt', ms(n.checked_at), 'source', n.source,
      'askedAboutAt', ms(n.asked_about_at)))
    from (select distinct on (registry) * from number_check where hash = a.hash and checked_at <= ${at}
      order by registry, checked_at desc, answer in ('listed', 'yes') desc, id desc) n)`;
}

/** Of the contact `p`, those that last longest first; null = none. */
export function relationshipsOf(db: Db) {
  return db`(
    select json_agg(json_build_object('id', r.id, 'kind', r.kind, 'on', r.happened_on) order by r.happened_on desc, r.id)
    from relationship r where r.contact_id = p.id and r.withdrawn_at is null)`;
}

/** What the planner sees of them: never the number itself. */
export function addressViews(rows: readonly AddressRow[]): AddressView[] {
  return rows.map(({ number, checks, ...address }) => ({
    ...address,
    ...(number === null ? {} : { country: countryOfNumber(number) }),
    ...(checks === null ? {} : { checks }),
  }));
}

/** A consent, a purchase or an inquiry tells that the person has these numbers; told only where a registry says that one was given up. */
export function provenOf(
  addresses: readonly AddressRow[],
  consents: readonly { readonly givenAt: Instant }[],
  relationships: readonly Relationship[],
): Pick<ContactView, 'provenAt'> {
  if (!addresses.some(({ checks }) => checks?.reassigned?.answer === 'yes')) return {};
  const signs = [...consents.map(({ givenAt }) => givenAt), ...relationships.map(({ on }) => Date.parse(on))];
  return signs.length === 0 ? {} : { provenAt: Math.max(...signs) };
}
