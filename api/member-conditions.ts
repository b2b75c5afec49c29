import { catalogueOf } from '../db/attribute';
import type { Sql } from '../db/client';
import { catalogueFaults, type MemberConditions, MemberConditionsSchema } from '../domain/member-conditions';
import { ApiError, type Fault } from './errors';
import { pointerOf } from './faults';
import { storable } from './text';

/** Conditions of lists as they come in and go out. */
export const ConditionsSchema = storable(MemberConditionsSchema).meta({
  id: 'MemberConditions',
  description: `
Groups of conditions over a case and its contact; of several values one is enough.

- Texts (\`case_title\`, \`case_status\`, \`case_external_id\`, \`contact_external_id\`, \`first_name\`, \`last_name\`, \`language\`, \`state\`, \`country\`, \`postal_code\`): \`is\`, \`is_not\`, \`contains\`, \`starts_with\`, \`is_set\`, \`is_not_set\`. Capital and small letters are the same.
- Times (\`case_created\`, \`case_changed\`, \`contact_created\`, \`contact_changed\`): \`before\` and \`on_or_after\` a day, \`in_last_days\`, \`not_in_last_days\`.
- \`tag\`, \`opted_out\` (of a channel), \`reachable\` (by a channel), \`consent\` (of a class): \`is\`, \`is_not\`.
- \`attribute\`, with its \`name\`: by its type what texts, days (also \`in_next_days\`) or numbers (\`less_than\`, \`at_least\`) can be asked.
`.trim(),
});

/** Refuses conditions over attributes that the catalogue does not know, or of another type. */
export async function requireKnownAttributes(sql: Sql, conditions: MemberConditions | null | undefined): Promise<void> {
  if (conditions === null || conditions === undefined) return;
  const faults = catalogueFaults(conditions, await catalogueOf(sql)).map(
    ({ path, message }): Fault => ({ pointer: pointerOf(['conditions', ...path]), detail: message }),
  );
  if (faults.length > 0)
    throw new ApiError('invalid_body', faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), faults);
}
