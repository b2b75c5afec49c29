/** What an order for many contacts comes to for each of them (S1-92, S1-93, S1-118, R-8, R-9, R-16). */

export type ContactOrder = 'complete' | 'resume';

export const ORDER_REASONS = [
  'already_completed',
  'already_active',
  'pause_ended',
  'calls_spent',
  'opted_out',
  'left_for_good',
  'removed',
  'erased',
  'rejected',
  'campaign_over',
  'no_contact',
  'several_contacts',
  'unreadable',
] as const;
export type OrderReason = (typeof ORDER_REASONS)[number];

/** U-13: who was taken out of a campaign comes back by being added to it, and by nothing else. */
export const REMOVED = 'removed_by_operator';

/** Where the contact stands when the order comes to it. */
export interface OrderStanding {
  readonly state: 'rejected' | 'open' | 'ended';
  readonly reason: string | null;
  readonly leftForGood: boolean;
  /** Barred on every channel, whatever the row says. */
  readonly optedOut: boolean;
  /** After the opt-out that ended the row came a consent that frees a channel of the plan. */
  readonly agreedAgain: boolean;
  readonly paused: boolean;
  readonly callsStopped: boolean;
  readonly messagesStopped: boolean;
  /** No call of the plan is left. */
  readonly callsOver: boolean;
  readonly campaignStatus: string;
}

export interface Refused {
  readonly reason: OrderReason;
  /** What the sentence needs beside the reason. */
  readonly detail: string | null;
}

export interface Judgement {
  readonly result: 'done' | 'skipped';
  readonly reason: OrderReason | null;
  readonly detail: string | null;
  /** Is there anything to be changed? */
  readonly gives: boolean;
}

export function judgeOrder(order: ContactOrder, standing: OrderStanding): Judgement {
  return order === 'complete' ? judgeComplete(standing) : judgeResume(standing);
}

/** Why outreach is not taken up again, whoever asks; null = it may be. */
export function refusalToResume(standing: OrderStanding): Refused | null {
  const { state, reason, leftForGood, optedOut, agreedAgain, campaignStatus } = standing;
  if (reason === 'erased') return refused('erased');
  if (optedOut || (state === 'ended' && reason === 'opted_out' && !agreedAgain)) return refused('opted_out');
  if (leftForGood) return refused('left_for_good');
  if (reason === REMOVED) return refused('removed');
  if (state === 'rejected') return refused('rejected', reason);
  if (campaignStatus === 'completed' || campaignStatus === 'archived') return refused('campaign_over', campaignStatus);
  return null;
}

/** why an admin may not bring the contact back either, as a sentence's end; null = it may be. */
export function refusalToBringBack(standing: OrderStanding): string | null {
  if (!standing.leftForGood)
    return 'no rule has taken the contact out of the campaign for good; resume outreach instead';
  const refusal = refusalToResume({ ...standing, leftForGood: false });
  return refusal === null ? null : orderSentence(refusal.reason, refusal.detail);
}

/** The reason as a sentence's end: "skipped: the contact opted out; …". */
export function orderSentence(reason: OrderReason, detail: string | null): string {
  return SENTENCES[reason](detail ?? '');
}

const SENTENCES: Readonly<Record<OrderReason, (detail: string) => string>> = {
  already_completed: () => 'the contact was completed already',
  already_active: () => 'the contact is active; there is nothing to take up again',
  pause_ended: () =>
    "the contact's pause has ended; what was stopped before it stays so until outreach is resumed again",
  calls_spent: () => 'every call of the plan was made; there is none to take up again',
  opted_out: () => 'the contact opted out; outreach reopens only where a new consent frees a channel of the campaign',
  left_for_good: () => 'a rule took the contact out of the campaign for good',
  removed: () => 'the contact was removed from the campaign; add the contact to it again',
  erased: () => 'the contact was erased',
  rejected: (why) => `the contact could not be enrolled (${why})`,
  campaign_over: (status) => `the campaign is ${status}`,
  no_contact: () => 'no contact of this campaign carries the id',
  several_contacts: (count) => `${count} contacts of this campaign carry the id`,
  unreadable: (rule) => `the line can not be read: ${rule}`,
};

/** Also for who could not be enrolled: an address that is found later must take in nobody who is dealt with. */
function judgeComplete({ state }: OrderStanding): Judgement {
  // who is completed counts as a success, and nothing is changed.
  if (state === 'ended') return { result: 'done', ...refused('already_completed'), gives: false };
  return DONE;
}

function judgeResume(standing: OrderStanding): Judgement {
  const refusal = refusalToResume(standing);
  if (refusal !== null) return { result: 'skipped', ...refusal, gives: false };
  const { state, paused, callsStopped, messagesStopped, callsOver } = standing;
  if (state === 'ended') return DONE;
  if (paused) return { result: 'done', ...refused('pause_ended'), gives: true };
  if (callsStopped || messagesStopped) return DONE;
  return { result: 'skipped', ...refused(callsOver ? 'calls_spent' : 'already_active'), gives: false };
}

const DONE: Judgement = { result: 'done', reason: null, detail: null, gives: true };

function refused(reason: OrderReason, detail: string | null = null): Refused {
  return { reason, detail };
}
