import { isInView, isTypeInView } from './case-scope';
import type { Tx } from './client';
import type { CaseDraft, ContactDraft, ListTarget } from './contact-import';
import type { DuplicatePolicy } from './import';
import type { RowOutcome, RowProblem } from './import-rows';

/** Whom the rows of an import are about, as far as they are known, and what becomes of each. Nothing is written here. */

export interface Entry {
  readonly contact: ContactDraft;
  readonly case: CaseDraft;
}

export interface Match {
  readonly contactId: string | null;
  /** By what the person was found. */
  readonly by: 'external_id' | 'case_external_id' | 'name' | null;
  /** The case that the row names, where there is one already. */
  readonly caseOf: string | null;
  readonly caseType: string | null;
  /** What the row names stands for something beyond what the import may see. */
  readonly hidden: 'contact' | 'case' | null;
  /** Of whoever has no id, and a row that names no case: the type of the one case that stands for the person. */
  readonly ownCaseType: string | null;
}

/** By external id; else by the case; else, where there is no id at all, by name and first address. */
export async function matchEntries(tx: Tx, entries: readonly Entry[]): Promise<Match[]> {
  // Each row is one look into an index, also while the tables are so small that reading them whole seems cheaper:
  // a plan that was made then would be kept while they grow to a million rows.
  await tx`
    select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;
  const rows = await tx<(Omit<Match, 'contactId' | 'by'> & { known: string | null; named: string | null })[]>`
    select known.id as known, k.contact_id as case_of, k.case_type, named.id as named, own.case_type as own_case_type,
      case when known.id is not null and not ${isInView(tx, 'contact', tx`known.id`)} then 'contact'
        when k.id is not null and not ${isTypeInView(tx, tx`k.case_type`)} then 'case' end as hidden
    from unnest(${entries.map(({ contact }) => contact.externalId)}::text[], ${entries.map(caseIdOf)}::text[],
      ${entries.map(({ contact }) => contact.firstName ?? '')}::text[], ${entries.map(({ contact }) => contact.lastName ?? '')}::text[],
      ${entries.map(({ contact }) => contact.addresses[0]?.hash ?? '')}::text[])
      with ordinality as r (external_id, case_id, first_name, last_name, hash, ix)
    left join contact known on known.external_id = r.external_id
    left join cases k on k.external_id = r.case_id
    left join lateral (
      select p.id
      from contact_address a join contact p on p.id = a.contact_id
      where r.external_id is null and k.id is null and a.hash = r.hash
        and p.external_id is null and p.erased_rt is null
        and lower(p.first_name) = lower(r.first_name) and lower(p.last_name) = lower(r.last_name)
        and ${isInView(tx, 'contact', tx`p.id`)}
      order by p.created_at, p.id
      limit 1) named on true
    left join cases own on r.case_id is null and own.external_id = 'contact:' || named.id
    order by r.ix`;
  return rows.map(({ known, named, ...told }, ix) => {
    if (told.hidden !== null)
      return { contactId: null, by: null, caseOf: null, caseType: null, ownCaseType: null, hidden: told.hidden };
    const hasId = entries[ix]?.contact.externalId !== null;
    if (known !== null) return { ...told, contactId: known, by: 'external_id' };
    if (!hasId && told.caseOf !== null) return { ...told, contactId: told.caseOf, by: 'case_external_id' };
    if (named !== null) return { ...told, contactId: named, by: 'name' };
    return { ...told, contactId: null, by: null };
  });
}

/** Null = the row names no case, and its person no id to name one by. */
export function caseIdOf({ contact, case: ofCase }: Entry): string | null {
  return ofCase.externalId ?? contact.externalId;
}

/** What the row names by which another row might mean the same person. */
export function namesOf(entry: Entry): string[] {
  const { externalId, firstName, lastName, addresses } = entry.contact;
  const caseId = caseIdOf(entry);
  return [
    ...(externalId === null ? [] : [`id:${externalId}`]),
    ...(caseId === null ? [] : [`case:${caseId}`]),
    `name:${(firstName ?? '').toLowerCase()}\n${(lastName ?? '').toLowerCase()}\n${addresses[0]?.hash ?? ''}`,
  ];
}

export interface Verdict {
  readonly status: RowOutcome;
  readonly problem: RowProblem | null;
}

const IN_USE = 'is in use already, beyond what this import may see';

const BY_WORDS = { external_id: 'external id', case_external_id: 'case', name: 'name and address' } as const;

/** K-33. A case that is somebody else's or of another type rejects the row, whatever the policy. */
export function judge(entry: Entry, match: Match, policy: DuplicatePolicy, list: ListTarget): Verdict {
  const caseId = caseIdOf(entry);
  const field = entry.case.externalId === null ? 'external_id' : 'case_external_id';
  const rejected = (rule: string, of = field, value = caseId): Verdict => ({
    status: 'rejected',
    problem: { field: of, ...(value === null ? {} : { value }), rule },
  });
  // Ids are unique over all types, so that much has to be told, and no more.
  if (match.hidden === 'contact') return rejected(IN_USE, 'external_id', entry.contact.externalId);
  if (match.hidden === 'case') return rejected(IN_USE);
  if (policy === 'create' && match.by === 'external_id')
    return rejected(
      'a contact has this external id already, and "create" makes a new one of every row',
      'external_id',
      entry.contact.externalId,
    );
  const owner = policy === 'create' ? null : match.contactId;
  if (match.caseOf !== null && match.caseOf !== owner) return rejected('the case belongs to another contact');
  const caseType = match.caseType ?? (owner === null ? null : match.ownCaseType);
  if (caseType !== null && caseType !== list.caseType)
    return rejected(`the case is of the type "${caseType}", the list is of "${list.caseType}"`);
  if (owner === null || match.by === null) return { status: 'created', problem: null };
  if (policy === 'update') return { status: 'updated', problem: null };
  if (policy === 'merge') return { status: 'merged', problem: null };
  return {
    status: 'skipped',
    problem: {
      field: 'row',
      rule: `the person is known already by ${BY_WORDS[match.by]}, and "skip" leaves who is known as they are`,
    },
  };
}
