import { Forecast, type ForecastFrame } from '../domain/forecast';
import { Answers, AssumptionsSchema } from '../domain/forecast-assumptions';
import type { Person, Setting } from '../domain/forecast-person';
import { linesNeeded } from '../domain/forecast-needs';
import { fromIso } from '../domain/instant';
import { PlanSchema } from '../domain/plan';
import type { ContactView } from '../domain/planner-input';
import { PolicySchema } from '../domain/policy';
import { plannerInput } from './planner';

/** Thirty days of a campaign: up to four calls, a text ahead of them and one after the first that was missed, rules that stop. */

const FROM = fromIso('2027-03-01T14:00:00Z');
const DAY_MS = 86_400_000;
const DAYS = 30;
const CONTACTS_PER_LINE = 200;

const PLAN = PlanSchema.parse({
  runs: [
    {
      key: 'month',
      startsOn: '2027-03-01',
      endsOn: '2027-03-30',
      hours: {
        mode: 'calling_times',
        slots: [
          { open: '09:00', close: '12:00' },
          { open: '13:00', close: '20:00' },
        ],
      },
      calls: { attempts: 4, perDay: 1, greeting: 'Hello.', spacingMinutes: { default: 1_440, busy: 30 } },
      messages: [
        { key: 'ahead', channel: 'sms', text: 'We will call you.', when: { kind: 'before_call', delayMinutes: 5 } },
        {
          key: 'missed',
          channel: 'sms',
          text: 'We missed you.',
          when: { kind: 'after_call', results: ['unanswered'], delayMinutes: 5 },
        },
      ],
    },
  ],
});
const POLICY = PolicySchema.parse({
  rules: ['successful', 'converted', 'disqualified'].map((outcome) => ({
    key: outcome,
    when: { trigger: 'call_outcome', outcome },
    then: [{ kind: 'stop_campaign' }],
  })),
});
const ZONES = [
  ['America/New_York'],
  ['America/Chicago'],
  ['America/Denver'],
  ['America/Los_Angeles'],
  ['America/Chicago', 'America/New_York'],
];

export interface ForecastResult {
  readonly contacts: number;
  readonly seconds: number;
  readonly contactsPerSecond: number;
  readonly touches: number;
}

/** As the product does it: with the lines that there are, and, because those are short, for the number that would do. */
export function measureForecast(contacts: number): ForecastResult {
  const people = population(contacts);
  const frame: ForecastFrame = {
    from: FROM,
    until: FROM + DAYS * DAY_MS,
    answers: new Answers(AssumptionsSchema.parse({})),
    limits: { lines: Math.ceil(contacts / CONTACTS_PER_LINE), callsPerMinute: null },
    areLinesBounded: true,
    messagesPerSecond: 50,
    spending: { callMinute: 14_000, segment: 8_000, mail: 100, callMinutes: 3, limits: [] },
    zone: 'America/New_York',
  };
  const startedMs = performance.now();
  const forecast = new Forecast(people, frame);
  forecast.advance(() => true);
  linesNeeded(forecast, people, frame).free?.advance(() => true);
  const seconds = (performance.now() - startedMs) / 1000;
  const { voice, sms, email } = forecast.tally.touches;
  return { contacts, seconds, contactsPerSecond: contacts / seconds, touches: voice + sms + email };
}

function population(contacts: number): Person[] {
  const {
    isLocked: _,
    now: __,
    line: ___,
    spending: ____,
    enrollment,
    contact,
    ...frame
  } = { isLocked: false, ...plannerInput(0) };
  const setting: Setting = {
    campaign: frame.campaign,
    plan: PLAN,
    planVersionId: 'forecast',
    planVersion: { ...frame.planVersion, policy: POLICY },
    policy: POLICY,
    policyVersionId: 'forecast',
    company: frame.company,
  };
  const views = ZONES.map((zones): ContactView => ({ ...contact, zones, states: [] }));
  return Array.from({ length: contacts }, (_each, n) => {
    const contactId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const [first = contact] = views;
    return {
      contactId,
      setting,
      enrollment: { ...enrollment, id: contactId, enrolledAt: FROM },
      contact: views[n % views.length] ?? first,
      attempts: [],
      personAttempts: [],
      commitments: [],
      unreadReplies: 0,
    };
  });
}
