import { isEnriching } from '../domain/enrichment';
import { usableNumbers } from '../domain/caller-number';
import { countryOfNumber } from '../domain/number-country';
import type { Policy } from '../domain/policy';
import type { Channel } from '../domain/channel';
import type { Db } from './client';
import type { RefusedField } from './refusal';

/** What of a campaign's own settings the company's can't carry, each with the field that it is about. */
export async function settingsProblems(
  db: Db,
  policy: Policy,
  places: Partial<Record<Channel, string>>,
): Promise<RefusedField[]> {
  const [company] = await db<Company[]>`
    select s.mail_from, s.caller_numbers as numbers, s.allowed_countries,
      array(select number from caller_number where resting) as resting,
      array(select number from caller_number where registration in ('pending', 'rejected')) as unregistered,
      (select enabled from enrichment_service) as enriches
    from settings s`;
  if (company === undefined) throw new Error('the settings row is missing; were all migrations applied?');
  return [
    ...strangers(policy, company),
    ...silent(policy, company, places),
    ...untold(policy, company),
    ...(isEnriching(policy.enrichment) && !company.enriches
      ? [
          {
            pointer: '#/policy/enrichment',
            detail: 'no enrichment service is switched on (GET /v1/enrichment-service)',
          },
        ]
      : []),
  ];
}

interface Company {
  readonly mailFrom: string;
  readonly numbers: readonly string[];
  readonly allowedCountries: readonly string[];
  readonly resting: readonly string[];
  readonly unregistered: readonly string[];
  readonly enriches: boolean;
}

function strangers({ callerNumbers }: Policy, { numbers }: Company): RefusedField[] {
  return callerNumbers.flatMap((value, at) =>
    numbers.includes(value)
      ? []
      : [{ pointer: `#/policy/callerNumbers/${at}`, detail: "the number is not in the company's pool", value }],
  );
}

/** Some number has to be left that calls, and one that texts. */
function silent(policy: Policy, company: Company, places: Partial<Record<Channel, string>>): RefusedField[] {
  const words = { voice: 'calls', sms: 'texts' } as const;
  return (['voice', 'sms'] as const).flatMap((channel) => {
    const pointer = places[channel];
    if (pointer === undefined || company.numbers.length === 0) return [];
    if (usableNumbers(company, policy.callerNumbers, channel).length > 0) return [];
    return [
      {
        pointer,
        detail: `no number of the pool that the campaign may use can be used for ${words[channel]}: they rest, or are not registered`,
      },
    ];
  });
}

/** Alerts need somebody to come from. */
function untold({ handoffAlerts: { recipients, escalation } }: Policy, company: Company): RefusedField[] {
  const all = [...recipients, ...(escalation?.recipients ?? [])];
  const named = all.map(({ channel }) => channel);
  const abroad = all.filter(({ channel, to }) => channel === 'sms' && !isAllowed(to, company));
  const pointer = '#/policy/handoffAlerts';
  return [
    ...(named.includes('email') && company.mailFrom === ''
      ? [{ pointer, detail: 'alerts by mail need a sender; the settings have none (mailFrom)' }]
      : []),
    ...(named.includes('sms') && usableNumbers(company, [], 'sms').length === 0
      ? [{ pointer, detail: 'alerts by text need a number of the pool that may text; there is none' }]
      : []),
    ...abroad.map(({ to }) => ({ pointer, detail: NOT_ALLOWED, value: to })),
  ];
}

/** T25: texts to the team cost as much as others. */
const NOT_ALLOWED = 'the number is in a country that the settings do not allow (allowedCountries)';

function isAllowed(number: string, { allowedCountries }: Pick<Company, 'allowedCountries'>): boolean {
  return allowedCountries.includes(countryOfNumber(number) ?? '');
}
