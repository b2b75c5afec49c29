import * as z from 'zod';
import type { Sql } from '../db/client';
import { createImport, getImport, type Import, type ImportColumn, type NewImport, requireList } from '../db/import';
import { Refusal } from '../db/refusal';
import { dropFile, FileBytes } from '../db/stored-file';
import { idOfRequest } from '../db/tokens';
import { type FileHead, FileFault } from '../imports/byte-source';
import { isComplete, isMappable, proposeColumns, saysAddress } from '../imports/columns';
import { readHead } from '../imports/open-file';
import { OnDuplicateSchema } from './answers/imports';
import { ApiError, type Fault } from './errors';
import { text } from './text';
import type { UploadedFile } from './upload';

const MOST_COLUMNS = 200;
const LONGEST_COLUMN = 1_000;

export const UploadQuerySchema = z.strictObject({
  listId: z.uuid().optional(),
  newList: text(120).min(3).optional(),
  caseType: text(120).min(1).optional(),
  followsId: z.uuid().optional(),
  name: text(200).min(1).optional(),
  onDuplicate: OnDuplicateSchema.optional(),
});
type UploadQuery = z.output<typeof UploadQuerySchema>;

interface By {
  readonly requestKey: string;
  readonly actor: string;
}

/** Makes the import of a file that has just come in. A file that can't be taken is not kept. */
export async function createUploaded(sql: Sql, file: UploadedFile, query: UploadQuery, by: By): Promise<Import> {
  try {
    const made = await createImport(sql, await draftOf(sql, file, query, by.requestKey), by.actor);
    // Sent again under the same key: the first one is what it is about.
    if (made.fileId !== file.id) await dropFile(sql, file.id);
    return made;
  } catch (error) {
    await dropFile(sql, file.id);
    throw error instanceof FileFault ? badFile(error.message) : error;
  }
}

async function draftOf(sql: Sql, file: UploadedFile, query: UploadQuery, requestKey: string): Promise<NewImport> {
  const followed = query.followsId === undefined ? null : await followedBy(sql, query.followsId);
  const list = await listOf(sql, query, followed, requestKey);
  const head = await readHead(new FileBytes(sql, file.id, file.bytes));
  const columns = columnsOf(head, followed);
  return {
    id: idOfRequest(requestKey),
    list,
    followsId: followed?.id ?? null,
    name: query.name ?? (followed === null ? `import.${head.format}` : followed.name),
    format: head.format,
    delimiter: head.delimiter,
    fileId: file.id,
    bytes: file.bytes,
    sha256: file.sha256,
    columns,
    status: isComplete(columns, new Set(followed?.columns.map(({ column }) => column))) ? 'mapped' : 'uploaded',
    onDuplicate: query.onDuplicate ?? followed?.onDuplicate ?? 'update',
    nextLine: head.rowsFrom.line,
    nextByte: head.rowsFrom.byte,
  };
}

async function followedBy(sql: Sql, id: string): Promise<Import> {
  try {
    return await getImport(sql, id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw badParameter('followsId', 'there is no such import', id);
  }
}

async function listOf(
  sql: Sql,
  { listId, newList, caseType }: UploadQuery,
  followed: Import | null,
  requestKey: string,
): Promise<NewImport['list']> {
  if (listId !== undefined && newList !== undefined)
    throw badParameter('newList', 'must be left out where listId names a list', newList);
  if (newList !== undefined && caseType === undefined)
    throw badParameter('caseType', 'must be given with newList: every case of a list is of one type');
  if (newList !== undefined && caseType !== undefined)
    return { id: idOfRequest(`${requestKey}/list`), name: newList, caseType };
  const id = listId ?? followed?.listId;
  if (id === undefined) throw badParameter('listId', 'must be given, or newList with caseType, or followsId');
  return requireList(sql, id);
}

/** As the import that it follows has them, where the names are the same; else as they seem to be. */
function columnsOf({ header }: FileHead, followed: Import | null): ImportColumn[] {
  if (header.length > MOST_COLUMNS) throw new FileFault(`the header names more than ${MOST_COLUMNS} columns`);
  if (header.some((cell) => cell.length > LONGEST_COLUMN))
    throw new FileFault(`the header has a name of more than ${LONGEST_COLUMN} characters`);
  const said = new Map(followed?.columns.map(({ column, field }) => [column, field]) ?? []);
  const own = proposeColumns(header);
  if (followed === null || !own.some(({ column }) => said.has(column))) return own;
  const taken = new Set<string | null>();
  return own.map(({ column, field: likely }) => {
    const field = said.has(column) ? (said.get(column) ?? null) : likely;
    const isTaken = field !== null && taken.has(field);
    taken.add(field);
    return { column, field: isTaken ? null : field };
  });
}

/** Refuses a mapping that is not one of every column of the file, or by which nobody could be reached. */
export function checkColumns(file: readonly ImportColumn[], given: readonly ImportColumn[]): void {
  const faults: Fault[] = [];
  if (given.length !== file.length)
    faults.push({
      pointer: '#/columns',
      detail: `must name the ${file.length} columns of the file`,
      value: given.length,
    });
  given.forEach(({ column, field }, ix) => {
    const own = file[ix]?.column;
    if (own !== undefined && own !== column)
      faults.push({ pointer: `#/columns/${ix}/column`, detail: `must be "${own}", as in the file`, value: column });
    if (field === null) return;
    const pointer = `#/columns/${ix}/field`;
    if (!isMappable(field)) faults.push({ pointer, detail: 'this field is not known', value: field });
    if (given.findIndex((other) => other.field === field) < ix)
      faults.push({ pointer, detail: 'another column says this already', value: field });
  });
  if (faults.length === 0 && !saysAddress(given))
    faults.push({
      pointer: '#/columns',
      detail: 'one of them must be a phone or an email: nobody could be reached else',
    });
  if (faults.length > 0)
    throw new ApiError('invalid_body', faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), faults);
}

function badFile(detail: string): ApiError {
  return new ApiError('invalid_body', detail, [{ pointer: '#', detail }]);
}

function badParameter(name: string, detail: string, value?: string): ApiError {
  const fault = { pointer: `#/${name}`, in: 'query' as const, detail, ...(value === undefined ? {} : { value }) };
  return new ApiError('invalid_parameter', `${name}: ${detail}`, [fault]);
}
