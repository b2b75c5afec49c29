import { addressKindOf, ChannelSchema } from './channel';

it.each([
  ['voice', 'phone'],
  ['sms', 'phone'],
  ['email', 'email'],
] as const)('%s goes to a %s address', (channel, kind) => {
  expect(addressKindOf(ChannelSchema.parse(channel))).toBe(kind);
});
