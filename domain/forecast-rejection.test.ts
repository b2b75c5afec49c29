import { explainRejection, rejectionOf } from './forecast-rejection';
import { aContact, aMailbox, aPhone, aRun, aText, aMail, someCalls, aMessagingRun } from './planner-builders';

const CALLS = { runs: [aRun({ calls: someCalls() })], formId: null };
const BOTH = {
  runs: [aRun({ messages: [aText({ when: { kind: 'after_start' } })] }), aMessagingRun(aMail())],
  formId: null,
};

describe('a contact of a campaign to be', () => {
  it('is enrolled with an address that a channel of the plan can use', () => {
    expect(rejectionOf(aContact({ addresses: [aPhone()] }), CALLS)).toBeNull();
    expect(rejectionOf(aContact({ addresses: [aMailbox()] }), BOTH)).toBeNull();
  });

  it('is not enrolled without one', () => {
    const contact = aContact({ addresses: [aPhone({ usable: false }), aMailbox()] });
    expect(rejectionOf(contact, CALLS)).toBe('no_usable_address');
    expect(explainRejection('no_usable_address')).toContain('no usable address');
    expect(explainRejection('stopped_in_crm')).toContain('status in the CRM');
  });

  it('is not enrolled where every channel of the plan is barred', () => {
    const voice = aContact({ addresses: [aPhone({ suppressed: ['voice'] }), aMailbox()] });
    expect(rejectionOf(voice, CALLS)).toBe('opted_out');
    expect(rejectionOf(voice, BOTH)).toBeNull();
    expect(explainRejection('opted_out')).toContain('opted out of every channel');
  });

  it('has its reason named even if nobody has words for it', () => {
    expect(explainRejection('erased')).toBe('The contact is not enrolled: erased.');
  });
});
