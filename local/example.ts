import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiClient } from './api-client';
import { castPeople } from './cast';
import { exampleContacts } from './example-contacts';

const FOLDER = join(__dirname, '..', '..', 'examples', 'intake-follow-up');
const LIST = 'New inquiries';
const CASE_TYPE = 'personal injury';
const IN_THE_FILE = 200;

/** The settings of the company whose example this is. */
export const COMPANY = {
  companyName: 'Example Law',
  address: '1 Example Street, Springfield',
  phone: '+12125550199',
  callerNumbers: ['+12125550190', '+12125550191'],
  mailFrom: 'intake@example.com',
  lines: 20,
  ratePercent: 80,
};

export interface Example {
  readonly campaignId: string;
  /** False when an earlier start has launched it. */
  readonly isDraft: boolean;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Target {
  readonly api: ApiClient;
  readonly simulatorUrl: string;
}

/** Loads the example through the public API, ready to be launched; what an earlier start has done, or half done, is gone on with. */
export async function loadExample(
  { api, simulatorUrl }: Target,
  contacts: number,
  tell: (line: string) => void,
): Promise<Example> {
  // The file is JSON that we ship; the API validates it.
  const definition = JSON.parse(await readFile(join(FOLDER, 'campaign.json'), 'utf8')) as { name: string };
  const known = await findNamed<Named & { status: string }>(api, '/v1/campaigns', definition.name);
  if (known !== null && known.status !== 'draft') return { campaignId: known.id, isDraft: false };
  const csv = await contactsCsv(contacts);
  const campaign = known ?? (await createCampaign(api, definition, csv, tell));
  await castPeople(simulatorUrl, csv);
  return { campaignId: campaign.id, isDraft: true };
}

async function createCampaign(
  api: ApiClient,
  definition: { name: string },
  csv: string,
  tell: (line: string) => void,
): Promise<Named> {
  await api.send('PATCH', '/v1/settings', COMPANY);
  const list =
    (await findNamed(api, '/v1/lists', LIST)) ??
    (await api.send<Named>('POST', '/v1/lists', { name: LIST, caseType: CASE_TYPE }));
  const report = await api.upload<{ rows: number; rejected: number }>(`/v1/lists/${list.id}/import`, 'text/csv', csv);
  tell(`imported ${report.rows} people from examples/intake-follow-up, ${report.rejected} rejected`);
  return api.send<Named>('POST', '/v1/campaigns', { ...definition, listId: list.id });
}

async function findNamed<T extends Named>(api: ApiClient, path: string, name: string): Promise<T | null> {
  const { items } = await api.get<{ items: T[] }>(`${path}?limit=100`);
  return items.find((item) => item.name === name) ?? null;
}

async function contactsCsv(count: number): Promise<string> {
  if (count > IN_THE_FILE) return exampleContacts(count);
  const lines = (await readFile(join(FOLDER, 'contacts.csv'), 'utf8')).split('\n');
  return `${lines.slice(0, count + 1).join('\n')}\n`;
}
