import { zonesOfState } from './area-codes';

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

/** All zones of a country, for those that our numbers come from; the United States are in zone-evidence. */
const COUNTRY_ZONES =
  'AT:Europe/Vienna BE:Europe/Brussels BG:Europe/Sofia CH:Europe/Zurich CY:Asia/Nicosia CZ:Europe/Prague DE:Europe/Berlin ' +
  'DK:Europe/Copenhagen EE:Europe/Tallinn ES:Europe/Madrid,Atlantic/Canary FI:Europe/Helsinki FR:Europe/Paris ' +
  'GB:Europe/London GG:Europe/London GR:Europe/Athens HR:Europe/Zagreb HU:Europe/Budapest IE:Europe/Dublin ' +
  'IM:Europe/London IS:Atlantic/Reykjavik IT:Europe/Rome JE:Europe/London LT:Europe/Vilnius LU:Europe/Luxembourg ' +
  'LV:Europe/Riga MT:Europe/Malta NL:Europe/Amsterdam NO:Europe/Oslo PL:Europe/Warsaw PT:Europe/Lisbon,Atlantic/Azores ' +
  'RO:Europe/Bucharest RS:Europe/Belgrade SE:Europe/Stockholm SI:Europe/Ljubljana SK:Europe/Bratislava ' +
  'TR:Europe/Istanbul UA:Europe/Kiev IL:Asia/Jerusalem AE:Asia/Dubai SA:Asia/Riyadh IN:Asia/Kolkata PK:Asia/Karachi ' +
  'BD:Asia/Dhaka LK:Asia/Colombo NP:Asia/Kathmandu TH:Asia/Bangkok VN:Asia/Ho_Chi_Minh SG:Asia/Singapore ' +
  'MY:Asia/Kuala_Lumpur PH:Asia/Manila HK:Asia/Hong_Kong TW:Asia/Taipei CN:Asia/Shanghai KR:Asia/Seoul JP:Asia/Tokyo ' +
  'AU:Australia/Perth,Australia/Darwin,Australia/Adelaide,Australia/Brisbane,Australia/Sydney ' +
  'NZ:Pacific/Auckland,Pacific/Chatham EG:Africa/Cairo GH:Africa/Accra KE:Africa/Nairobi MA:Africa/Casablanca ' +
  'NG:Africa/Lagos ZA:Africa/Johannesburg AR:America/Argentina/Buenos_Aires BO:America/La_Paz ' +
  'BR:America/Rio_Branco,America/Manaus,America/Sao_Paulo,America/Noronha CL:America/Santiago,Pacific/Easter ' +
  'CO:America/Bogota CR:America/Costa_Rica CU:America/Havana EC:America/Guayaquil,Pacific/Galapagos ' +
  'GT:America/Guatemala HN:America/Tegucigalpa HT:America/Port-au-Prince NI:America/Managua PA:America/Panama ' +
  'PE:America/Lima PY:America/Asuncion SV:America/El_Salvador UY:America/Montevideo VE:America/Caracas ' +
  'MX:America/Tijuana,America/Hermosillo,America/Ciudad_Juarez,America/Mexico_City,America/Cancun ' +
  'CA:America/Vancouver,America/Whitehorse,America/Edmonton,America/Regina,America/Winnipeg,America/Toronto,' +
  'America/Halifax,America/St_Johns AG:America/Antigua AI:America/Anguilla BB:America/Barbados BM:Atlantic/Bermuda ' +
  'BS:America/Nassau DM:America/Dominica DO:America/Santo_Domingo GD:America/Grenada JM:America/Jamaica ' +
  'KN:America/St_Kitts KY:America/Cayman LC:America/St_Lucia MS:America/Montserrat SX:America/Lower_Princes ' +
  'TC:America/Grand_Turk TT:America/Port_of_Spain VC:America/St_Vincent VG:America/Tortola AS:Pacific/Pago_Pago ' +
  'GU:Pacific/Guam MP:Pacific/Guam PR:America/Puerto_Rico VI:America/Puerto_Rico';

const ZONES_BY_COUNTRY: ReadonlyMap<string, readonly string[]> = new Map(
  COUNTRY_ZONES.split(' ').map((row) => [row.slice(0, 2), row.slice(3).split(',')]),
);

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

/** All zones of a country by its ISO code; null for the United States and for countries that are not listed. */
export function zonesOfCountry(country: string): readonly string[] | null {
  return ZONES_BY_COUNTRY.get(country) ?? null;
}

export function countryOfState(state: string): 'US' | 'CA' {
  return CANADIAN.has(state) ? 'CA' : 'US';
}
