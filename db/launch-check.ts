import type { CampaignDefinition } from '../domain/campaign-definition';
import type { Channel } from '../domain/channel';
import type { Db } from './client';
import { partProblems } from './compatibility';
import type { RefusedField } from './refusal';
import { getSettings } from './settings';
import { settingsProblems } from './settings-check';

/** Everything that keeps a complete definition from being launched, each with the field that it is about. */
export async function launchProblems(db: Db, definition: CampaignDefinition): Promise<RefusedField[]> {
  const { listId, plan, policy } = definition;
  const { callerNumbers, mailFrom, address } = await getSettings(db);
  const places = placesByChannel(plan);
  const problems = await listProblems(db, listId, policy.neverEnding);
  if (callerNumbers.length === 0) {
    problems.push(...problemAt(places.voice, 'calls need a caller number; the settings have none (callerNumbers)'));
    problems.push(...problemAt(places.sms, 'texts need a caller number; the settings have none (callerNumbers)'));
  }
  if (mailFrom === '')
    problems.push(...problemAt(places.email, 'mails need a sender; the settings have none (mailFrom)'));
  // CAN-SPAM: every mail names the sender's postal address (compliance C15).
  if (address.trim() === '')
    problems.push(
      ...problemAt(places.email, "mails carry the company's postal address; the settings have none (address)"),
    );
  problems.push(...(await settingsProblems(db, policy, places)), ...(await partProblems(db, definition)));
  return problems;
}

/** S1-19, S1-20: the list has a case type, and all its cases are of it. Who takes people in for ever may begin with nobody (K-6, K-17). */
async function listProblems(db: Db, listId: string, mayBeEmpty: boolean): Promise<RefusedField[]> {
  const [row] = await db<{ caseType: string; members: number; strangers: number }[]>`
    select l.case_type, count(m.case_id)::int as members,
      (count(m.case_id) filter (where k.case_type <> l.case_type))::int as strangers
    from list l
    left join list_member m on m.list_id = l.id
    left join cases k on k.id = m.case_id
    where l.id = ${listId}
    group by l.id`;
  if (row === undefined) return [{ pointer: '#/listId', detail: 'there is no such list', value: listId }];
  if (row.caseType === '') return [{ pointer: '#/listId', detail: 'the list has no case type (S1-19)', value: listId }];
  if (row.members === 0 && !mayBeEmpty)
    return [{ pointer: '#/listId', detail: 'the list has no cases yet', value: listId }];
  if (row.strangers === 0) return [];
  return [
    {
      pointer: '#/listId',
      detail: `${row.strangers} of the list's ${row.members} cases are not of its case type "${row.caseType}"`,
      value: listId,
    },
  ];
}

/** Where the plan first uses each channel. */
function placesByChannel({ runs }: CampaignDefinition['plan']): Partial<Record<Channel, string>> {
  const places: Partial<Record<Channel, string>> = {};
  runs.forEach((run, runAt) => {
    if (run.calls !== undefined) places.voice ??= `#/plan/runs/${runAt}/calls`;
    run.messages.forEach(({ channel }, at) => {
      places[channel] ??= `#/plan/runs/${runAt}/messages/${at}`;
    });
  });
  return places;
}

function problemAt(pointer: string | undefined, detail: string): RefusedField[] {
  return pointer === undefined ? [] : [{ pointer, detail }];
}
