import type { Sql } from '../db/client';
import type { Import } from '../db/import';
import { rejectedRows, type RowProblem } from '../db/import-rows';
import { REASON_COLUMN } from './columns';
import { CSV_MARK, csvLine } from './csv-writer';

const PAGE = 500;

/** A CSV file of the rows that were rejected, as they stood in theirs, each with the reasons: to be mended and sent again. */
export async function* failedRows(sql: Sql, { id, columns }: Import): AsyncGenerator<string> {
  const header = columns.map(({ column }) => column).filter((column) => column !== REASON_COLUMN);
  const kept = columns.flatMap(({ column }, ix) => (column === REASON_COLUMN ? [] : [ix]));
  yield CSV_MARK + csvLine([...header, REASON_COLUMN]);
  for (let after = 0; ; ) {
    const page = await rejectedRows(sql, id, { after, limit: PAGE });
    if (page.length > 0)
      yield page
        .map(({ cells, problems, line }) => csvLine([...kept.map((ix) => cells[ix] ?? ''), reasonOf(line, problems)]))
        .join('');
    after = page.at(-1)?.row ?? after;
    if (page.length < PAGE) return;
  }
}

function reasonOf(line: number, problems: readonly RowProblem[]): string {
  const words = problems.map(({ field, rule }) => (field === 'row' ? rule : `${field}: ${rule}`));
  return `line ${line}: ${words.join('; ')}`;
}
