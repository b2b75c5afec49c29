/** What the processes of the bare engine say to each other, by way of the process that started them. */

export const TASK_QUEUE = 'bare';
export const CONTACT_WORKFLOW = 'contact';
export const GRANT_SIGNAL = 'grant';
export const OUTCOME_SIGNAL = 'outcome';
export const PROGRESS_SIGNAL = 'progress';

export interface ContactInput {
  readonly id: string;
  readonly sleepMs: number;
}

/** From the workers. */
export type Word =
  | { readonly is: 'ready' }
  | { readonly is: 'waits for a grant'; readonly id: string }
  | { readonly is: 'dialed'; readonly id: string }
  /** Told once for each of the two actions. */
  | { readonly is: 'acted'; readonly id: string }
  | { readonly is: 'started'; readonly count: number }
  | { readonly is: 'all ended' };

/** To the clients. */
export type Order =
  | { readonly do: 'start'; readonly ids: readonly string[]; readonly sleepMs: number; readonly withinMs: number }
  | { readonly do: 'grant'; readonly id: string }
  | { readonly do: 'tell the outcome'; readonly id: string }
  | { readonly do: 'await the end'; readonly ids: readonly string[] };

export function say(word: Word): void {
  process.send?.(word);
}
