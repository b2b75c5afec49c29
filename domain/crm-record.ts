import { isZone } from './local-time';
import { countryOf, stateOf } from './places';

/** What a CRM tells of a case by webhook, whatever it calls its fields (K-18). */

export interface CrmRecord {
  /** Of the case; empty = the record names none. */
  readonly caseExternalId: string;
  /** Null = it is not told. */
  readonly caseType: string | null;
  readonly title: string | null;
  readonly status: string | null;
  readonly contact: {
    readonly externalId?: string;
    readonly firstName?: string;
    readonly lastName?: string;
    readonly language?: string;
    readonly zone?: string;
    readonly state?: string;
    readonly country?: string;
    readonly postalCode?: string;
    readonly phones: readonly string[];
    readonly emails: readonly string[];
  };
  /** Fields that were told and mean nothing here, such as a zone that there is not. */
  readonly leftOut: readonly string[];
}

export interface ListOrder {
  readonly action: 'add' | 'remove';
  readonly listId: string | null;
  readonly listName: string | null;
  readonly campaignId: string | null;
}

export interface OrderFault {
  readonly name: string;
  readonly value?: string;
  readonly rule: string;
}

/** By the name in small letters without anything between them: `Lead ID`, `lead_id` and `lead.id` are one. */
export type CrmFields = ReadonlyMap<string, string>;

const MOST_DEPTH = 3;
const LANGUAGE = /^[a-z]{2,3}(-[A-Z]{2})?$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const NAMES = {
  caseExternalId: ['leadid', 'caseid', 'matterid', 'caseexternalid', 'externalid'],
  caseType: ['casetype', 'casetypename', 'mattertype', 'leadcasetype'],
  title: ['casetitle', 'casename', 'leadname', 'mattername', 'title'],
  status: ['status', 'casestatus', 'leadstatus', 'statusname'],
  externalId: ['clientid', 'contactid', 'contactexternalid', 'clientexternalid'],
  firstName: ['firstname', 'clientfirstname', 'contactfirstname'],
  lastName: ['lastname', 'clientlastname', 'contactlastname'],
  language: ['language', 'clientlanguage', 'contactlanguage'],
  zone: ['timezone', 'zone', 'clienttimezone', 'contacttimezone'],
  state: ['state', 'clientstate', 'contactstate'],
  country: ['country', 'clientcountry', 'contactcountry'],
  postalCode: ['zip', 'zipcode', 'postalcode', 'clientzip', 'clientzipcode', 'contactzip'],
} as const;
/** In the order in which they are used. */
const PHONES = ['cell', 'mobile', '', 'primary', 'home', 'work', 'other'].flatMap((kind) =>
  ['', 'client', 'contact'].flatMap((owner) => [`${owner}${kind}phone`, `${owner}${kind}phonenumber`]),
);
const MORE_PHONES = ['cell', 'mobile', 'phone1', 'phone2', 'phone3'];
const EMAILS = ['email', 'emailaddress', 'email1', 'email2', 'clientemail', 'contactemail'];

/** Objects within objects are read by the names that lead to them; lists mean nothing. */
export function crmFields(body: unknown, prefix = '', depth = 0): CrmFields {
  const fields = new Map<string, string>();
  if (typeof body !== 'object' || body === null || Array.isArray(body) || depth > MOST_DEPTH) return fields;
  for (const [key, value] of Object.entries(body)) {
    const name = prefix + key.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      fields.set(name, String(value).trim());
    else for (const [inner, text] of crmFields(value, name, depth + 1)) fields.set(inner, text);
  }
  return fields;
}

export function readRecord(fields: CrmFields): CrmRecord {
  const first = (names: readonly string[]) => names.map((name) => fields.get(name) ?? '').find((text) => text !== '');
  const all = (names: readonly string[]) => [
    ...new Set(names.map((name) => fields.get(name) ?? '').filter((text) => text !== '')),
  ];
  const leftOut: string[] = [];
  const fit = (field: 'language' | 'zone' | 'state' | 'country', isFit: (text: string) => boolean) => {
    const text = first(NAMES[field]);
    if (text === undefined) return {};
    if (isFit(text)) return { [field]: text };
    leftOut.push(field);
    return {};
  };
  const plain = (field: 'externalId' | 'firstName' | 'lastName' | 'postalCode') => {
    const text = first(NAMES[field]);
    return text === undefined ? {} : { [field]: text };
  };
  return {
    caseExternalId: first(NAMES.caseExternalId) ?? '',
    caseType: first(NAMES.caseType) ?? null,
    title: first(NAMES.title) ?? null,
    status: first(NAMES.status) ?? null,
    contact: {
      ...plain('externalId'),
      ...plain('firstName'),
      ...plain('lastName'),
      ...plain('postalCode'),
      ...fit('language', (text) => LANGUAGE.test(text)),
      ...fit('zone', isZone),
      ...fit('state', (text) => stateOf(text) !== null),
      ...fit('country', (text) => countryOf(text) !== null),
      phones: all([...PHONES, ...MORE_PHONES]).slice(0, 10),
      emails: all(EMAILS).slice(0, 10),
    },
    leftOut,
  };
}

const ADD = ['', 'add', 'attach'];
const REMOVE = ['remove', 'detach'];

/** What the address, or the record itself, says about lists; null = nothing, and the lists' own feeds decide. */
export function readOrder(fields: CrmFields): {
  readonly order: ListOrder | null;
  readonly faults: readonly OrderFault[];
} {
  const listId = fields.get('listid') ?? '';
  const listName = fields.get('listname') ?? '';
  const campaignId = fields.get('campaignid') ?? '';
  const action = (fields.get('listaction') ?? '').toLowerCase();
  const remove = (fields.get('removefromlist') ?? '').toLowerCase();
  const faults: OrderFault[] = [];
  if (listId !== '' && !UUID.test(listId))
    faults.push({ name: 'list_id', value: listId, rule: 'must be the id of a list' });
  if (campaignId !== '' && !UUID.test(campaignId))
    faults.push({ name: 'campaign_id', value: campaignId, rule: 'must be the id of a campaign' });
  if (![...ADD, ...REMOVE].includes(action))
    faults.push({ name: 'list_action', value: action, rule: 'must be add, attach, remove or detach' });
  if (!['', 'true', 'false', '1', '0'].includes(remove))
    faults.push({ name: 'remove_from_list', value: remove, rule: 'must be true or false' });
  const names = [listId, listName, campaignId].filter((text) => text !== '');
  const isRemoval = remove === 'true' || remove === '1' || REMOVE.includes(action);
  if (isRemoval && names.length === 0)
    faults.push({ name: 'list_id', rule: 'must say from which list; list_name or campaign_id may say it instead' });
  if (faults.length > 0 || names.length === 0) return { order: null, faults };
  const order: ListOrder = {
    action: isRemoval ? 'remove' : 'add',
    listId: listId === '' ? null : listId,
    listName: listName === '' ? null : listName,
    campaignId: campaignId === '' ? null : campaignId,
  };
  return { order, faults };
}
