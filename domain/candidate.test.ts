import { addressFor, isBarred } from './candidate';
import { aContact, aMailbox, aPhone, aPlannerInput } from './planner-builders';

describe('the address of a person for a channel', () => {
  const second = aPhone({ hash: 'phone-2' });

  it.each([
    ['is the first phone for a call', [aPhone(), second, aMailbox()], 'voice', 'phone-1'],
    ['is the same phone for a text', [aMailbox(), aPhone(), second], 'sms', 'phone-1'],
    ['is the mailbox for a mail', [aPhone(), aMailbox()], 'email', 'mail-1'],
    ['is the next where the first is unusable (U-6)', [aPhone({ usable: false }), second], 'voice', 'phone-2'],
    ['is none where none is left', [aPhone({ usable: false }), aMailbox()], 'sms', undefined],
    ['is none where there was none', [aPhone()], 'email', undefined],
    ['is none where the channel is barred at it', [aPhone({ suppressed: ['voice'] })], 'voice', undefined],
    [
      'is none where the channel is barred at any other',
      [aPhone(), aPhone({ hash: 'phone-2', suppressed: ['voice'] })],
      'voice',
      undefined,
    ],
    ['is none where a mailbox bars the channel', [aPhone(), aMailbox({ suppressed: ['sms'] })], 'sms', undefined],
    ['stays for a channel that is not barred (K-24)', [aPhone({ suppressed: ['voice'] })], 'sms', 'phone-1'],
  ] as const)('%s', (_, addresses, channel, hash) => {
    expect(addressFor(aPlannerInput({ contact: aContact({ addresses }) }), channel)?.hash).toBe(hash);
  });

  it('is barred by a suppression alone, not by being unusable', () => {
    const contact = aContact({ addresses: [aPhone({ usable: false, suppressed: ['sms'] })] });
    expect([isBarred(contact, 'sms'), isBarred(contact, 'voice')]).toEqual([true, false]);
  });
});
