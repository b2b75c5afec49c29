import { parseTemplate, render } from '../domain/template';
import type { Db } from './client';
import type { Execution } from './execution';

interface Person {
  firstName: string;
  lastName: string;
  attributes: Record<string, unknown>;
  companyName: string;
  subject: string;
}

const MOST_NOTE_CHARACTERS = 8_000;

/** A CRM note with its variables filled in; null when one of them has neither value nor default. */
export async function renderNote(
  db: Db,
  { enrollmentId, payload }: Pick<Execution, 'enrollmentId' | 'payload'>,
): Promise<string | null> {
  const [person] = await db<Person[]>`
    select p.first_name, p.last_name, p.attributes, s.company_name, c.subject
    from enrollment e
    join contact p on p.id = e.contact_id
    join campaign c on c.id = e.campaign_id
    cross join settings s
    where e.id = ${enrollmentId}`;
  if (person === undefined) throw new Error(`there is no enrollment ${enrollmentId}`);
  const rendered = render(
    parseTemplate(payload.text ?? ''),
    {
      contact: {
        ...person.attributes,
        first_name: person.firstName,
        last_name: person.lastName,
        full_name: `${person.firstName} ${person.lastName}`.trim(),
      },
      company: { name: person.companyName },
      campaign: { subject: person.subject },
    },
    MOST_NOTE_CHARACTERS,
  );
  return rendered.ok ? rendered.text : null;
}
