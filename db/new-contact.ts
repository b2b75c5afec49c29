import { randomUUID } from 'node:crypto';
import type { Channel } from '../domain/channel';
import { caseTypesInView, isInView } from './case-scope';
import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { type Contact, getContact } from './contact';
import {
  type CaseDraft,
  type ContactDraft,
  insertContact,
  lockNameless,
  storeAddresses,
  storeConsents,
} from './contact-import';
import { bar } from './import-opt-outs';
import { holdList, requireOpenList } from './list-members';
import { Refusal, type RefusedField } from './refusal';
import { lockAddresses } from './suppression';

/** One person who is put in by hand. Unlike an import it never changes somebody who is known. */
interface NewContact {
  readonly id: string;
  readonly contact: ContactDraft;
  readonly cases: readonly NewCase[];
  /** Channels that the person wants nothing on. They add up with what is known of the addresses. */
  readonly optOut: readonly Channel[];
  /** Null = the cases stand on no list by it. */
  readonly listId: string | null;
}

interface NewCase extends CaseDraft {
  /** Null = that of the list. */
  readonly caseType: string | null;
}

/**
 * All of it or nothing. Who is known already is found as imports find them, and named in the refusal. Carried out again
 * with the same id, it answers the contact that is there.
 */
export async function createContact(sql: Sql, draft: NewContact, actor: string): Promise<Contact> {
  const { id, contact, listId } = draft;
  return inTransaction(sql, async (tx) => {
    const before = await tx`select 1 from contact where id = ${id}`;
    if (before.length > 0) return getContact(tx, id);
    if (contact.externalId === null) await lockNameless(tx);
    const cases = typedCases(draft, listId === null ? null : await listType(tx, listId));
    requireOwnCases(cases);
    // The order of every import: contact, addresses, cases.
    if (!(await insertContact(tx, id, contact, actor))) throw await knownById(tx, contact.externalId);
    await storeAddresses(tx, id, contact.addresses);
    // Two who put in the same person at the same moment: the second waits here, and finds what the first has made.
    await lockAddresses(tx, id);
    await refuseNamesake(tx, draft);
    await refuseKnownCases(tx, cases);
    await storeConsents(tx, id, contact, actor);
    await storeCases(tx, draft, cases, actor);
    const data = { listId, cases: cases.length };
    await recordChange(tx, { entity: 'contact', entityId: id, change: 'created', data, actor });
    await storeOptOut(tx, draft, actor);
    return getContact(tx, id);
  });
}

interface TypedCase extends CaseDraft {
  readonly id: string;
  readonly externalId: string;
  readonly caseType: string;
}

/** As imports have it: who comes onto a list without a case gets one, and a case without an id one of ours. */
function typedCases({ id, contact, cases }: NewContact, listType: string | null): TypedCase[] {
  if (cases.length === 0)
    return listType === null
      ? []
      : [
          {
            id: randomUUID(),
            externalId: contact.externalId ?? `contact:${id}`,
            caseType: listType,
            title: null,
            status: null,
          },
        ];
  return cases.map((each, at) => {
    const ownId = randomUUID();
    const caseType = each.caseType ?? listType;
    if (caseType === null)
      throw refusedCase(at, 'caseType', 'must say the type of the case, where no list says it', null);
    if (listType !== null && caseType !== listType)
      throw refusedCase(at, 'caseType', `is of the type "${caseType}", the list is of "${listType}"`, caseType);
    return { ...each, id: ownId, caseType, externalId: each.externalId ?? `case:${ownId}` };
  });
}

async function listType(tx: Tx, listId: string): Promise<string> {
  try {
    const list = await holdList(tx, listId);
    requireOpenList(list);
    return list.caseType;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
    const detail = 'there is no such list';
    throw new Refusal('unknown_reference', `#/listId: ${detail}`, [{ pointer: '#/listId', detail, value: listId }]);
  }
}

async function knownById(tx: Tx, externalId: string | null): Promise<Refusal> {
  const [known] = await tx<{ id: string }[]>`select id from contact where external_id = ${externalId}`;
  return exists(tx, known?.id ?? null, 'has this external id', {
    pointer: '#/externalId',
    value: externalId,
  });
}

/** Without any id of theirs, people of one name are told apart by their first address. */
async function refuseNamesake(tx: Tx, { id, contact }: NewContact): Promise<void> {
  const { externalId, firstName, lastName, addresses } = contact;
  if (externalId !== null) return;
  const [known] = await tx<{ id: string }[]>`
    select p.id from contact_address a join contact p on p.id = a.contact_id
    where a.hash = ${addresses[0]?.hash ?? ''} and p.id <> ${id} and p.external_id is null and p.erased_rt is null
      and lower(p.first_name) = lower(${firstName ?? ''}) and lower(p.last_name) = lower(${lastName ?? ''})
      and ${isInView(tx, 'contact', tx`p.id`)}
    order by p.created_at, p.id limit 1`;
  if (known !== undefined) throw await exists(tx, known.id, 'has this name and first address', { pointer: '#' });
}

async function refuseKnownCases(tx: Tx, cases: readonly TypedCase[]): Promise<void> {
  const ids = cases.map(({ externalId }) => externalId);
  const [known] = await tx<{ externalId: string; contactId: string }[]>`
    select external_id, contact_id from cases where external_id = any (${ids}::text[]) order by external_id limit 1`;
  if (known === undefined) return;
  const at = ids.indexOf(known.externalId);
  throw await exists(tx, known.contactId, `has the case "${known.externalId}"`, {
    pointer: `#/cases/${at}/externalId`,
    value: known.externalId,
  });
}

async function storeCases(tx: Tx, draft: NewContact, cases: readonly TypedCase[], actor: string): Promise<void> {
  const sorted = [...cases].sort((one, other) => (one.externalId < other.externalId ? -1 : 1));
  for (const { id, externalId, caseType, title, status } of sorted) {
    const made = await tx`
      insert into cases (id, contact_id, external_id, case_type, title, status, actor)
      values (${id}, ${draft.id}, ${externalId}, ${caseType}, ${title ?? ''}, ${status}, ${actor})
      on conflict (external_id) do nothing
      returning 1`;
    // Somebody has made it this very moment.
    if (made.length === 0) await refuseKnownCases(tx, cases);
    if (draft.listId !== null) await tx`insert into list_member (list_id, case_id) values (${draft.listId}, ${id})`;
  }
}

async function storeOptOut(tx: Tx, { id, optOut }: NewContact, actor: string): Promise<void> {
  const channels = [...new Set(optOut)].sort();
  if (channels.length === 0) return;
  await bar(
    tx,
    channels.map((channel) => ({ hash: null, contactId: id, channel })),
    { source: 'operator', actor },
  );
  await recordChange(tx, { entity: 'contact', entityId: id, change: 'opted_out', data: { channels }, actor });
}

/** K-31: nobody makes what they may not see. */
function requireOwnCases(cases: readonly TypedCase[]): void {
  const own = caseTypesInView();
  if (own === null) return;
  const types = own.map((type) => `"${type}"`).join(', ');
  if (cases.length === 0) {
    const detail = `must name a case or a list, for this key is limited to ${types}`;
    throw new Refusal('case_conflict', `#/cases: ${detail}`, [{ pointer: '#/cases', detail }]);
  }
  cases.forEach(({ caseType }, at) => {
    if (!own.includes(caseType))
      throw refusedCase(at, 'caseType', `must be one of ${types}, to which this key is limited`, caseType);
  });
}

/** Null = it was made this very moment. Ids are unique over all case types, so that much has to be told, and no more. */
async function exists(
  tx: Tx,
  contactId: string | null,
  has: string,
  { pointer, value }: Pick<RefusedField, 'pointer' | 'value'>,
): Promise<Refusal> {
  const [seen] = await tx<{ is: boolean }[]>`select ${isInView(tx, 'contact', tx`${contactId}::uuid`)} as is`;
  const isSeen = contactId !== null && seen?.is === true;
  const detail = isSeen
    ? `the contact ${contactId} ${has} already; change that one, or put its cases on the list`
    : 'is in use already, beyond what you may see';
  return new Refusal('contact_exists', detail, [
    { pointer, detail, ...(value === undefined ? {} : { value }), ...(isSeen ? { current: contactId } : {}) },
  ]);
}

function refusedCase(at: number, field: string, detail: string, value: string | null): Refusal {
  const pointer = `#/cases/${at}/${field}`;
  return new Refusal('case_conflict', `${pointer}: ${detail}`, [
    { pointer, detail, ...(value === null ? {} : { value }) },
  ]);
}
