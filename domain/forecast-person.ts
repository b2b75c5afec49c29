import type { Channel } from './channel';
import type { Instant } from './instant';
import type { PlannerInput } from './planner-input';
import type { Spending } from './spend';

/** What all people of a forecast have in common, or many of them. */
export type Setting = Omit<
  PlannerInput,
  | 'now'
  | 'spending'
  | 'line'
  | 'enrollment'
  | 'contact'
  | 'attempts'
  | 'personAttempts'
  | 'commitments'
  | 'unreadReplies'
>;

/** One contact as the planner sees them when the forecast begins. */
export interface Person
  extends Pick<
    PlannerInput,
    'enrollment' | 'contact' | 'attempts' | 'personAttempts' | 'commitments' | 'unreadReplies'
  > {
  readonly contactId: string;
  readonly setting: Setting;
}

/** What people share while time passes. */
export interface House {
  spending(now: Instant): Spending;
  /** Reserves the channel's next instant for a message. */
  pace(channel: Channel, now: Instant): Instant;
  sent(touch: ForecastTouch, cost: number): void;
}

export interface ForecastTouch {
  readonly key: string;
  readonly channel: Channel;
  readonly at: Instant;
  /** When it would have been made if nothing had been short. */
  readonly dueAt: Instant;
  /** How it is taken to go. */
  readonly answer: string;
}

/** What a contact waits for. A line may be had at once; else it is asked again at `at`. */
export type Wish =
  | { readonly kind: 'wait'; readonly at: Instant }
  | { readonly kind: 'line'; readonly isPromise: boolean; readonly at: Instant }
  | { readonly kind: 'over' };

export interface LifeEnd {
  /** `held`: only a person's word lets it go on. `beyond`: the forecast ends before it does. */
  readonly state: 'through' | 'held' | 'beyond';
  readonly reason: string;
  readonly sentence: string;
  readonly at: Instant;
}

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

const sheets = new WeakMap<Setting, Writable<PlannerInput>>();

/** Whoever asks the planner writes on the same sheet: it keeps nothing of it, and a new one each time costs as much as the answer. */
export function sheetOf({ setting, enrollment, contact }: Person): Writable<PlannerInput> {
  const sheet = sheets.get(setting) ?? { ...setting, ...BLANK, enrollment, contact };
  sheets.set(setting, sheet);
  return sheet;
}

const BLANK = {
  now: 0,
  attempts: [],
  personAttempts: [],
  commitments: [],
  unreadReplies: 0,
  spending: { callMinute: 0, segment: 0, mail: 0, callMinutes: 0, limits: [] },
  line: 'none',
} as const;
