import type * as z from 'zod';
import type { CalendarDay, Law, LegalRule } from './law';
import type { CampaignStatus } from './campaign-definition';
import { type Instant, MINUTE_MS } from './instant';
import { parseClock, plainLocalToInstant } from './local-time';
import { NEWCOMER } from './newcomer';
import { PlanSchema, type Run } from './plan';
import { NO_HISTORY } from './plan-history';
import type {
  AddressView,
  AttemptView,
  CompanyRules,
  ContactView,
  EnrollmentView,
  PlannerInput,
  PlanVersionView,
  WeeklyHours,
} from './planner-input';
import { PolicySchema } from './policy';
import type { Spending } from './spend';
import { touchKeyOf } from './touch-key';

/** Test support: inputs of the planner, valid by default. A test says only what it is about. */

export const KOLKATA = 'Asia/Kolkata';
export const BERLIN = 'Europe/Berlin';
export const CHICAGO = 'America/Chicago';
export const NEW_YORK = 'America/New_York';

export const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

/** The instant of a wall clock: `local(BERLIN, '2027-03-01 09:30')`. */
export function local(zone: string, text: string): Instant {
  const [date = '', clock = ''] = text.split(' ');
  return plainLocalToInstant(zone, date, parseClock(clock));
}

/** A Monday; ten o'clock in Chicago. */
export const MONDAY_10 = local(CHICAGO, '2027-03-01 10:00');

type PlanInput = z.input<typeof PlanSchema>;
type RunInput = PlanInput['runs'][number];
export type CallsInput = NonNullable<RunInput['calls']>;
export type MessageInput = NonNullable<RunInput['messages']>[number];
export type PolicyInput = z.input<typeof PolicySchema>;

/** Calls with every default of the schema: three attempts, four hours apart. */
export function someCalls(changes: Partial<CallsInput> = {}): CallsInput {
  return { attempts: 3, greeting: 'Hello.', ...changes };
}

/** A run of calls on weekdays from Monday 1 March 2027, in company times. */
export function aRun({ key = 'intake', ...changes }: Partial<RunInput> = {}): Run {
  const run: RunInput = {
    key,
    startsOn: '2027-03-01',
    hours: { mode: 'company_times' },
    calls: someCalls(),
    ...changes,
  };
  const [parsed] = PlanSchema.parse({ runs: [run] }).runs;
  if (parsed === undefined) throw new Error('a plan keeps its run');
  return parsed;
}

/** A run without calls. */
export function aMessagingRun(...messages: MessageInput[]): Run {
  return aRun({ key: 'texts', calls: undefined, messages });
}

export function aText(changes: Partial<MessageInput & { channel: 'sms' }> = {}): MessageInput {
  return { key: 'text', channel: 'sms', text: 'Hello.', when: { kind: 'after_start' }, ...changes };
}

export function aMail(changes: Partial<MessageInput & { channel: 'email' }> = {}): MessageInput {
  return {
    key: 'mail',
    channel: 'email',
    subject: 'Hello',
    text: 'Hello.',
    when: { kind: 'after_start' },
    ...changes,
  };
}

export function aPhone(changes: Partial<AddressView> = {}): AddressView {
  return { hash: 'phone-1', kind: 'phone', usable: true, suppressed: [], ...changes };
}

export function aMailbox(changes: Partial<AddressView> = {}): AddressView {
  return { hash: 'mail-1', kind: 'email', usable: true, suppressed: [], ...changes };
}

export function aContact(changes: Partial<ContactView> = {}): ContactView {
  return {
    zones: [CHICAGO],
    placeKnown: true,
    states: [],
    countries: [],
    consents: [],
    addresses: [aPhone(), aMailbox()],
    ...changes,
  };
}

export const ASHA = aContact({ zones: [KOLKATA] });
export const BEN = aContact({ zones: [BERLIN] });
export const CARLA = aContact({ zones: [CHICAGO] });
/** Her area code says Chicago, her address New York. */
export const CARLA_BETWEEN = aContact({ zones: [CHICAGO, NEW_YORK] });

export function weekly(weekdays: readonly number[], ...slots: [open: string, close: string][]): WeeklyHours {
  return { weekdays, slots: slots.map(([open, close]) => ({ open, close })) };
}

export function aLaw(rules: readonly LegalRule[] = [], days: readonly CalendarDay[] = []): Law {
  return { revision: 1, rules, days };
}

export const NO_SPENDING: Spending = { callMinute: 0, segment: 0, mail: 0, callMinutes: 3, limits: [] };

/** Law from 8 to 21, no rules of states, no margin, no jitter, room for ten attempts a day. */
export function aCompany(changes: Partial<Omit<CompanyRules, 'revision'>> = {}): CompanyRules {
  const caps = { perDay: 10, perWeek: 50, perMonth: 200 };
  const company = {
    law: aLaw(),
    legalHours: weekly(EVERY_DAY, ['08:00', '21:00']),
    unknownPlaceHours: weekly([1, 2, 3, 4, 5], ['10:00', '18:00']),
    caps: { phone: caps, email: caps },
    allowedCountries: ['US', 'CA'],
    closingMarginMs: 0,
    openingJitterMs: 0,
    untaggedAfterMs: 15 * MINUTE_MS,
    ...changes,
  };
  return { revision: revisionOf(company), ...company };
}

/** Enrolled on the Friday before, nothing stopped, nothing held. */
export function anEnrollment(changes: Partial<EnrollmentView> = {}): EnrollmentView {
  return {
    id: 'enrollment-1',
    enrolledAt: local(CHICAGO, '2027-02-26 12:00'),
    ...NEWCOMER,
    ...changes,
  };
}

/** A call that rang out at its first try. Its touch is named by run, step and ordinal. */
export function anAttempt(changes: Partial<AttemptView> = {}): AttemptView {
  const runKey = changes.runKey ?? 'intake';
  const stepKey = changes.stepKey ?? 'call';
  const ordinal = changes.ordinal ?? 1;
  const touchKey = touchKeyOf(runKey, stepKey, ordinal);
  const claimedAt = changes.claimedAt ?? MONDAY_10;
  return {
    id: `${touchKey}#${changes.try ?? 1}`,
    touchKey,
    runKey,
    stepKey,
    ordinal,
    try: 1,
    channel: 'voice',
    state: 'ended',
    disposition: 'no_answer',
    outcome: null,
    claimedAt,
    endedAt: claimedAt + MINUTE_MS,
    retryable: false,
    ...changes,
  };
}

/** A text that was accepted and, as most are, not heard of again. */
export function aSentText(changes: Partial<AttemptView> = {}): AttemptView {
  return anAttempt({
    stepKey: 'text',
    channel: 'sms',
    state: 'accepted',
    disposition: null,
    endedAt: null,
    ...changes,
  });
}

export interface PlannerInputChanges {
  readonly now?: Instant;
  readonly status?: CampaignStatus;
  readonly runs?: readonly Run[];
  readonly policy?: PolicyInput;
  readonly company?: CompanyRules;
  readonly enrollment?: Partial<EnrollmentView>;
  readonly contact?: ContactView;
  readonly attempts?: PlannerInput['attempts'];
  readonly personAttempts?: PlannerInput['personAttempts'];
  readonly commitments?: PlannerInput['commitments'];
  readonly unreadReplies?: number;
  readonly spending?: Spending;
  readonly line?: PlannerInput['line'];
  readonly campaign?: Partial<PlannerInput['campaign']>;
  /** Of the plan; the first there ever was, unless something else is said. */
  readonly version?: Partial<PlanVersionView>;
  readonly isLocked?: boolean;
}

/** Carla in Chicago on Monday at ten, company hours nine to five, three calls to make, a line in hand. */
export function aPlannerInput(changes: PlannerInputChanges = {}): PlannerInput {
  const plan = { runs: [...(changes.runs ?? [aRun()])], formId: null };
  const policy = PolicySchema.parse({ companySlots: [{ open: '09:00', close: '17:00' }], ...changes.policy });
  return {
    now: changes.now ?? MONDAY_10,
    campaign: { status: changes.status ?? 'active', pausedChannels: [], resumedAt: {}, ...changes.campaign },
    plan,
    // Versions are immutable: compiled hours are kept by their id, so another content is another version.
    planVersionId: JSON.stringify([plan, changes.version?.policy]),
    planVersion: { number: 1, plannedSince: 1, replansFrom: 0, history: NO_HISTORY, policy, ...changes.version },
    policy,
    policyVersionId: JSON.stringify(policy),
    company: changes.company ?? aCompany(),
    enrollment: anEnrollment(changes.enrollment),
    contact: changes.contact ?? CARLA,
    attempts: changes.attempts ?? [],
    personAttempts: changes.personAttempts ?? [],
    commitments: changes.commitments ?? [],
    unreadReplies: changes.unreadReplies ?? 0,
    spending: changes.spending ?? NO_SPENDING,
    line: changes.line ?? 'granted',
    ...(changes.isLocked === undefined ? {} : { isLocked: changes.isLocked }),
  };
}

const revisions: string[] = [];

/** The same rules have the same revision, others another. */
function revisionOf(company: Omit<CompanyRules, 'revision'>): number {
  const content = JSON.stringify(company);
  if (!revisions.includes(content)) revisions.push(content);
  return revisions.indexOf(content);
}
