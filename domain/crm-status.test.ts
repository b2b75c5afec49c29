import {
  isFoundBy,
  isSameStatus,
  isStatusOf,
  StatusRefSchema,
  statusKey,
  statusLabel,
  statusPlace,
} from './crm-status';

const BUSY = { field: 'substatus', group: 'Dialer Status', value: '12', label: 'Busy' } as const;

describe('a status of a CRM', () => {
  it('stands in the status of the case where nothing else is said', () => {
    expect(StatusRefSchema.parse({ value: ' Retained ' })).toEqual({ field: 'status', value: 'Retained' });
  });

  it('is the same however it is written, and another in another field or type', () => {
    const key = statusKey({ field: 'status', value: 'Retained' });
    expect(statusKey({ field: 'status', value: ' retained ' })).toBe(key);
    const others = [
      statusKey({ field: 'substatus', value: 'Retained' }),
      statusKey({ field: 'substatus', group: 'Dialer', value: 'Retained' }),
      statusKey({ field: 'status', value: 'Lost' }),
    ];
    expect(new Set([key, ...others]).size).toBe(4);
  });

  it('is that of a case by its place, however it is written (U-1)', () => {
    const known = { status: 'Retained', 'substatus/dialer status': '12' };
    expect(isStatusOf(known, { field: 'status', value: ' retained' })).toBe(true);
    expect(isStatusOf(known, { field: 'status', value: 'Lost' })).toBe(false);
    expect(isStatusOf(known, BUSY)).toBe(true);
    expect(isStatusOf(known, { field: 'substatus', value: '12' })).toBe(false);
  });

  it('stands in one place for each field and each type of substatus', () => {
    expect(statusPlace({ field: 'status' })).toBe('status');
    expect(statusPlace({ field: 'substatus' })).toBe('substatus');
    expect(statusPlace({ field: 'substatus', group: ' Dialer Status ' })).toBe('substatus/dialer status');
    expect(isSameStatus(' Retained', 'retained')).toBe(true);
    expect(isSameStatus('Retained', 'Lost')).toBe(false);
  });

  it('says in its label which field of the CRM is written (S0-50)', () => {
    expect(statusLabel({ field: 'status', value: '2', label: 'Retained' })).toBe('Status: Retained');
    expect(statusLabel({ field: 'substatus', value: 'x', label: 'Busy' })).toBe('Substatus: Busy');
    expect(statusLabel(BUSY)).toBe('Substatus (Dialer Status): Busy');
  });

  it.each([
    ['busy', true],
    ['dialer BUSY', true],
    ['12', true],
    ['sub', true],
    ['busy retained', false],
  ])('is found by words of label and value: %j', (query, isFound) => {
    expect(isFoundBy(BUSY, query)).toBe(isFound);
  });
});
