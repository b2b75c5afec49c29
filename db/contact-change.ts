import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { type Contact, getContact } from './contact';
import { refreshPlaces } from './contact-import';
import { Refusal } from './refusal';

type ContactValues = Pick<
  Contact,
  'firstName' | 'lastName' | 'language' | 'zone' | 'state' | 'country' | 'postalCode' | 'attributes' | 'tags'
>;

/** Each field that is given takes the place of what stands; addresses come and go by imports alone. */
export type ContactChange = { readonly [field in keyof ContactValues]?: ContactValues[field] | undefined } & {
  readonly revision?: number | undefined;
};

/** Everybody who is being reached is planned anew: the person may be elsewhere now. */
export async function changeContact(
  sql: Sql,
  id: string,
  { revision, ...change }: ContactChange,
  actor: string,
): Promise<Contact> {
  return inTransaction(sql, async (tx) => {
    await tx`select from contact where id = ${id} for update`;
    const before = await getContact(tx, id);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the contact stands at revision ${before.revision}, not ${revision}`);
    if (before.erased) throw new Refusal('wrong_status', 'the contact was erased; import the person anew');
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const fields = given.filter(([field, value]) => !isSame(value, Reflect.get(before, field))).map(([field]) => field);
    if (fields.length === 0) return before;
    await store(tx, id, { ...before, ...Object.fromEntries(given) }, actor);
    await refreshPlaces(tx, id);
    await tx`
      insert into wake (enrollment_id, reason)
      select id, 'contact_changed' from enrollment where contact_id = ${id} and state = 'open'`;
    await recordChange(tx, { entity: 'contact', entityId: id, change: 'changed', data: { fields }, actor });
    return getContact(tx, id);
  });
}

async function store(tx: Tx, id: string, values: ContactValues, actor: string): Promise<void> {
  await tx`
    update contact set
      first_name = ${values.firstName},
      last_name = ${values.lastName},
      language = ${values.language},
      stated_zone = ${values.zone},
      state = ${values.state},
      country = ${values.country},
      postal_code = ${values.postalCode},
      attributes = ${JSON.stringify(values.attributes)}::text::jsonb,
      tags = ${[...values.tags]},
      revision = revision + 1,
      updated_at = app_now(),
      actor = ${actor}
    where id = ${id}`;
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
