import type { Decision, Reason, ReasonCode } from './decision';
import { toIso } from './instant';
import { formatClock } from './local-time';

/** The decision as one English sentence, without personal data. */
export function explain(decision: Decision): string {
  const why = `: ${decision.reasons.map((reason) => PHRASES[reason.code](reason)).join('; ')}`;
  switch (decision.kind) {
    case 'touch':
      return `Now ${touchPhrase(decision)}${why}.`;
    case 'queue':
      return `Waits in the queue to place ${decision.touch.key}, until ${toIso(decision.touch.untilAt)} at the latest${why}.`;
    case 'wait':
      return decision.touch === undefined
        ? `Waits until ${toIso(decision.askAt)}${why}.`
        : `Next is ${decision.touch.key} (${decision.touch.channel}) at ${toIso(decision.askAt)}${why}.`;
    case 'hold':
      return `Outreach is held${why}.`;
    case 'reconcile':
      return `Waits to hear how the attempt under way ends${why}.`;
    case 'finish':
      return `Nothing more will happen${why}.`;
  }
}

/** Why a claim was refused for a reason that the planner could not foresee. */
export function explainRefusal(reason: string): string {
  return REFUSALS[reason] ?? `It was refused (${reason}).`;
}

const REFUSALS: Readonly<Record<string, string>> = {
  addresses_changed: 'An address was added at that moment; it is decided again with it.',
  busy_elsewhere: 'Another attempt at this person is under way; it is tried again in two minutes.',
  another_touch: 'Another touch has become due first.',
  no_sender: 'The settings name no sender for this channel; it is tried again in a quarter of an hour.',
  no_address: 'The address is not there any more.',
  spend_limit: 'The last of the money that may be spent went to somebody else at that moment.',
  template_variable_missing:
    'The text has a variable that nothing is known of for this person; it is left out for good.',
};

function touchPhrase({ touch }: Decision & { kind: 'touch' }): string {
  return touch.channel === 'voice' ? `the call ${touch.key} is placed` : `the ${touch.channel} ${touch.key} is sent`;
}

type Phrase = (reason: Reason) => string;

const CHANNELS: Readonly<Record<string, string>> = { voice: 'calls', sms: 'texts', email: 'mails' };

const PHRASES: Readonly<Record<ReasonCode, Phrase>> = {
  locked_for_recovery: () => 'a database was restored or lost, and the installation is locked until it has recovered',
  campaign_paused: () => 'the campaign is paused',
  channel_paused: ({ channel }) => `${String(CHANNELS[String(channel)])} are paused in this campaign`,
  contact_paused: ({ sinceAt }) => `outreach to this contact is paused since ${instant(sinceAt)}`,
  campaign_ended: () => 'the campaign has ended',
  handoff: ({ untilAt }) => `a person has taken over, until it is handed back or ${instant(untilAt)}`,
  unclear_reply: () => 'a reply may have meant "stop" and waits for a person to read it',
  reply_unread: () => 'a reply is being read',
  in_flight: ({ channel, sinceAt }) => `a ${channel} attempt is under way since ${instant(sinceAt)}`,
  awaiting_tag: ({ untilAt }) => `the call was answered and its outcome is expected by ${instant(untilAt)}`,
  outside_hours: (reason) => `${closedPhrase(reason)}; the next opening is at ${instant(reason.opensAt)}`,
  opening_jitter: ({ untilAt }) =>
    `not everybody starts at the first second of an opening, this contact at ${instant(untilAt)}`,
  resume_jitter: ({ untilAt }) =>
    `not everybody starts at the first second after a pause, this contact at ${instant(untilAt)}`,
  spacing: ({ minutes, after }) => `${minutes} minutes apart from the last call (${after ?? 'unknown end'})`,
  message_delay: ({ step, after }) =>
    `the message "${step}" falls due then${after === undefined ? '' : ` after the call (${after})`}`,
  pre_call_message: ({ fromAt }) => `after the text ahead of the call, from ${instant(fromAt)}`,
  scheduled: ({ step }) => `the message "${step}" is scheduled for then`,
  run_not_started: ({ startsAt }) => `the run starts at ${instant(startsAt)}`,
  per_day: ({ limit }) => `no more than ${limit} calls on one day`,
  cap: ({ cap, limit, freeAt }) =>
    `the person had ${limit} attempts already (${cap}); the next is allowed from ${instant(freeAt)}`,
  legal_cap: ({ law, limit, freeAt }) =>
    `the law of ${law} allows no more than ${limit} attempts in 24 hours; the next is allowed from ${instant(freeAt)}`,
  spend_limit: ({ scope, period, limit, freeAt }) =>
    period === 'day'
      ? `the ${scope} may spend no more than ${money(limit)} a day, and goes on at ${instant(freeAt)}`
      : `the ${scope} may spend no more than ${money(limit)} until that is raised; asks again at ${instant(freeAt)}`,
  no_consent: ({ class: needed }) =>
    `a touch was left out because the person has not agreed to it (consent "${needed}"), or no longer`,
  no_basis: ({ state, checkedAt }) => `the campaign solicits, and ${DNC_STATES[String(state)]}${sinceWhen(checkedAt)}`,
  solicits: ({ basis, checkedAt }) =>
    basis === null
      ? `it solicits, and the number was not on the Do-Not-Call list at ${instant(checkedAt)}`
      : `it solicits, which rests on the ${basis}`,
  reassigned: ({ checkedAt }) => `the number belongs to somebody else, as the registry said at ${instant(checkedAt)}`,
  country_not_allowed: ({ country }) => `the number is in a country that is not called (${country})`,
  costly_number: () => 'the number is charged at a special rate or belongs to no country, and is never called',
  failed_hour: ({ hour }) => `the last attempt failed at this hour of the day (${hour}:00)`,
  not_before: ({ at }) => `the provider asked to be left alone until ${instant(at)}`,
  kept_wait: ({ at }) => `the wait began under an earlier version and ends as planned, at ${instant(at)}`,
  moved: ({ at }) => `an operator set it for ${instant(at)}`,
  callback: ({ promisedAt }) => `a callback was promised for ${instant(promisedAt)}`,
  calls_scheduled_externally: () => 'calls are scheduled elsewhere, and none is ordered at the moment',
  no_free_line: () => 'no line is free',
  due: () => 'it is due',
  plan_through: () => 'the plan is through',
  opted_out: () => 'the person opted out',
  unreachable: () => 'there is no address left to reach the person at',
  no_common_hour: () => 'no hour is allowed in every place the person may be in',
  left_list: () => "the contact is not on the campaign's list any more",
  step_removed: () => 'the step that came next was taken out of the campaign',
  calls_stopped: () => 'calls were stopped',
  messages_stopped: () => 'messages were stopped',
  ended: ({ state, reason }) => `the enrollment is ${state} (${reason ?? 'no reason given'})`,
  retry: ({ attempt, of }) => `call ${attempt} of ${of}`,
};

const DNC_STATES: Readonly<Record<string, string>> = {
  unchecked: 'the number was never looked up in the Do-Not-Call list',
  stale: 'the number was last looked up in the Do-Not-Call list more than 31 days ago',
  listed: 'the number is on the Do-Not-Call list, with no consent and no business relationship on record',
};

function sinceWhen(checkedAt: Reason[string] | undefined): string {
  return checkedAt === undefined ? '' : ` (looked up at ${instant(checkedAt)})`;
}

/** S1-115: names what is closed, and for a gap its place on the clock. */
function closedPhrase({ kind, rule, zone, localMinute, opensMinute }: Reason): string {
  const hours = `${String(rule).replace('_', ' ')} hours in ${zone}`;
  switch (kind) {
    case 'before_opening':
      return `${clock(localMinute)} is before the ${hours} open at ${clock(opensMinute)}`;
    case 'between_slots':
      return `${clock(localMinute)} lies in the gap of the ${hours}, which open again at ${clock(opensMinute)}`;
    case 'after_closing':
      return `${clock(localMinute)} is after the ${hours} have closed`;
    case 'holiday':
      return `it is ${rule} in ${zone}, a day without outreach`;
    default:
      return `the ${hours} are closed on that day`;
  }
}

function instant(value: Reason[string] | undefined): string {
  return toIso(Number(value));
}

/** Amounts are kept in millionths; what is less than a cent is shown. */
function money(value: Reason[string] | undefined): string {
  const micros = Number(value);
  return (micros / 1_000_000).toFixed(micros % 10_000 === 0 ? 2 : 6);
}

function clock(value: Reason[string] | undefined): string {
  return formatClock(Number(value));
}
