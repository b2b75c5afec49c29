import type { WorkflowHandle } from '@temporalio/client';
import type { Sql } from '../db/client';
import type { Payload } from '../engine/payload-codec';

/** Words that stand for a person or a secret and for nothing else, looked for wherever they must not be. */

/** Every `table.column` of the database that holds one of the words, in any case. */
export async function columnsWith(sql: Sql, words: readonly string[]): Promise<string[]> {
  const columns = await sql<{ tableName: string; columnName: string }[]>`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' order by table_name, column_name`;
  const patterns = words.map((word) => `%${word}%`);
  const found: string[] = [];
  for (const { tableName, columnName } of columns) {
    const [row] = await sql`
      select exists (select from ${sql(tableName)} t where to_jsonb(t) ->> ${columnName} ilike any (${patterns}::text[])) as found`;
    if (row?.['found'] === true) found.push(`${tableName}.${columnName}`);
  }
  return found;
}

/** All bytes of a workflow's history, payloads and what stands beside them, as somebody reads them in Temporal's database. */
export async function historyBytes(workflow: WorkflowHandle): Promise<string> {
  const { raw } = await workflow.describe();
  return `${readable(await workflow.fetchHistory())}\n${readable(raw)}`;
}

/** Bytes become text one to one, so that a word within them is found. */
function readable(value: unknown): string {
  if (typeof value === 'string') return `${value}\n`;
  if (ArrayBuffer.isView(value))
    return `${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(readable).join('');
}

export function wordsIn(text: string, words: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return words.filter((word) => lower.includes(word.toLowerCase()));
}

/** Every payload of a message of Temporal's, but the search attributes, which the server itself has to read. */
export function payloadsOf(message: unknown): Payload[] {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message)) return [];
  // Proof: nothing else that the server sends has both.
  if ('metadata' in message && 'data' in message && ArrayBuffer.isView(message.data)) return [message as Payload];
  return Object.entries(message).flatMap(([name, value]) => (name === 'searchAttributes' ? [] : payloadsOf(value)));
}
