/** People of the example campaign: made-up names, numbers reserved for fiction (555-01xx), mail that goes nowhere. */

const FIRST_NAMES = [
  'Ada',
  'Ben',
  'Carla',
  'Dev',
  'Elena',
  'Femi',
  'Grace',
  'Hugo',
  'Ines',
  'Jonas',
  'Kira',
  'Liam',
  'Mona',
  'Noah',
  'Olga',
  'Pablo',
  'Quinn',
  'Rosa',
  'Sami',
  'Tara',
];
const LAST_NAMES = [
  'Abbott',
  'Brandt',
  'Castillo',
  'Diaz',
  'Evans',
  'Fischer',
  'Garcia',
  'Hughes',
  'Ito',
  'Jensen',
  'Keller',
  'Lopez',
  'Meyer',
  'Novak',
  'Okafor',
  'Patel',
  'Quist',
  'Rivera',
  'Stone',
  'Turner',
  'Ueda',
  'Vogel',
  'Weber',
];
/** From Puerto Rico to Hawaii; 423 and 850 lie in two zones each, so only the hours that both allow are used. */
const AREA_CODES = [
  '212',
  '312',
  '303',
  '213',
  '602',
  '617',
  '713',
  '206',
  '404',
  '615',
  '423',
  '850',
  '808',
  '787',
  '702',
  '317',
  '215',
  '415',
  '504',
  '816',
];
/** A hundred numbers of each area code are reserved for fiction. */
export const MOST_EXAMPLE_CONTACTS = AREA_CODES.length * 100;

const HEADER =
  'external_id,first_name,last_name,phone,email,zone,state,case_external_id,case_title,consent,consent_source';

/** The first `count` people as CSV; the file beside the campaign is this for 200. */
export function exampleContacts(count: number): string {
  return `${[HEADER, ...Array.from({ length: count }, (_, n) => rowOf(n))].join('\n')}\n`;
}

function rowOf(n: number): string {
  const first = pick(FIRST_NAMES, n);
  const last = pick(LAST_NAMES, n + Math.floor(n / FIRST_NAMES.length));
  const id = String(n + 1).padStart(5, '0');
  const mail = `${first}.${last}.${n + 1}@example.com`.toLowerCase();
  return [
    `C${id}`,
    first,
    last,
    phoneOf(n),
    mail,
    zoneOf(n),
    '',
    `L${id}`,
    'Road accident',
    'ai_voice;marketing_sms;marketing_email',
    'web form',
  ].join(',');
}

/** Every fiftieth gave a toll-free number only: it says nothing about where they are, so the strictest hours hold for them. */
function phoneOf(n: number): string {
  const line = String(100 + Math.floor(n / AREA_CODES.length)).padStart(4, '0');
  return n % 50 === 49 ? `+1800555${line}` : `+1${pick(AREA_CODES, n)}555${line}`;
}

/** Every tenth said where they live, which may not be where the number is from. */
function zoneOf(n: number): string {
  return n % 10 === 7 ? 'America/Denver' : '';
}

function pick(list: readonly string[], n: number): string {
  return list[n % list.length] ?? '';
}
