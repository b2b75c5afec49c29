import { type Channel, ChannelSchema } from './channel';
import { type Instant, MINUTE_MS } from './instant';

/** How an entry of the timeline counts: which figures it raises, where, and which stages of the funnel it proves. */

/** Every zone's hours begin on a quarter of UTC's. */
export const QUARTER_MS = 15 * MINUTE_MS;

export const STAGES = [
  'contacted',
  'answered',
  'replied',
  'responded',
  'form_started',
  'form_completed',
  'converted',
  'opted_out',
] as const;
export type Stage = (typeof STAGES)[number];

/** An entry with what is known of its attempt, if it has one. */
export interface TallyEntry {
  readonly enrollmentId: string | null;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Instant;
  readonly attempt: {
    readonly channel: Channel;
    readonly runKey: string;
    readonly claimedAt: Instant;
    readonly disposition: string | null;
  } | null;
  /** The outcome that an earlier entry gave the same call; null = none. */
  readonly earlierOutcome: string | null;
}

/** One cell, raised or lowered. `runKey` and `channel` are empty where what happened belongs to none. */
export interface Tally {
  readonly at: Instant;
  readonly runKey: string;
  readonly channel: Channel | '';
  readonly figure: string;
  readonly count: number;
}

/** What has its own figure under its own name, in the quarter in which it happened. */
const PLAIN: Readonly<Record<string, string>> = {
  message_received: 'replies',
  opted_out: 'opt_outs',
  handoff_requested: 'handoffs',
  form_started: 'forms_started',
  form_completed: 'forms_completed',
  rule_fired: 'rules_fired',
};

/** What is told of one attempt counts in the quarter in which that was claimed, so that rates of a period are of the same calls. */
const OF_ATTEMPT: Readonly<Record<string, string>> = {
  call_started: 'touches',
  message_sent: 'touches',
  message_delivered: 'delivered',
  message_failed: 'failed',
};

/** The cells that the entry changes. */
export function talliesOf(entry: TallyEntry): Tally[] {
  const { kind, data, attempt, earlierOutcome } = entry;
  if (attempt === null) return talliesOfContact(entry);
  const begun = { at: quarterOf(attempt.claimedAt), runKey: attempt.runKey, channel: attempt.channel };
  const figure = OF_ATTEMPT[kind];
  if (figure !== undefined) return [{ ...begun, figure, count: 1 }];
  if (kind === 'call_ended') return [{ ...begun, figure: dispositionOf(entry), count: 1 }];
  if (kind !== 'call_analyzed') return talliesOfContact(entry);
  const given = { ...begun, figure: `outcome:${wordIn(data['outcome'])}`, count: 1 };
  return earlierOutcome === null ? [given] : [{ ...begun, figure: `outcome:${earlierOutcome}`, count: -1 }, given];
}

/** The stages that the contact has come to by it. */
export function stagesOf(entry: TallyEntry): Stage[] {
  switch (entry.kind) {
    case 'call_started':
    case 'message_sent':
      return ['contacted'];
    case 'call_ended':
      return dispositionOf(entry) === 'answered' ? ['answered', 'responded'] : [];
    case 'message_received':
      return ['replied', 'responded'];
    case 'form_started':
      return ['form_started'];
    case 'form_completed':
      return ['form_started', 'form_completed'];
    case 'call_analyzed':
      return entry.data['outcome'] === 'converted' ? ['converted'] : [];
    case 'opted_out':
      return ['opted_out'];
    default:
      return [];
  }
}

/** The contact's first entry at a stage counts where that entry does. */
export function firstTally(entry: TallyEntry, stage: Stage): Tally {
  const { attempt, at } = entry;
  return {
    at: quarterOf(at),
    runKey: attempt?.runKey ?? '',
    channel: attempt?.channel ?? channelIn(entry),
    figure: `first:${stage}`,
    count: 1,
  };
}

function talliesOfContact(entry: TallyEntry): Tally[] {
  const { kind, at, attempt } = entry;
  const figure = PLAIN[kind];
  if (figure === undefined) return [];
  const channel = attempt?.channel ?? channelIn(entry);
  return [{ at: quarterOf(at), runKey: attempt?.runKey ?? '', channel, figure, count: 1 }];
}

/** The row knows better than the entry: a machine may have been noticed after the end. */
function dispositionOf({ attempt, data }: TallyEntry): string {
  return attempt?.disposition ?? wordIn(data['disposition']);
}

function wordIn(value: unknown): string {
  return typeof value === 'string' ? value : 'unknown';
}

function channelIn({ data }: TallyEntry): Channel | '' {
  return ChannelSchema.safeParse(data['channel']).data ?? '';
}

function quarterOf(at: Instant): Instant {
  return Math.floor(at / QUARTER_MS) * QUARTER_MS;
}
