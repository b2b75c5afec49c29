import { crmFields, readOrder, readRecord } from './crm-record';

const LIST = '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a01';
const CAMPAIGN = '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a04';
const recordOf = (body: unknown) => readRecord(crmFields(body));
const orderOf = (body: unknown) => readOrder(crmFields(body));

describe('the fields of a record', () => {
  it('have one name each, however the CRM writes it', () => {
    const fields = {
      'Lead ID': 7,
      lead_status: ' New ',
      Case: { Type: 'MVA', 'Is-Open': true },
      tags: ['x'],
      none: null,
    };
    expect(Object.fromEntries(crmFields(fields))).toEqual({
      leadid: '7',
      leadstatus: 'New',
      casetype: 'MVA',
      caseisopen: 'true',
    });
  });

  it.each([['text'], [null], [['a']], [7]])('are none in %j', (body) => {
    expect(crmFields(body).size).toBe(0);
  });

  it('are not looked for without end', () => {
    expect(Object.fromEntries(crmFields({ a: { b: { c: { d: 'here', e: { f: 'not here' } } } } }))).toEqual({
      abcd: 'here',
    });
  });
});

describe('a record (K-18)', () => {
  it('is a case and its client', () => {
    expect(
      recordOf({
        LeadId: '70001',
        CaseType: 'intake',
        Status: 'New',
        CaseTitle: 'Rivera intake',
        client: {
          id: 'C-1',
          first_name: 'Asha',
          last_name: 'Rivera',
          phone: '212 555 0123',
          email: 'asha@example.com',
          zip: '10001',
        },
        CellPhone: '212 555 0124',
        HomePhone: '212 555 0123',
        State: 'NY',
        Country: 'US',
        TimeZone: 'America/New_York',
        Language: 'es',
      }),
    ).toEqual({
      caseExternalId: '70001',
      caseType: 'intake',
      title: 'Rivera intake',
      status: 'New',
      contact: {
        externalId: 'C-1',
        firstName: 'Asha',
        lastName: 'Rivera',
        postalCode: '10001',
        language: 'es',
        zone: 'America/New_York',
        state: 'NY',
        country: 'US',
        phones: ['212 555 0124', '212 555 0123'],
        emails: ['asha@example.com'],
      },
      leftOut: [],
    });
  });

  it('leaves out what means nothing here, and says so', () => {
    const told = {
      id: 1,
      LeadId: 'L',
      Language: 'English',
      TimeZone: 'Eastern',
      State: 'Nowhere',
      Country: 'Atlantis',
      Title: '',
    };
    expect(recordOf(told)).toEqual({
      caseExternalId: 'L',
      caseType: null,
      title: null,
      status: null,
      contact: { phones: [], emails: [] },
      leftOut: ['language', 'zone', 'state', 'country'],
    });
    expect(recordOf({}).caseExternalId).toBe('');
  });
});

describe('what an address says about lists (K-18)', () => {
  it.each([
    [{ list_id: LIST }, { action: 'add', listId: LIST, listName: null, campaignId: null }],
    [
      { list_name: 'Intake', list_action: 'attach' },
      { action: 'add', listId: null, listName: 'Intake', campaignId: null },
    ],
    [
      { list_id: LIST, list_action: 'detach' },
      { action: 'remove', listId: LIST, listName: null, campaignId: null },
    ],
    [
      { list_id: LIST, list_action: 'Remove' },
      { action: 'remove', listId: LIST, listName: null, campaignId: null },
    ],
    [
      { campaign_id: CAMPAIGN, remove_from_list: 'true' },
      { action: 'remove', listId: null, listName: null, campaignId: CAMPAIGN },
    ],
    [
      { campaign_id: CAMPAIGN, remove_from_list: '1' },
      { action: 'remove', listId: null, listName: null, campaignId: CAMPAIGN },
    ],
    [
      { list_id: LIST, remove_from_list: 'false' },
      { action: 'add', listId: LIST, listName: null, campaignId: null },
    ],
    [{}, null],
    [{ list_action: 'add' }, null],
  ])('%j', (parameters, order) => {
    expect(orderOf(parameters)).toEqual({ order, faults: [] });
  });

  it.each([
    [{ list_id: '123' }, { name: 'list_id', value: '123', rule: 'must be the id of a list' }],
    [{ campaign_id: '42' }, { name: 'campaign_id', value: '42', rule: 'must be the id of a campaign' }],
    [
      { list_id: LIST, list_action: 'swap' },
      { name: 'list_action', value: 'swap', rule: 'must be add, attach, remove or detach' },
    ],
    [
      { list_id: LIST, remove_from_list: 'maybe' },
      { name: 'remove_from_list', value: 'maybe', rule: 'must be true or false' },
    ],
    [
      { list_action: 'remove' },
      { name: 'list_id', rule: 'must say from which list; list_name or campaign_id may say it instead' },
    ],
  ])('is refused as %j', (parameters, fault) => {
    expect(orderOf(parameters)).toEqual({ order: null, faults: [fault] });
  });
});
