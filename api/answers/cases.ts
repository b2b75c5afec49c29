import * as z from 'zod';
import { Actor, At, CONTACT_NAME_EXAMPLE, ContactNameAnswer, EXAMPLE_IDS, Id, pageOfAnswers, Revision } from './fields';

export const CaseRecordAnswer = z
  .object({
    id: Id,
    externalId: z.string().describe('Its id where it comes from, as in the CRM.'),
    caseType: z.string(),
    title: z.string(),
    status: z.string().nullable().describe('As the CRM calls it.'),
    contact: ContactNameAnswer,
    lists: z.array(z.object({ id: Id, name: z.string() })).describe('The lists that it stands on.'),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
    actor: Actor,
  })
  .meta({ id: 'CaseRecord', description: 'A case of a contact: what lists name and campaigns are about.' });

export const CasePageAnswer = pageOfAnswers('CaseRecord', CaseRecordAnswer);

export const CASE_BODY_EXAMPLE = { externalId: '70001-B', caseType: 'intake', title: 'Rivera intake', status: 'New' };

export const CASE_EXAMPLE = {
  id: EXAMPLE_IDS.case,
  ...CASE_BODY_EXAMPLE,
  contact: CONTACT_NAME_EXAMPLE,
  lists: [{ id: EXAMPLE_IDS.list, name: 'Intake, spring' }],
  revision: 1,
  createdAt: '2027-03-01T17:00:00.000Z',
  updatedAt: '2027-03-01T17:00:00.000Z',
  actor: 'key:Ada',
};
