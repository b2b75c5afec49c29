import * as z from 'zod';
import { DUPLICATE_POLICIES, IMPORT_STATUSES } from '../../db/import';
import { ROW_OUTCOMES } from '../../db/import-rows';
import { ChannelSchema } from '../../domain/channel';
import { Actor, At, Count, EXAMPLE_IDS, Id, pageOfAnswers, Revision } from './fields';

export const ColumnSchema = z
  .strictObject({
    column: z.string().max(1_000).describe('As the file calls it.'),
    field: z
      .string()
      .max(60)
      .nullable()
      .describe('What it says: a column name of `importContacts`, `attr_<name>` or `opt_out`; null = it is left out.'),
  })
  .meta({ id: 'ImportColumn' });

export const OnDuplicateSchema = z
  .enum(DUPLICATE_POLICIES)
  .describe(
    'What becomes of a row whose person is known by external id, case, or name and address: `skip` leaves the person as they are; `update` takes what the file says; `merge` fills in what is not known; `create` makes another contact all the same. Opt-outs of the file always count.',
  );

export const ImportAnswer = z
  .object({
    id: Id,
    listId: Id,
    caseType: z.string().describe('Of the list.'),
    followsId: Id.nullable().describe('The import whose failed rows these are.'),
    name: z.string(),
    format: z.enum(['csv', 'xlsx']),
    bytes: Count,
    status: z
      .enum(IMPORT_STATUSES)
      .describe(
        '`uploaded`: some columns were not understood. `mapped`: it can be started. `failed`: the file could not be read to its end.',
      ),
    columns: z.array(ColumnSchema).describe('In the order of the file.'),
    onDuplicate: OnDuplicateSchema,
    failure: z.string().nullable().describe('Why the file could not be read any further.'),
    rows: Count.describe('Rows that were taken or rejected so far.'),
    share: z.number().min(0).max(1).describe('How much of the file was read.'),
    counts: z.object({
      created: Count,
      updated: Count,
      merged: Count,
      skipped: Count,
      rejected: Count,
      withProblems: Count.describe('Of those that were taken in.'),
    }),
    forgotten: z.boolean().describe('Values of the file were taken away: 30 days after its end.'),
    revision: Revision,
    createdAt: At,
    startedAt: At.nullable(),
    finishedAt: At.nullable(),
    actor: Actor,
    startedBy: Actor.nullable(),
  })
  .meta({ id: 'Import', description: 'A file of people on its way onto a list.' });

export const ImportPageAnswer = pageOfAnswers('Import', ImportAnswer);

const ProblemAnswer = z
  .object({
    field: z.string().describe('As in `columns`; `row` = the whole of it.'),
    column: z.string().nullable().describe('What the file calls it.'),
    value: z.unknown().optional().describe('What stood there.'),
    rule: z.string(),
  })
  .meta({ id: 'ImportProblem' });

const row = {
  row: z.int().min(1).describe('From 1, without the header.'),
  line: z.int().min(1).describe('Where it stands in the file, as a spreadsheet counts.'),
  status: z.enum(ROW_OUTCOMES),
  contactId: Id.nullable(),
  problems: z.array(ProblemAnswer).describe('Why it was rejected or skipped, or what was left out of it.'),
};

export const ImportRowPageAnswer = pageOfAnswers('ImportRow', z.object(row).meta({ id: 'ImportRow' }));

export const PreviewAnswer = z
  .object({
    rows: z.array(
      z.object({
        ...row,
        contact: z
          .object({
            externalId: z.string().nullable(),
            firstName: z.string().nullable(),
            lastName: z.string().nullable(),
            phones: z.array(z.string()),
            emails: z.array(z.string()),
            caseExternalId: z.string().nullable(),
            optOut: z.array(ChannelSchema),
          })
          .nullable()
          .describe('As it would be stored; null = it would be rejected as it stands.'),
      }),
    ),
  })
  .meta({ id: 'ImportPreview', description: 'The first rows as they would be taken in now. Nothing was stored.' });

export const FileAnswer = z
  .string()
  .describe('UTF-8 with a byte order mark. Text that a spreadsheet could take for a formula begins with "\'".');

export const IMPORT_EXAMPLE = {
  id: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a11',
  listId: EXAMPLE_IDS.list,
  caseType: 'intake',
  followsId: null,
  name: 'spring.csv',
  format: 'csv',
  bytes: 1_204,
  status: 'mapped',
  columns: [
    { column: 'Client ID', field: 'external_id' },
    { column: 'First name', field: 'first_name' },
    { column: 'Mobile', field: 'phone' },
    { column: 'Remarks', field: null },
  ],
  onDuplicate: 'update',
  failure: null,
  rows: 0,
  share: 0,
  counts: { created: 0, updated: 0, merged: 0, skipped: 0, rejected: 0, withProblems: 0 },
  forgotten: false,
  revision: 2,
  createdAt: '2027-03-01T17:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  actor: 'key:console',
  startedBy: null,
};

const PROBLEM_EXAMPLE = {
  field: 'phone',
  column: 'Mobile',
  value: '12',
  rule: 'the number is in no range that is in service',
};

export const IMPORT_ROW_EXAMPLE = {
  row: 2,
  line: 3,
  status: 'rejected',
  contactId: null,
  problems: [
    PROBLEM_EXAMPLE,
    { field: 'row', column: null, rule: 'a contact needs a usable phone number or mail address' },
  ],
};

export const PREVIEW_EXAMPLE = {
  rows: [
    {
      row: 1,
      line: 2,
      status: 'created',
      contactId: null,
      problems: [],
      contact: {
        externalId: 'P-1001',
        firstName: 'Asha',
        lastName: 'Rivera',
        phones: ['+12125550123'],
        emails: [],
        caseExternalId: '70001',
        optOut: [],
      },
    },
    { ...IMPORT_ROW_EXAMPLE, contact: null },
  ],
};

export const EXPORT_EXAMPLE = `external_id,first_name,last_name,case_external_id,phone
P-1001,Asha,Rivera,70001,+12125550123
`;

export const FAILED_ROWS_EXAMPLE = `Client ID,First name,Mobile,import_problem
P-1002,Ben,12,line 3: phone: the number is in no range that is in service
`;
