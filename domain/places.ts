import { zonesOfState } from './area-codes';
import { zonesOfForeignCountry } from './foreign-zones';
import type { CandidatePlaces } from './zone-evidence';

/** Where a stated state, postal code or country is. Names and codes only: zones of states follow from the area codes. */

const STATE_NAMES =
  'AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|' +
  'DC District of Columbia|DC Washington DC|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|' +
  'KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|' +
  'MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|' +
  'NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|' +
  'SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WA Washington State|WV West Virginia|WI Wisconsin|' +
  'WY Wyoming|AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico|VI Virgin Islands|' +
  'VI US Virgin Islands|AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|' +
  'NL Newfoundland|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|' +
  'QC Québec|SK Saskatchewan|YT Yukon';

const STATE_BY_NAME: ReadonlyMap<string, string> = new Map(
  STATE_NAMES.split('|').map((row) => [row.slice(3).toLowerCase(), row.slice(0, 2)]),
);

const CANADIAN: ReadonlySet<string> = new Set('AB BC MB NB NL NS NT NU ON PE QC SK YT'.split(' '));
const CANADIAN_ZONES: readonly string[] = [...new Set([...CANADIAN].flatMap(zonesOfState))].sort();

/** The first three digits at which the ZIP codes of a state begin; they go on to the next row. Military ones are nowhere. */
const ZIP_STARTS =
  '005NY 006PR 008VI 009PR 010MA 028RI 030NH 039ME 050VT 055MA 056VT 060CT 070NJ 090-- 100NY 150PA 197DE 200DC 201VA ' +
  '202DC 206MD 220VA 247WV 270NC 290SC 300GA 320FL 340-- 341FL 350AL 370TN 386MS 398GA 400KY 430OH 460IN 480MI 500IA ' +
  '530WI 550MN 569DC 570SD 580ND 590MT 600IL 630MO 660KS 680NE 700LA 716AR 730OK 733TX 734OK 750TX 800CO 820WY 832ID ' +
  '840UT 850AZ 870NM 885TX 889NV 900CA 962-- 967HI 969GU 970OR 980WA 995AK';

const ZIPS: readonly (readonly [start: string, state: string])[] = ZIP_STARTS.split(' ')
  .map((row) => [row.slice(0, 3), row.slice(3)] as const)
  .reverse();

/** By the first letter of a Canadian postal code. */
const CANADIAN_POSTAL: Readonly<Record<string, string>> = {
  A: 'NL',
  B: 'NS',
  C: 'PE',
  E: 'NB',
  G: 'QC',
  H: 'QC',
  J: 'QC',
  K: 'ON',
  L: 'ON',
  M: 'ON',
  N: 'ON',
  P: 'ON',
  R: 'MB',
  S: 'SK',
  T: 'AB',
  V: 'BC',
  X: 'NT NU',
  Y: 'YT',
};

const COUNTRY_NAMES: ReadonlyMap<string, string> = new Map([
  ['USA', 'US'],
  ['UNITED STATES', 'US'],
  ['UNITED STATES OF AMERICA', 'US'],
  ['CANADA', 'CA'],
]);

/** The code of a US state, territory or Canadian province, given by code or English name; null when it is none. */
export function stateOf(text: string): string | null {
  const plain = text.replaceAll(/[.,]/g, '').replaceAll(/\s+/g, ' ').trim();
  const code = plain.toUpperCase();
  return zonesOfState(code).length > 0 ? code : (STATE_BY_NAME.get(plain.toLowerCase()) ?? null);
}

/** The states or provinces of a US ZIP code or a Canadian postal code; none for military and foreign ones. */
export function statesOfPostalCode(text: string): readonly string[] {
  const code = text.trim().toUpperCase();
  if (/^\d{5}(?:-?\d{4})?$/.test(code)) {
    const state = ZIPS.find(([start]) => start <= code)?.[1] ?? '--';
    return state === '--' ? [] : [state];
  }
  if (/^[A-Z]\d[A-Z] ?\d[A-Z]\d$/.test(code)) return CANADIAN_POSTAL[code.charAt(0)]?.split(' ') ?? [];
  return [];
}

/** ISO code of a country given by code, or by the names that American address books use; null when it is neither. */
export function countryOf(text: string): string | null {
  const plain = text.replaceAll('.', '').trim().toUpperCase();
  return /^[A-Z]{2}$/.test(plain) ? plain : (COUNTRY_NAMES.get(plain) ?? null);
}

/** All zones of a country by its ISO code, sorted; null for the United States and for what has no telephones. */
export function zonesOfCountry(country: string): readonly string[] | null {
  return country === 'CA' ? CANADIAN_ZONES : zonesOfForeignCountry(country);
}

/** Every country that the places of a person name; a zone alone names none. */
export function countriesOf({ states, sources }: Pick<CandidatePlaces, 'states' | 'sources'>): readonly string[] {
  const named = sources.filter(({ source }) => source === 'country').map(({ value }) => value);
  return [...new Set([...named, ...states.map(countryOfState)])].sort();
}

export function countryOfState(state: string): 'US' | 'CA' {
  return CANADIAN.has(state) ? 'CA' : 'US';
}
