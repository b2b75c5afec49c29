import type { Channel } from './channel';

/** Why a person can't be reached, or only within limits: told where people are looked at, not first when nothing happens. */

export const REACH_PROBLEMS = [
  'unknown_place',
  'no_phone',
  'no_usable_phone',
  'no_email',
  'no_usable_email',
  'country_not_allowed',
  'reassigned_number',
  'on_dnc_list',
  'opted_out_voice',
  'opted_out_case_type',
  'opted_out_sms',
  'opted_out_email',
  'no_consent',
] as const;
export type ReachProblem = (typeof REACH_PROBLEMS)[number];

interface Meaning {
  readonly sentence: string;
  /** Channels on which nobody is reached at all because of it. */
  readonly bars: readonly Channel[];
}

const MEANINGS: Readonly<Record<ReachProblem, Meaning>> = {
  unknown_place: {
    sentence: 'Nothing says where the person is, so the narrower hours for unknown places hold.',
    bars: [],
  },
  no_phone: { sentence: 'There is no phone number.', bars: ['voice', 'sms'] },
  no_usable_phone: { sentence: 'Every phone number is wrong or invalid.', bars: ['voice', 'sms'] },
  no_email: { sentence: 'There is no mail address.', bars: ['email'] },
  no_usable_email: { sentence: 'Every mail address is wrong or invalid.', bars: ['email'] },
  country_not_allowed: {
    sentence:
      'Every phone number is in a country that is not called, or at a special rate (settings, allowedCountries).',
    bars: ['voice', 'sms'],
  },
  reassigned_number: {
    sentence: 'A registry says that a phone number was given up after the person was last known to have it.',
    bars: [],
  },
  on_dnc_list: {
    sentence:
      'A phone number is on the Do-Not-Call list, so campaigns that solicit need consent, or a purchase or inquiry on record.',
    bars: [],
  },
  opted_out_voice: { sentence: 'The person wants no calls.', bars: ['voice'] },
  opted_out_case_type: { sentence: 'The person wants no calls about cases of this type.', bars: ['voice'] },
  opted_out_sms: { sentence: 'The person wants no texts.', bars: ['sms'] },
  opted_out_email: { sentence: 'The person wants no mail.', bars: ['email'] },
  no_consent: {
    sentence: 'The person has agreed to nothing, so steps that ask for consent are left out.',
    bars: [],
  },
};

export interface ToldProblem extends Meaning {
  readonly problem: ReachProblem;
}

export function tellProblems(problems: readonly ReachProblem[]): ToldProblem[] {
  return problems.map((problem) => ({ problem, ...MEANINGS[problem] }));
}

/** The channels that none of the problems bars. */
export function channelsLeft(problems: readonly ReachProblem[]): Channel[] {
  const barred = new Set(problems.flatMap((problem) => MEANINGS[problem].bars));
  return (['voice', 'sms', 'email'] as const).filter((channel) => !barred.has(channel));
}
