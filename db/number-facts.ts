import type { Consent } from '../domain/consent';
import type { Instant } from '../domain/instant';
import { countryOfNumber } from '../domain/number-country';
import type { NumberChecks, Relationship } from '../domain/number-check';
import type { AddressView, ContactView } from '../domain/planner-input';
import type { Db } from './client';

/** What is known of phone numbers beside what people said of them, as parts of the statements that read for the planner. */

/** A person's addresses and what goes with them, as those statements answer it. */
export interface NumberRows {
  readonly addresses: readonly AddressRow[];
  readonly consents: readonly (Consent & { readonly givenAt: Instant })[] | null;
  readonly relationships: readonly Relationship[] | null;
}

interface AddressRow extends Omit<AddressView, 'country' | 'checks'> {
  /** Of phones alone, and no further than `numberViews`. */
  readonly number: string | null;
  readonly checks: NumberChecks | null;
}

/**
 * Of the address `a`, for a JSON object: its number, and the newest answer of each registry at the instant; of two that
 * bear the same, the one that forbids.
 */
export function numberParts(db: Db, at: ReturnType<Db>) {
  return db`'number', case a.kind when 'phone' then a.value end, 'checks', case a.kind when 'phone' then (
    select json_object_agg(n.registry, json_build_object('answer', n.answer, 'checkedAt', ms(n.checked_at), 'source', n.source,
      'askedAboutAt', ms(n.asked_about_at)))
    from (select distinct on (registry) * from number_check where hash = a.hash and checked_at <= ${at}
      order by registry, checked_at desc, answer in ('listed', 'yes') desc, id desc) n) end`;
}

/** Of the contact `p`, those that last longest first; null = none. */
export function relationshipsOf(db: Db) {
  return db`(
    select json_agg(json_build_object('id', r.id, 'kind', r.kind, 'on', r.happened_on) order by r.happened_on desc, r.id)
    from relationship r where r.contact_id = p.id and r.withdrawn_at is null)`;
}

const NOTHING: readonly never[] = [];

/** What the planner sees of them: never the number itself. */
export function numberViews({
  addresses,
  consents,
  relationships,
}: NumberRows): Pick<ContactView, 'addresses' | 'consents' | 'relationships' | 'provenAt'> {
  const known = { consents: consents ?? NOTHING, relationships: relationships ?? NOTHING };
  return {
    ...known,
    addresses: addresses.map(addressView),
    ...provenOf(addresses, known.consents, known.relationships),
  };
}

function addressView({ number, checks, ...address }: AddressRow): AddressView {
  return {
    ...address,
    ...(number === null ? {} : { country: countryOfNumber(number) }),
    ...(checks === null ? {} : { checks }),
  };
}

/** A consent, a purchase or an inquiry tells that the person has these numbers; told only where a registry says that one was given up. */
function provenOf(
  addresses: readonly AddressRow[],
  consents: readonly { readonly givenAt: Instant }[],
  relationships: readonly Relationship[],
): Pick<ContactView, 'provenAt'> {
  if (!addresses.some(({ checks }) => checks?.reassigned?.answer === 'yes')) return {};
  const signs = [...consents.map(({ givenAt }) => givenAt), ...relationships.map(({ on }) => Date.parse(on))];
  return signs.length === 0 ? {} : { provenAt: Math.max(...signs) };
}
