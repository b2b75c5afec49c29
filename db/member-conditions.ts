import { type Attribute, fitAttributes } from '../domain/attribute';
import {
  type Condition,
  isTextField,
  isTimeField,
  type MemberConditions,
  type TextField,
  type TimeField,
  typeOfAttribute,
} from '../domain/member-conditions';
import type { Db } from './client';

/** SQL that another statement takes in. Never awaited by itself. */
type Fragment = ReturnType<Db['unsafe']>;

/**
 * Does the case `k` of the contact `p` meet the conditions at `t.now`, with the settings `s`? Never null. What a value means
 * is guarded before it is compared: one that does not fit its type meets nothing but "is not".
 */
export function meets(db: Db, { match, groups }: MemberConditions, catalogue: readonly Attribute[]): Fragment {
  const parts = groups.map((group) =>
    joined(
      db,
      group.match,
      group.conditions.map((condition) => db`coalesce(${conditionOf(db, condition, catalogue)}, false)`),
    ),
  );
  return joined(db, match, parts);
}

function joined(db: Db, match: 'all' | 'any', parts: readonly Fragment[]): Fragment {
  const [first = db`true`, ...others] = parts;
  const whole = others.reduce(
    (left, right) => (match === 'all' ? db`${left} and ${right}` : db`${left} or ${right}`),
    first,
  );
  return db`(${whole})`;
}

function conditionOf(db: Db, condition: Condition, catalogue: readonly Attribute[]): Fragment {
  const { field, op, values } = condition;
  if (op === 'is_not') return db`not coalesce(${conditionOf(db, { ...condition, op: 'is' }, catalogue)}, false)`;
  if (op === 'not_in_last_days')
    return db`not coalesce(${conditionOf(db, { ...condition, op: 'in_last_days' }, catalogue)}, false)`;
  if (op === 'is_not_set') return db`not ${conditionOf(db, { ...condition, op: 'is_set' }, catalogue)}`;
  if (isTextField(field)) return textIs(db, textColumn(db, field), condition);
  if (isTimeField(field)) return timeIs(db, timeColumn(db, field), condition);
  switch (field) {
    case 'attribute':
      return attributeIs(db, condition, catalogue);
    case 'tag':
      return db`p.tags && ${values}::text[]`;
    case 'opted_out':
      return optedOutOf(db, db`${values}::text[]`);
    case 'consent':
      return db`exists (select from consent n
        where n.contact_id = p.id and n.revoked_at is null and n.given_at <= t.now and n.class = any (${values}::text[]))`;
    case 'reachable':
      return db`exists (select from unnest(${values}::text[]) channel
        where not ${optedOutOf(db, db`array[channel]`)} and exists (
          select from contact_address ca join address a on a.hash = ca.hash
          where ca.contact_id = p.id and ca.unusable is null
            and a.kind = case channel when 'email' then 'email' else 'phone' end))`;
  }
}

/** Of any of the channels; of calls also where it is about cases of this type alone. */
function optedOutOf(db: Db, channels: Fragment): Fragment {
  return db`(exists (select from contact_address ca join suppression x on x.hash = ca.hash
      where ca.contact_id = p.id and x.lifted_at is null and x.channels && ${channels})
    or ('voice' = any (${channels}) and exists (select from contact_address ca join call_opt_out o on o.hash = ca.hash
      where ca.contact_id = p.id and o.lifted_at is null and o.case_type = k.case_type)))`;
}

/** Capital and small letters are the same. */
function textIs(db: Db, column: Fragment, { op, values }: Condition): Fragment {
  switch (op) {
    case 'is_set':
      return db`coalesce(${column}, '') <> ''`;
    case 'contains':
      return db`lower(${column}) like any (${values.map((value) => `%${escaped(value)}%`)}::text[])`;
    case 'starts_with':
      return db`lower(${column}) like any (${values.map((value) => `${escaped(value)}%`)}::text[])`;
    default:
      return db`lower(${column}) = any (${values.map((value) => value.toLowerCase())}::text[])`;
  }
}

function escaped(value: string): string {
  return value.toLowerCase().replace(/[\\%_]/g, '\\$&');
}

/** Days begin where the company is. */
function timeIs(db: Db, column: Fragment, { op, values }: Condition): Fragment {
  if (op === 'in_last_days') return db`${column} >= t.now - make_interval(days => ${Number(values[0])})`;
  const day = db`(d::date)::timestamp at time zone s.zone`;
  const isMet = op === 'before' ? db`${column} < ${day}` : db`${column} >= ${day}`;
  return db`exists (select from unnest(${values}::text[]) d where ${isMet})`;
}

function attributeIs(db: Db, condition: Condition, catalogue: readonly Attribute[]): Fragment {
  const { name = '', op } = condition;
  const stored = db`(p.attributes ->> ${name}::text)`;
  if (op === 'is_set') return textIs(db, stored, condition);
  const values = plainValues(condition, catalogue);
  switch (typeOfAttribute(catalogue, name)) {
    case 'number':
      return numberIs(db, stored, { ...condition, values });
    case 'date':
      return dateIs(db, stored, { ...condition, values });
    default:
      return textIs(db, stored, { ...condition, values });
  }
}

function numberIs(db: Db, stored: Fragment, { op, values }: Condition): Fragment {
  const number = db`${stored}::numeric`;
  const given = db`${values}::text[]::numeric[]`;
  const isMet =
    op === 'less_than'
      ? db`${number} < any (${given})`
      : op === 'at_least'
        ? db`${number} >= any (${given})`
        : db`${number} = any (${given})`;
  return db`case when ${stored} ~ '^-?[0-9]+([.][0-9]+)?$' then ${isMet} end`;
}

/** Days that are written from the year on down are in the order of their letters. */
function dateIs(db: Db, stored: Fragment, { op, values }: Condition): Fragment {
  const dayIn = (days: number) => db`to_char((t.now at time zone s.zone)::date + ${days}::int, 'YYYY-MM-DD')`;
  const days = Number(values[0]);
  const isMet = () => {
    switch (op) {
      case 'before':
        return db`${stored} < any (${values}::text[])`;
      case 'on_or_after':
        return db`${stored} >= any (${values}::text[])`;
      case 'in_last_days':
        return db`${stored} between ${dayIn(-days)} and ${dayIn(0)}`;
      case 'in_next_days':
        return db`${stored} between ${dayIn(0)} and ${dayIn(days)}`;
      default:
        return db`${stored} = any (${values}::text[])`;
    }
  };
  return db`case when ${stored} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then ${isMet()} end`;
}

/** As values are kept; a number of days is none of the attribute's values. */
function plainValues({ name = '', op, values }: Condition, catalogue: readonly Attribute[]): string[] {
  if (op === 'in_last_days' || op === 'in_next_days') return [...values];
  return values.flatMap((value) => fitAttributes(catalogue, { [name]: value }).values[name] ?? []);
}

function textColumn(db: Db, field: TextField): Fragment {
  const COLUMNS: Readonly<Record<TextField, () => Fragment>> = {
    case_title: () => db`k.title`,
    case_status: () => db`k.status`,
    case_external_id: () => db`k.external_id`,
    contact_external_id: () => db`p.external_id`,
    first_name: () => db`p.first_name`,
    last_name: () => db`p.last_name`,
    language: () => db`p.language`,
    state: () => db`p.state`,
    country: () => db`p.country`,
    postal_code: () => db`p.postal_code`,
  };
  return COLUMNS[field]();
}

function timeColumn(db: Db, field: TimeField): Fragment {
  const COLUMNS: Readonly<Record<TimeField, () => Fragment>> = {
    case_created: () => db`k.created_at`,
    case_changed: () => db`k.updated_at`,
    contact_created: () => db`p.created_at`,
    contact_changed: () => db`p.updated_at`,
  };
  return COLUMNS[field]();
}
