import { placeOfAreaCode } from '../domain/area-codes';

/** People whom nobody can reach by accident, all of whom may be called at the same hours. */

const CONTINENTAL: ReadonlySet<string> = new Set([
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Phoenix',
  'America/Los_Angeles',
]);
const FIRST_AREA_CODE = 201;
const LAST_AREA_CODE = 989;
const FICTIONAL_PER_AREA = 100;
const HEADER = 'external_id,first_name,phone,case_external_id';

const AREA_CODES = Array.from({ length: LAST_AREA_CODE - FIRST_AREA_CODE + 1 }, (_, n) =>
  String(FIRST_AREA_CODE + n),
).filter((code) => {
  const zones = placeOfAreaCode(code)?.zones ?? [];
  return zones.length > 0 && zones.every((zone) => CONTINENTAL.has(zone));
});

/** The nth of the telephone numbers that are kept for fiction. */
export function phoneOf(n: number): string {
  const area = AREA_CODES[Math.floor(n / FICTIONAL_PER_AREA)];
  if (area === undefined) throw new RangeError(`there is no fictional number ${n}`);
  return `+1${area}55501${String(n % FICTIONAL_PER_AREA).padStart(2, '0')}`;
}

/** So many people from the nth on, as the import takes them. */
export function peopleCsv(from: number, count: number): string {
  const rows = Array.from({ length: count }, (_, n) => from + n).map(
    (n) => `P${n},Person ${n},${phoneOf(n)},${CASES_FROM + n}`,
  );
  return `${[HEADER, ...rows].join('\n')}\n`;
}

const IMPORT_HEADER = 'external_id,first_name,last_name,phone,email,state,case_external_id,attr_claim';
/** Many people share a number here: there are not more of them. Each has a mail address of their own. */
const SHARED_NUMBERS = 20_000;

/** A file for one large import. */
export function importCsv(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, n) => `I${n},Person ${n},Example,${phoneOf(n % SHARED_NUMBERS)},i${n}@example.com,NY,IC${n},claim ${n}`,
  );
  return `${[IMPORT_HEADER, ...rows].join('\n')}\n`;
}

const CASES_FROM = 100_000;

const HOURS = { mode: 'calling_times', slots: [{ open: '08:00', close: '21:00' }] };

/** A Monday at noon in Denver: everybody may be called. */
export const NOW = '2027-03-01T19:00:00Z';
const TODAY = '2027-03-01';
const NEXT_WEEK = '2027-03-08';

/** One call; nobody is reached, so the CRM gets a status and a note. */
export const ONE_CALL = {
  plan: {
    runs: [
      { key: 'call', startsOn: TODAY, hours: HOURS, calls: { attempts: 1, greeting: 'Hello {{contact.first_name}}.' } },
    ],
  },
  policy: {
    rules: [
      {
        key: 'not-reached',
        when: { trigger: 'call_outcome', outcome: 'unsuccessful' },
        then: [
          { kind: 'crm_status', status: 'Not reached' },
          { kind: 'crm_note', text: 'Nobody could be reached.' },
        ],
      },
    ],
  },
};

/** The same, not before next week: whoever is enrolled waits. */
export const NEXT_WEEKS_CALL = {
  ...ONE_CALL,
  plan: { runs: ONE_CALL.plan.runs.map((run) => ({ ...run, startsOn: NEXT_WEEK })) },
};

/** A mail instead of the call, not before next week either. */
export const NEXT_WEEKS_MAIL = {
  plan: {
    runs: [
      {
        key: 'mail',
        startsOn: NEXT_WEEK,
        hours: HOURS,
        messages: [
          {
            key: 'hello',
            channel: 'email',
            when: { kind: 'after_start', delayMinutes: 0 },
            subject: 'Hello',
            text: 'Hello {{contact.first_name}}.',
          },
        ],
      },
    ],
  },
};

export const COMPANY = {
  companyName: 'Example Law',
  address: '1 Example Street, Springfield',
  phone: '+12125550199',
  callerNumbers: ['+12125550190', '+12125550191'],
  mailFrom: 'intake@example.com',
  openingJitterSeconds: 0,
  closingMarginSeconds: 0,
  lines: 10_000,
  ratePercent: 100,
};
