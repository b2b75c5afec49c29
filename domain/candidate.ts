import type { Channel } from './channel';
import { addressKindOf } from './channel';
import type { Reason } from './decision';
import type { Instant } from './instant';
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

/** The first usable address of the channel's kind; none when the person is barred from the channel. */
export function addressFor(contact: ContactView, channel: Channel): AddressView | null {
  if (isBarred(contact, channel)) return null;
  const kind = addressKindOf(channel);
  return contact.addresses.find((address) => address.kind === kind && address.usable) ?? null;
}
