import type { Db } from './client';

/** So many contacts are looked at for names that somebody may have meant. */
const SAMPLE = 1_000;

/** The attributes of these names that are in the catalogue or that some contact has, and others, for whoever mistook one. */
export async function attributesOfContacts(db: Db, names: readonly string[]): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    select name from unnest(${[...names]}::text[]) name where exists (select from contact where attributes ? name)
    union
    select name from attribute
    union
    select jsonb_object_keys(attributes) from (select attributes from contact limit ${SAMPLE}) sampled
    order by name`;
  return rows.map(({ name }) => name);
}
