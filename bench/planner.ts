import { decide } from '../domain/decide';
import { fromIso } from '../domain/instant';
import type { Law } from '../domain/law';
import { NEWCOMER } from '../domain/newcomer';
import { PlanSchema } from '../domain/plan';
import { NO_HISTORY } from '../domain/plan-history';
import type { AttemptView, PlannerInput } from '../domain/planner-input';
import { PolicySchema } from '../domain/policy';

/** A contact in the middle of things: two runs with texts and mails, three calls and a text behind it, two zones. */

const MONDAY = fromIso('2027-03-01T19:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEKDAYS = [1, 2, 3, 4, 5];
const CAPS = { perDay: 3, perWeek: 10, perMonth: 20 };
const BATCH = 200;
const LAW: Law = {
  revision: 1,
  rules: [
    {
      id: 'illinois',
      version: 1,
      effectiveFrom: '2026-01-01',
      effectiveTo: null,
      retired: false,
      country: 'US',
      state: 'IL',
      channels: ['voice', 'sms'],
      hours: [{ weekdays: [...WEEKDAYS, 6, 7], slots: [{ open: '09:00', close: '21:00' }] }],
      holidays: false,
      perDay: null,
    },
  ],
  days: [],
};

const PLAN = PlanSchema.parse({
  runs: [
    {
      key: 'first',
      startsOn: '2027-02-26',
      endsOn: '2027-03-05',
      hours: {
        mode: 'calling_times',
        slots: [
          { open: '09:00', close: '12:00' },
          { open: '13:00', close: '20:00' },
        ],
      },
      calls: { attempts: 8, perDay: 2, greeting: 'Hello.', spacingMinutes: { default: 180, busy: 30 } },
      messages: [
        { key: 'welcome', channel: 'email', subject: 'Welcome', text: 'Hello.', when: { kind: 'after_start' } },
        {
          key: 'missed',
          channel: 'sms',
          text: 'We missed you.',
          when: { kind: 'after_call', results: ['unanswered'], delayMinutes: 5, repeat: 'each' },
        },
      ],
    },
    {
      key: 'second',
      startsOn: '2027-03-08',
      hours: { mode: 'company_times' },
      calls: { attempts: 4, greeting: 'Hello again.' },
    },
  ],
});
const POLICY = PolicySchema.parse({ closedOn: ['2027-05-31', '2027-07-05'], caps: { perDay: 3 } });

function attempt(n: number, fields: Partial<AttemptView>): AttemptView {
  const at = MONDAY - DAY_MS * 3 + n * 4 * HOUR_MS;
  return {
    id: `attempt-${n}`,
    touchKey: `first.call.${n}`,
    runKey: 'first',
    stepKey: 'call',
    ordinal: n,
    try: 1,
    channel: 'voice',
    state: 'ended',
    disposition: 'no_answer',
    outcome: null,
    claimedAt: at,
    endedAt: at + 60_000,
    retryable: false,
    ...fields,
  };
}

const ATTEMPTS = [
  attempt(1, {}),
  attempt(2, { disposition: 'busy' }),
  attempt(3, { disposition: 'voicemail' }),
  attempt(1, {
    id: 'welcome',
    touchKey: 'first.welcome.1',
    stepKey: 'welcome',
    channel: 'email',
    disposition: 'delivered',
  }),
];

/** Every wake comes at another minute. */
export function plannerInput(n: number): PlannerInput {
  return {
    now: MONDAY + n * 60_000,
    campaign: { status: 'active', pausedChannels: [], resumedAt: {} },
    plan: PLAN,
    planVersionId: 'version-1',
    planVersion: { number: 1, plannedSince: 1, replansFrom: 0, history: NO_HISTORY, policy: POLICY },
    policy: POLICY,
    policyVersionId: 'version-1',
    company: {
      revision: 1,
      law: LAW,
      legalHours: { weekdays: [...WEEKDAYS, 6, 7], slots: [{ open: '08:00', close: '21:00' }] },
      unknownPlaceHours: { weekdays: WEEKDAYS, slots: [{ open: '10:00', close: '18:00' }] },
      caps: { phone: CAPS, email: CAPS },
      allowedCountries: ['US', 'CA'],
      closingMarginMs: 60_000,
      openingJitterMs: 15 * 60_000,
      untaggedAfterMs: 15 * 60_000,
    },
    enrollment: {
      id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      enrolledAt: MONDAY - DAY_MS * 4,
      ...NEWCOMER,
    },
    contact: {
      zones: ['America/Chicago', 'America/New_York'],
      placeKnown: true,
      states: ['IL', 'NY'],
      countries: ['US'],
      consents: [],
      addresses: [
        { hash: 'phone', kind: 'phone', usable: true, suppressed: [] },
        { hash: 'mail', kind: 'email', usable: true, suppressed: [] },
      ],
    },
    attempts: ATTEMPTS,
    personAttempts: ATTEMPTS.map(({ claimedAt, channel }) => ({
      at: claimedAt,
      kind: channel === 'email' ? 'email' : 'phone',
    })),
    commitments: [],
    unreadReplies: 0,
    spending: { callMinute: 0, segment: 0, mail: 0, callMinutes: 3, limits: [] },
    line: 'none',
  };
}

/** Decisions of one core in a second. */
export function measurePlanner(seconds: number): number {
  const inputs = Array.from({ length: BATCH }, (_, n) => plannerInput(n));
  for (const input of inputs) decide(input);
  let decisions = 0;
  const startedMs = performance.now();
  let passedMs = 0;
  for (; passedMs < seconds * 1000; passedMs = performance.now() - startedMs) {
    for (const input of inputs) decide(input);
    decisions += inputs.length;
  }
  return decisions / (passedMs / 1000);
}
