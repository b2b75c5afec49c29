import type { CallbackManner } from '../callback-manner';
import type { Dice } from '../dice';
import type { World } from '../world';

/** The callbacks of one call or message: one after the other in order, unless a fault or the person says otherwise. */
export interface CallbackQueue {
  /** Returns at once; resolves when the callback was answered, lost, dropped or put off. */
  push(event: string, send: Send): Promise<void>;
  /** No further callback will come. */
  close(): void;
}

type Send = () => Promise<unknown>;
type Tools = Pick<World, 'background' | 'agenda'>;

const LATE_MS = 1000;

export function createCallbackQueue(tools: Tools, manner: CallbackManner | null, dice: Dice): CallbackQueue {
  const sound = inOrder(tools, 1, atOnce);
  if (manner === null) return sound;
  const { events } = manner.options;
  const spoiled = spoiledQueue(tools, manner, dice);
  return {
    push: (event, send) => (events?.includes(event) === false ? sound : spoiled).push(event, send),
    close: () => spoiled.close(),
  };
}

function spoiledQueue(tools: Tools, manner: CallbackManner, dice: Dice): CallbackQueue {
  const { mode, options } = manner;
  const delay = delayOf(tools, manner);
  switch (mode) {
    case 'duplicate_callbacks':
      return inOrder(tools, options.copies ?? 2, delay);
    case 'drop_callbacks':
      return { push: () => Promise.resolve(), close: () => undefined };
    case 'late_callbacks':
      return sideBySide(tools, options.copies ?? 1, delay);
    case 'shuffle_callbacks':
      return shuffled(tools, manner, delay, dice);
  }
}

/** Sends after the delay of the manner; resolves at once where the delay is business time. */
type Delay = (send: Send) => Promise<unknown>;

function delayOf({ background, agenda }: Tools, { mode, options }: CallbackManner): Delay {
  const { delaySeconds, delayMs = mode === 'late_callbacks' && delaySeconds === undefined ? LATE_MS : 0 } = options;
  const afterMs = async (send: Send): Promise<unknown> => {
    if (delayMs > 0) await background.pause(delayMs);
    return send();
  };
  return delaySeconds === undefined ? afterMs : (send) => agenda.after(delaySeconds * 1000, () => afterMs(send));
}

function atOnce(send: Send): Promise<unknown> {
  return send();
}

/** Copies of one callback are sent side by side. */
function inOrder({ background }: Tools, copies: number, delay: Delay): CallbackQueue {
  let last: Promise<void> = Promise.resolve();
  return {
    push(_event, send) {
      const previous = last;
      last = background.run(async () => {
        await previous;
        await delay(() => copiesOf(copies, send));
      });
      return last;
    },
    close: () => undefined,
  };
}

function sideBySide({ background }: Tools, copies: number, delay: Delay): CallbackQueue {
  return {
    push: (_event, send) => background.run(async () => void (await delay(() => copiesOf(copies, send)))),
    close: () => undefined,
  };
}

interface Kept {
  readonly event: string;
  readonly send: Send;
}

/** Keeps all of them back until the last is known, then sends them in an order that is surely another one. */
function shuffled({ background }: Tools, { options }: CallbackManner, delay: Delay, dice: Dice): CallbackQueue {
  const kept: Kept[] = [];
  return {
    push(event, send) {
      for (let copy = 0; copy < (options.copies ?? 1); copy += 1) kept.push({ event, send });
      return Promise.resolve();
    },
    close() {
      const mixed = options.order === undefined ? otherOrder(kept, dice) : inGivenOrder(kept, options.order, dice);
      void background.run(async () => {
        for (const { send } of mixed) await delay(send);
      });
    },
  };
}

function otherOrder(kept: readonly Kept[], dice: Dice): Kept[] {
  const mixed = dice.shuffle(kept);
  return mixed.every((each, ix) => each === kept[ix]) ? mixed.reverse() : mixed;
}

function inGivenOrder(kept: readonly Kept[], order: readonly string[], dice: Dice): Kept[] {
  const first = order.flatMap((event) => kept.filter((each) => each.event === event));
  return [...first, ...dice.shuffle(kept.filter((each) => !first.includes(each)))];
}

async function copiesOf(copies: number, send: Send): Promise<void> {
  await Promise.all(Array.from({ length: copies }, send));
}
