import * as z from 'zod';

/** How a person can be reached. SMS and voice share phone addresses; e-mail has its own. */
export const ChannelSchema = z.enum(['voice', 'sms', 'email']);
export type Channel = z.infer<typeof ChannelSchema>;

export type AddressKind = 'phone' | 'email';

export function addressKindOf(channel: Channel): AddressKind {
  return channel === 'email' ? 'email' : 'phone';
}
