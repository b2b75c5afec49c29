import { CrmHookSchema, readHook, usualHook, valueAt } from './crm-hook';

const HOOK = usualHook('http');

describe('what a CRM tells of a case', () => {
  it('is read where CRMs of its kind usually have it', () => {
    expect(readHook({ LeadID: 71, Status: ' Retained ', SubStatus: '' }, usualHook('lawruler'))).toEqual({
      caseId: '71',
      status: 'Retained',
      substatus: null,
    });
    expect(
      readHook({ caseNumber: 'A-1', secondStatusID: 12, secondStatusTypeName: 'Dialer' }, usualHook('smartadvocate')),
    ).toEqual({ caseId: 'A-1', status: null, substatus: { group: 'Dialer', value: '12' } });
  });

  it('is read where the mapping says that it stands (R-20)', () => {
    const hook = CrmHookSchema.parse({ caseId: '/lead/id', status: '/lead/new~1status' });
    expect(readHook({ lead: { id: 'A', 'new/status': 'Lost' } }, hook)).toEqual({
      caseId: 'A',
      status: 'Lost',
      substatus: null,
    });
    expect(readHook({ caseId: 'A', substatus: 'Busy' }, HOOK)).toMatchObject({
      substatus: { group: null, value: 'Busy' },
    });
  });

  it.each([
    null,
    [],
    'x',
    {},
    { caseId: 'A' },
    { status: 'Lost' },
    { caseId: 'A', status: true },
    { caseId: 'A', status: 'x'.repeat(121) },
  ])('is nothing where it names no case or no status: %j', (document) => {
    expect(readHook(document, HOOK)).toBeNull();
  });

  it.each(['', 'status', '/a~b'])('does not stand at "%s"', (pointer) => {
    expect(CrmHookSchema.safeParse({ caseId: '/id', status: pointer }).error?.issues[0]?.message).toBe(
      'must be a JSON pointer like /lead/status',
    );
  });
});

it('a pointer leads to own values alone', () => {
  expect(valueAt({ 'a~b': [1, 2] }, '/a~0b/1')).toBe(2);
  expect(valueAt({}, '/constructor')).toBeUndefined();
  expect(valueAt('text', '/length')).toBeUndefined();
  expect(valueAt({ a: 1 }, '')).toEqual({ a: 1 });
});
