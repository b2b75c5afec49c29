import { type CrmField, type CrmFieldMapping, type FieldWrites, fieldWrites } from '../domain/crm-field';
import type { Db } from './client';
import { getMapping } from './crm-mapping';
import type { Execution } from './execution';

/** What effects on a CRM need to know at the moment at which they are carried out. */

const MOST_CHARACTERS = 8_000;

/** A text as a note (K-15); null = it was erased. */
export async function noteOfText(db: Db, messageId: string): Promise<string | null> {
  const [row] = await db<{ direction: 'in' | 'out'; body: string; at: string }[]>`
    select direction, body, to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at
    from message where id = ${messageId}::bigint`;
  if (row === undefined || row.body === '') return null;
  const title = row.direction === 'in' ? 'Text from the contact' : 'Text to the contact';
  return `${title}, ${row.at} UTC:\n${row.body}`.slice(0, MOST_CHARACTERS);
}

/** What is written into the fields of the connection's CRM for this person, by what the campaign says now (S1-108). */
export async function fieldsToWrite(
  db: Db,
  { enrollmentId }: Pick<Execution, 'enrollmentId'>,
  connectionId: string,
): Promise<FieldWrites> {
  const [row] = await db<
    { wanted: CrmFieldMapping[]; attributes: Record<string, unknown>; answers: Record<string, unknown> }[]
  >`
    select coalesce(v.policy #> '{crm,fields}', '[]') as wanted, p.attributes,
      coalesce((
        select f.body -> 'answers' from fact f
        where f.enrollment_id = e.id and f.kind = 'form_completed' order by f.seq desc limit 1), '{}') as answers
    from enrollment e
    join contact p on p.id = e.contact_id
    join campaign k on k.id = e.campaign_id
    join version v on v.id = k.current_version_id
    where e.id = ${enrollmentId}`;
  if (row === undefined) throw new Error(`there is no enrollment ${enrollmentId}`);
  const fields: readonly CrmField[] = (await getMapping(db, connectionId)).mapping.fields;
  return fieldWrites(row.wanted, fields, { answers: row.answers, attributes: row.attributes });
}

/** The type that the rule names, as long as the CRM has it, else the one that our notes get there. */
export async function noteTypeOf(
  db: Db,
  connectionId: string,
  named: string | undefined,
): Promise<{ readonly type: string | null; readonly isOther: boolean }> {
  const { noteType, noteTypes } = (await getMapping(db, connectionId)).mapping;
  const found = noteTypes.find(({ value }) => value === named);
  return { type: found?.value ?? noteType, isOther: named !== undefined && found === undefined };
}
