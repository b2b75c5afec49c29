import type { Background } from '../background';
import type { Dice } from '../dice';
import type { FaultRule } from '../fault-rule';

/** The callbacks of one call or message: one after the other in order, unless a fault says otherwise. */
export interface CallbackQueue {
  /** Returns at once; resolves when the callback was answered, lost or dropped. */
  push(event: string, send: () => Promise<unknown>): Promise<void>;
  /** No further callback will come. */
  close(): void;
}

export function createCallbackQueue(background: Background, fault: FaultRule | null, dice: Dice): CallbackQueue {
  if (fault === null) return inOrder(background, 1);
  const isSpoiled = (event: string): boolean => fault.options.events?.includes(event) ?? true;
  const sound = inOrder(background, 1);
  const spoiled = spoiledQueue(background, fault, dice);
  return {
    push: (event, send) => (isSpoiled(event) ? spoiled : sound).push(event, send),
    close: () => spoiled.close(),
  };
}

function spoiledQueue(background: Background, fault: FaultRule, dice: Dice): CallbackQueue {
  switch (fault.mode) {
    case 'duplicate_callbacks':
      return inOrder(background, fault.options.copies);
    case 'drop_callbacks':
      return { push: () => Promise.resolve(), close: () => undefined };
    case 'late_callbacks':
      return late(background, fault.options.delayMs);
    case 'shuffle_callbacks':
      return shuffled(background, dice);
    default:
      throw new Error(`${fault.mode} says nothing about callbacks`);
  }
}

/** Copies of one callback are sent side by side. */
function inOrder(background: Background, copies: number): CallbackQueue {
  let last: Promise<void> = Promise.resolve();
  return {
    push(_event, send) {
      const previous = last;
      last = background.run(async () => {
        await previous;
        await Promise.all(Array.from({ length: copies }, send));
      });
      return last;
    },
    close: () => undefined,
  };
}

function late(background: Background, delayMs: number): CallbackQueue {
  return {
    push: (_event, send) =>
      background.run(async () => {
        await background.pause(delayMs);
        await send();
      }),
    close: () => undefined,
  };
}

/** Keeps all of them back until the last is known, then sends them in an order that is surely another one. */
function shuffled(background: Background, dice: Dice): CallbackQueue {
  const kept: (() => Promise<unknown>)[] = [];
  return {
    push(_event, send) {
      kept.push(send);
      return Promise.resolve();
    },
    close() {
      const mixed = dice.shuffle(kept);
      const isSame = mixed.every((send, index) => send === kept[index]);
      void background.run(async () => {
        for (const send of isSame ? mixed.reverse() : mixed) await send();
      });
    },
  };
}
