import * as z from 'zod';
import {
  cancelImport,
  changeImport,
  getImport,
  type Import,
  IMPORT_STATUSES,
  listImports,
  startImport,
} from '../../db/import';
import { listRows, ROW_OUTCOMES, type RowProblem } from '../../db/import-rows';
import { Refusal } from '../../db/refusal';
import { failedRows } from '../../imports/failed-rows';
import { previewImport } from '../../imports/preview';
import { CSV_EXAMPLE } from '../answers/lists';
import {
  ColumnSchema,
  FAILED_ROWS_EXAMPLE,
  FileAnswer,
  IMPORT_EXAMPLE,
  IMPORT_ROW_EXAMPLE,
  ImportAnswer,
  ImportPageAnswer,
  ImportRowPageAnswer,
  OnDuplicateSchema,
  PREVIEW_EXAMPLE,
  PreviewAnswer,
} from '../answers/imports';
import { pageExample } from '../answers/fields';
import { readEntry } from '../../imports/contact-entry';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { checkColumns, createUploaded, UploadQuerySchema } from '../new-import';
import { numberAt, pageBySeq, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { created, csvFile, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';
import { UploadedFile } from '../upload';

const UPLOAD_DESCRIPTION = `
The file itself is the body: CSV (UTF-8; commas, semicolons or tabs) or an Excel workbook (\`.xlsx\`; its first sheet, formulas by the values that
were saved with them). Its first row names the columns. They are matched by name; the answer says how, and the import is \`mapped\` where each was
understood, else \`uploaded\`. Nothing is taken in before it is started; then workers do, a row at a time, and carry on after any outage.
`.trim();

/**
 * POST /imports: a file
 * GET /imports
 * GET /imports/{id}
 * PATCH /imports/{id}: what its columns mean, before it is started
 * GET /imports/{id}/preview
 * POST /imports/{id}/start
 * POST /imports/{id}/cancel
 * GET /imports/{id}/rows: what became of each
 * GET /imports/{id}/failed-rows: a file to be mended and sent again
 */
export function importRoutes({ sql, config: { addressKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/imports',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'createImport',
        tag: 'Imports',
        summary: 'Send a file of people for a list',
        description: UPLOAD_DESCRIPTION,
        parameters: {
          listId: 'The list that they go onto.',
          newList: 'In place of it, the name of a list that is made with the import; needs `caseType`.',
          followsId: 'The import whose failed rows these are, mended: list, columns and policy are taken from it.',
        },
        answers: { 201: ImportAnswer },
        problems: ['unknown_reference', 'wrong_status'],
        examples: { body: CSV_EXAMPLE, answer: IMPORT_EXAMPLE },
      },
      query: UploadQuerySchema,
      bodyKind: 'file',
      body: z.instanceof(UploadedFile).meta({ shownAs: z.string() }),
      handle: async ({ query, body, caller, requestKey }) => {
        const made = await createUploaded(sql, body, query, { requestKey, actor: caller.actor });
        return created(documentOf(made), `/imports/${made.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/imports',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listImports',
        tag: 'Imports',
        summary: 'List imports, newest first',
        answers: { 200: ImportPageAnswer },
        examples: { answer: pageExample(IMPORT_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        listId: z.uuid().optional(),
        status: z.enum(IMPORT_STATUSES).optional(),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listImports(sql, { ...filter, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, shownOf));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/imports/:id',
      role: 'viewer',
      concerns: 'import',
      operation: {
        id: 'getImport',
        tag: 'Imports',
        summary: 'Read an import: how far it is, and what it came to',
        answers: { 200: ImportAnswer },
        examples: { answer: IMPORT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(documentOf(await getImport(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/imports/:id',
      role: 'editor',
      concerns: 'import',
      operation: {
        id: 'changeImport',
        tag: 'Imports',
        summary: 'Say what the columns of a file mean, before it is started',
        answers: { 200: ImportAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { columns: IMPORT_EXAMPLE.columns, onDuplicate: 'merge', revision: 1 },
          answer: IMPORT_EXAMPLE,
        },
      },
      params: IdParams,
      body: z.strictObject({
        name: text(200).min(1).optional(),
        columns: z
          .array(ColumnSchema)
          .max(200)
          .optional()
          .describe(
            'Every column of the file, in its order. One of them at least must say a phone number or a mail address.',
          ),
        onDuplicate: OnDuplicateSchema.optional(),
        revision: RevisionSchema,
      }),
      handle: async ({ params: { id }, body: { name, columns, onDuplicate, revision }, caller, ifMatch }) => {
        if (columns !== undefined) checkColumns((await getImport(sql, id)).columns, columns);
        const change = { name, columns, onDuplicate, revision: revisionAsked(ifMatch, revision) };
        return ok(documentOf(await changeImport(sql, id, change, caller.actor)));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/imports/:id/preview',
      role: 'viewer',
      concerns: 'import',
      operation: {
        id: 'previewImport',
        tag: 'Imports',
        summary: 'See how the first rows would be taken in',
        answers: { 200: PreviewAnswer },
        problems: ['wrong_status'],
        examples: { answer: PREVIEW_EXAMPLE },
      },
      params: IdParams,
      query: z.strictObject({ rows: z.coerce.number().int().min(1).max(100).default(20) }),
      handle: async ({ params: { id }, query: { rows: most } }) => {
        const waiting = await getImport(sql, id);
        const rows = await previewImport(sql, waiting, most, (input) => readEntry(input, addressKey));
        return ok({ rows: rows.map((row) => ({ ...row, problems: withColumns(row.problems, waiting) })) });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/imports/:id/start',
      role: 'editor',
      concerns: 'import',
      operation: {
        id: 'startImport',
        tag: 'Imports',
        summary: 'Have an import taken in',
        answers: { 200: ImportAnswer },
        problems: ['wrong_status'],
        examples: { answer: { ...IMPORT_EXAMPLE, status: 'running', startedAt: IMPORT_EXAMPLE.createdAt } },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => ok(documentOf(await startImport(sql, id, caller.actor))),
    }),
    defineRoute({
      method: 'post',
      path: '/imports/:id/cancel',
      role: 'editor',
      concerns: 'import',
      operation: {
        id: 'cancelImport',
        tag: 'Imports',
        summary: 'Take in no further row of an import',
        answers: { 200: ImportAnswer },
        problems: ['wrong_status'],
        examples: { answer: { ...IMPORT_EXAMPLE, status: 'cancelled', finishedAt: IMPORT_EXAMPLE.createdAt } },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => ok(documentOf(await cancelImport(sql, id, caller.actor))),
    }),
    defineRoute({
      method: 'get',
      path: '/imports/:id/rows',
      role: 'viewer',
      concerns: 'import',
      operation: {
        id: 'listImportRows',
        tag: 'Imports',
        summary: 'List what became of the rows of an import',
        parameters: { hasProblems: 'Only those about which there is something to know, or those without.' },
        answers: { 200: ImportRowPageAnswer },
        examples: { answer: pageExample(IMPORT_ROW_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({
        ...pageQuery,
        status: z.enum(ROW_OUTCOMES).optional(),
        hasProblems: z
          .enum(['true', 'false'])
          .transform((word) => word === 'true')
          .optional(),
      }),
      handle: async ({ params: { id }, query: { limit, cursor, ...filter } }) => {
        const of = await getImport(sql, id);
        const rows = await listRows(sql, id, { ...filter, after: numberAt(cursor), limit: limit + 1 });
        return ok(
          pageOf(
            rows,
            limit,
            ({ row }) => row,
            (row) => ({ ...row, problems: withColumns(row.problems, of) }),
          ),
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/imports/:id/failed-rows',
      role: 'viewer',
      concerns: 'import',
      operation: {
        id: 'getFailedRows',
        tag: 'Imports',
        summary: 'Take away the rows that were rejected, each with the reasons',
        description:
          'A CSV file with the columns of the import and `import_problem`. Mended, it goes to `createImport` with `followsId`. Kept for 30 days.',
        answers: { 200: FileAnswer },
        answersCsv: true,
        problems: ['wrong_status'],
        examples: { answer: FAILED_ROWS_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const of = await getImport(sql, id);
        if (of.forgotten) throw new Refusal('wrong_status', 'the rows were kept for 30 days and are gone');
        return csvFile('failed-rows.csv', failedRows(sql, of));
      },
    }),
  ];
}

function documentOf({ seq: _, ...shown }: Import): unknown {
  return shownOf(shown);
}

/** Where it stands within its file is nobody's business. */
function shownOf({ fileId: _, nextLine: __, nextByte: ___, delimiter: ____, ...shown }: Omit<Import, 'seq'>): unknown {
  return toDocument(shown);
}

function withColumns(problems: readonly RowProblem[], { columns }: Import): unknown[] {
  return problems.map((problem) => ({
    ...problem,
    column: columns.find(({ field }) => field === problem.field)?.column ?? null,
  }));
}
