import { type ByteSource, type FileHead, FileFault, type RowPlace, type RowReader } from './byte-source';
import { CsvFile, readCsvHead } from './csv-file';
import { readXlsxHead, XlsxFile } from './xlsx-file';

const ZIP = Buffer.from('PK\u0003\u0004', 'latin1');
/** Excel until 2003, and workbooks with a password. */
const OLD_EXCEL = Buffer.from('d0cf11e0', 'hex');

/** What the file is, by what stands in it and not by what it is called. Throws a FileFault where it can't be taken. */
export async function readHead(source: ByteSource): Promise<FileHead> {
  const start = await source.read(0, ZIP.length);
  if (start.equals(OLD_EXCEL))
    throw new FileFault('the file is an old Excel file or has a password; save it as .xlsx without one, or as CSV');
  return start.equals(ZIP) ? readXlsxHead(source) : readCsvHead(source);
}

export function openRows(
  source: ByteSource,
  { format, delimiter }: Pick<FileHead, 'format' | 'delimiter'>,
  place: RowPlace,
): Promise<RowReader> {
  return format === 'xlsx' ? XlsxFile.openAt(source, place) : Promise.resolve(new CsvFile(source, delimiter, place));
}
