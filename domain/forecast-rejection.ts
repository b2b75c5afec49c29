import { isBarred } from './candidate';
import { addressKindOf, type Channel } from './channel';
import { channelsOf, type Plan } from './plan';
import type { ContactView } from './planner-input';

export type Rejection = 'no_usable_address' | 'opted_out';

/** Why the contact would not be enrolled, as the sweep that enrolls people sees it; null = they would be. */
export function rejectionOf(contact: ContactView, { runs }: Plan): Rejection | null {
  const used = [...new Set(runs.flatMap(channelsOf))];
  if (!used.some((channel) => hasAddress(contact, channel))) return 'no_usable_address';
  return used.every((channel) => isBarred(contact, channel)) ? 'opted_out' : null;
}

/** The reason of a row that was rejected, as one sentence. */
export function explainRejection(reason: string): string {
  return SENTENCES[reason] ?? `The contact is not enrolled: ${reason}.`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  no_usable_address: 'The contact is not enrolled: no usable address for any channel of the plan is known.',
  opted_out: 'The contact is not enrolled: the person has opted out of every channel of the plan.',
  stopped_in_crm: 'The contact is not enrolled: a case has a status in the CRM at which this campaign stops.',
};

function hasAddress({ addresses }: ContactView, channel: Channel): boolean {
  return addresses.some(({ kind, usable }) => usable && kind === addressKindOf(channel));
}
