import { isAbort } from '../background';
import type { Dice } from '../dice';
import type { Person } from '../people/directory';
import type { PickUp } from '../people/script';
import type { Call } from './account';
import type { CallbackQueue } from './callback-queue';
import type { CallEnd } from './parameters';

/** Where a call is told to go on: a document to fetch, or one given in the order itself. */
export type NextDocument = { readonly url: string; readonly method: 'GET' | 'POST' } | { readonly twiml: string };

/** A live call: what is only there while it lives. */
export interface Line {
  readonly call: Call;
  readonly person: Person;
  readonly dice: Dice;
  readonly callbacks: CallbackQueue;
  readonly pickUp: PickUp;
  /** A fault that keeps Twilio from asking for TwiML. */
  readonly isMute: boolean;
  /** Number of the next call progress event. */
  sequence: number;
  /** Resolves when the result of asynchronous machine detection was told, at once if there is none. */
  whenJudged: Promise<void>;
  /** Aborted when the call is ended from outside or the simulator stops. */
  readonly over: AbortSignal;
  /** Ends the call from outside. */
  hangUp(end: CallEnd): void;
  /** How it was ended from outside. */
  readonly endedAs: CallEnd | null;
  /** Resolves when the last status is known; told by `markEnded`. */
  readonly ended: Promise<void>;
  markEnded(): void;
  /** Leaves the present document for another one. */
  redirect(next: NextDocument): void;
  /** Aborted by a redirect, and with the call. */
  readonly document: AbortSignal;
  /** The document that a redirect asked for, once. */
  takeRedirect(): NextDocument | null;
}

export type LineParts = Pick<Line, 'call' | 'person' | 'dice' | 'callbacks' | 'pickUp' | 'isMute'>;

export function openLine(parts: LineParts, stopped: AbortSignal): Line {
  const hungUp = new AbortController();
  const over = AbortSignal.any([hungUp.signal, stopped]);
  let markEnded = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    markEnded = resolve;
  });
  let endedAs: CallEnd | null = null;
  let next: NextDocument | null = null;
  let left = new AbortController();
  return {
    ...parts,
    sequence: 0,
    whenJudged: Promise.resolve(),
    over,
    get endedAs() {
      return endedAs;
    },
    hangUp(end) {
      endedAs ??= end;
      hungUp.abort();
    },
    ended,
    markEnded,
    redirect(document) {
      next = document;
      left.abort();
    },
    get document() {
      return AbortSignal.any([left.signal, over]);
    },
    takeRedirect() {
      const taken = next;
      next = null;
      left = new AbortController();
      return taken;
    },
  };
}

/** Runs a part of the call; null when the call was ended from outside meanwhile. */
export async function unlessEnded<T>(line: Line, part: () => Promise<T>): Promise<T | null> {
  try {
    return await part();
  } catch (error) {
    if (isAbort(error) && line.endedAs !== null) return null;
    throw error;
  }
}
