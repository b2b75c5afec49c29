import type { Channel } from './channel';
import { addressKindOf } from './channel';
import type { Reason } from './decision';
import type { Instant } from './instant';
import { type Asked, barOf, isPassing, type Occasion } from './number-rules';
import type { Run } from './plan';
import type { AddressView, ContactView } from './planner-input';

/** A touch that the plan still has in store, before hours and caps had their say. */
export interface Candidate {
  readonly key: string;
  readonly run: Run | null;
  readonly runKey: string;
  readonly stepKey: string;
  readonly ordinal: number;
  readonly channel: Channel;
  readonly try: number;
  readonly toHash: string;
  readonly earliestAt: Instant;
  readonly reasons: readonly Reason[];
  readonly commitmentId?: string;
  /** An operator gave it its instant: it waits for law, hours and caps, and for nothing else. */
  readonly isMoved?: boolean;
}

/** One suppressed address bars the channel at every address of the person. */
export function isBarred({ addresses }: ContactView, channel: Channel): boolean {
  return addresses.some(({ suppressed }) => suppressed.includes(channel));
}

/**
 * The first usable address of the channel's kind that nothing stands against, else the first that may be free again soon;
 * none when the person is barred from the channel.
 */
export function addressFor(input: Asked, channel: Channel, occasion: Occasion = 'planned'): AddressView | null {
  if (isBarred(input.contact, channel)) return null;
  let passing: AddressView | null = null;
  for (const address of usableFor(input, channel)) {
    const bar = barOf(input, address, channel, occasion);
    if (bar === null) return address;
    if (isPassing(bar)) passing ??= address;
  }
  return passing;
}

/** What stands against each address that the person has for the channel; none where one of them is free, or there is none. */
export function barsOf(input: Asked, channel: Channel): Reason[] {
  if (isBarred(input.contact, channel)) return [];
  const bars: Reason[] = [];
  for (const address of usableFor(input, channel)) {
    const bar = barOf(input, address, channel, 'planned');
    if (bar === null) return [];
    bars.push(bar);
  }
  return bars;
}

/** What stands against the address that a touch would go to. */
export function barOfTouch(
  input: Asked,
  { channel, toHash, commitmentId }: Pick<Candidate, 'channel' | 'toHash' | 'commitmentId'>,
): Reason | null {
  const address = addressOf(input, toHash);
  return address && barOf(input, address, channel, commitmentId === undefined ? 'planned' : 'promised');
}

export function addressOf({ contact }: Pick<Asked, 'contact'>, hash: string): AddressView | null {
  return contact.addresses.find((address) => address.hash === hash) ?? null;
}

function usableFor({ contact }: Asked, channel: Channel): AddressView[] {
  const kind = addressKindOf(channel);
  return contact.addresses.filter((address) => address.kind === kind && address.usable);
}
