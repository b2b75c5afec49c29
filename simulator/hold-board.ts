import { EventEmitter, once } from 'node:events';
import * as z from 'zod';

export const HoldSchema = z
  .strictObject({
    attemptId: z.string().min(1).optional(),
    to: z.string().min(1).optional(),
    phase: z.enum(['ringing', 'talking']),
  })
  .refine((hold) => hold.attemptId !== undefined || hold.to !== undefined, {
    error: 'name an attemptId or a number in to',
  });
export type Hold = z.infer<typeof HoldSchema>;
export type HeldPhase = Hold['phase'];

export interface Holdable {
  readonly to: string;
  readonly attemptId?: string | undefined;
}

export interface HoldBoard {
  hold(hold: Hold): void;
  /** True if there was such a hold. */
  release(hold: Hold): boolean;
  list(): readonly Hold[];
  clear(): void;
  isHeld(call: Holdable, phase: HeldPhase): boolean;
  /** Resolves when no hold keeps the call in this phase any more. */
  whileHeld(call: Holdable, phase: HeldPhase, signal: AbortSignal): Promise<void>;
}

/** Lets a test keep a phone ringing, or a call talking, for as long as it needs. */
export function createHoldBoard(): HoldBoard {
  const holds = new Map<string, Hold>();
  const changed = new EventEmitter().setMaxListeners(0);
  const keyOf = (hold: Hold): string => JSON.stringify([hold.phase, hold.attemptId ?? null, hold.to ?? null]);
  const isHeld = (call: Holdable, phase: HeldPhase): boolean =>
    [...holds.values()].some((hold) => keeps(hold, call, phase));

  return {
    hold: (hold) => void holds.set(keyOf(hold), hold),
    release(hold) {
      const known = holds.delete(keyOf(hold));
      changed.emit('change');
      return known;
    },
    list: () => [...holds.values()],
    clear() {
      holds.clear();
      changed.emit('change');
    },
    isHeld,
    async whileHeld(call, phase, signal) {
      while (isHeld(call, phase)) await once(changed, 'change', { signal });
    },
  };
}

function keeps(hold: Hold, call: Holdable, phase: HeldPhase): boolean {
  return (
    hold.phase === phase &&
    (hold.attemptId === undefined || hold.attemptId === call.attemptId) &&
    (hold.to === undefined || hold.to === call.to)
  );
}
