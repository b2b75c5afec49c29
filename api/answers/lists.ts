import * as z from 'zod';
import { ConditionsSchema } from '../member-conditions';
import {
  Actor,
  At,
  CONTACT_NAME_EXAMPLE,
  ContactNameAnswer,
  Count,
  EXAMPLE_IDS,
  Id,
  pageOfAnswers,
  RealTime,
  Revision,
} from './fields';

export const ListAnswer = z
  .object({
    id: Id,
    name: z.string(),
    caseType: z
      .string()
      .describe('The kind of case that the list names, as the CRM calls it; every case on it is of this type.'),
    kind: z.enum(['static', 'dynamic', 'hybrid']),
    conditions: ConditionsSchema.nullable().describe('By which cases come and go; null = a static list.'),
    lookedAt: RealTime.nullable().describe(
      'When all cases had last been held against the conditions; null = they are being for the first time since these changed.',
    ),
    cases: Count.describe('Cases on the list.'),
    contacts: Count.describe('Distinct people of those cases: the audience of a campaign.'),
    revision: Revision,
    createdAt: At,
    actor: Actor,
  })
  .meta({ id: 'List', description: 'Names the cases whose people a campaign reaches.' });

export const ListPageAnswer = pageOfAnswers('List', ListAnswer);

const RowFaultAnswer = z
  .object({
    field: z.string().describe('The column of the file, or the JSON pointer into the item; `row` = the whole row.'),
    value: z.unknown().optional().describe('What was sent; left out if nothing was.'),
    rule: z.string().describe('What it breaks.'),
  })
  .meta({ id: 'RowFault' });

const rowResult = {
  status: z
    .enum(['created', 'updated', 'duplicate', 'rejected'])
    .describe('`duplicate`: an earlier row had the same external id, and this one has updated what that one stored.'),
  contactId: Id.optional().describe('Left out of rejected rows.'),
  errors: z
    .array(RowFaultAnswer)
    .describe('What was left out of a row that was taken in, or why the row was rejected.'),
};

const report = {
  rows: Count,
  created: Count,
  updated: Count.describe('Duplicates among them.'),
  rejected: Count,
};

export const ContactsReportAnswer = z
  .object({
    ...report,
    results: z.array(z.object({ index: Count.describe('Place of the item, from 0.'), ...rowResult })),
  })
  .meta({ id: 'ContactsReport', description: 'What became of each person that was sent.' });

export const ImportReportAnswer = z
  .object({
    ...report,
    results: z.array(z.object({ line: z.int().min(1).describe('Where the row begins in the file.'), ...rowResult })),
  })
  .meta({ id: 'ImportReport', description: 'What became of each row of the file.' });

export const CONDITIONS_EXAMPLE = {
  match: 'all',
  groups: [
    {
      match: 'all',
      conditions: [
        { field: 'case_status', op: 'is', values: ['New', 'Open'] },
        { field: 'opted_out', op: 'is_not', values: ['sms'] },
      ],
    },
    { match: 'any', conditions: [{ field: 'tag', op: 'is', values: ['spring'] }] },
  ],
};

export const LIST_BODY_EXAMPLE = {
  name: 'Intake, spring',
  caseType: 'intake',
  kind: 'hybrid',
  conditions: CONDITIONS_EXAMPLE,
};

const MemberAnswer = z
  .object({
    caseId: Id,
    externalId: z.string(),
    title: z.string(),
    status: z.string().nullable(),
    contact: ContactNameAnswer,
    source: z
      .enum(['manual', 'conditions', 'excluded'])
      .describe('Put there by hand, import or CRM; there by the conditions; or taken off a hybrid list for good.'),
  })
  .meta({ id: 'Member', description: 'A case on a list.' });

export const MemberPageAnswer = pageOfAnswers('Member', MemberAnswer);

export const MemberResultsAnswer = z
  .object({
    results: z.array(
      z.object({
        name: z.string().describe('The id or external id as it was sent.'),
        caseId: Id.nullable(),
        status: z.enum(['added', 'removed', 'unchanged', 'refused']),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'MemberResults', description: 'What became of each case that was named.' });

export const PreviewAnswer = z
  .object({
    cases: Count,
    contacts: Count.describe('Distinct people of those cases.'),
    sample: z.array(
      z.object({
        caseId: Id,
        externalId: z.string(),
        title: z.string(),
        status: z.string().nullable(),
        contact: z.object({ id: Id, firstName: z.string(), lastName: z.string() }),
      }),
    ),
  })
  .meta({ id: 'MemberPreview', description: 'Who would be on such a list, with the first few.' });

const MEMBER = { caseId: EXAMPLE_IDS.case, externalId: '70001', title: 'Rivera intake', status: 'New' };

export const MEMBER_EXAMPLE = { ...MEMBER, contact: CONTACT_NAME_EXAMPLE, source: 'conditions' };

export const MEMBERS_BODY_EXAMPLE = { externalIds: ['70001', '70002'] };

export const MEMBER_RESULTS_EXAMPLE = {
  results: [
    { name: '70001', caseId: EXAMPLE_IDS.case, status: 'added', reason: null },
    { name: '70002', caseId: null, status: 'refused', reason: 'there is no such case' },
  ],
};

export const PREVIEW_EXAMPLE = {
  cases: 1,
  contacts: 1,
  sample: [{ ...MEMBER, contact: { id: EXAMPLE_IDS.contact, firstName: 'Asha', lastName: 'Rivera' } }],
};

export const LIST_EXAMPLE = {
  id: EXAMPLE_IDS.list,
  ...LIST_BODY_EXAMPLE,
  lookedAt: null,
  cases: 0,
  contacts: 0,
  revision: 1,
  createdAt: '2027-03-01T17:00:00.000Z',
  actor: 'key:console',
};

export const ENTRIES_EXAMPLE = {
  items: [
    {
      contact: {
        externalId: 'P-1001',
        firstName: 'Asha',
        lastName: 'Rivera',
        zone: 'America/New_York',
        phones: ['+12125550123'],
        emails: ['asha@example.com'],
      },
      cases: [{ externalId: '70001', title: 'Rivera intake', status: 'New' }],
    },
    { contact: { externalId: 'P-1002', firstName: 'Ben', phones: ['not a number'] } },
  ],
};

export const CONTACTS_REPORT_EXAMPLE = {
  rows: 2,
  created: 1,
  updated: 0,
  rejected: 1,
  results: [
    { index: 0, status: 'created', contactId: EXAMPLE_IDS.contact, errors: [] },
    {
      index: 1,
      status: 'rejected',
      errors: [
        { field: '#/contact/phones/0', value: 'not a number', rule: '"not a number" is not a phone number' },
        { field: '#/contact', rule: 'a contact needs a usable phone number or mail address' },
      ],
    },
  ],
};

export const CSV_EXAMPLE = `external_id,first_name,last_name,phone,email,zone,case_external_id
P-1001,Asha,Rivera,+12125550123,asha@example.com,America/New_York,70001
P-1002,Ben,Okafor,+12125550124,ben@example.com,America/New_York,70002
`;

export const IMPORT_REPORT_EXAMPLE = {
  rows: 2,
  created: 1,
  updated: 1,
  rejected: 0,
  results: [
    { line: 2, status: 'created', contactId: EXAMPLE_IDS.contact, errors: [] },
    { line: 3, status: 'updated', contactId: EXAMPLE_IDS.otherContact, errors: [] },
  ],
};
