import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiClient } from './api-client';
import { castPeople } from './cast';
import { exampleContacts } from './example-contacts';

const FOLDER = join(__dirname, '..', '..', 'examples', 'intake-follow-up');
const CASE_TYPE = 'personal injury';

export interface Example {
  readonly campaignId: string;
  /** False when an earlier start had loaded it. */
  readonly fresh: boolean;
}

interface ImportReport {
  readonly rows: number;
  readonly created: number;
  readonly rejected: number;
}

/** Loads the example through the public API and launches it; what an earlier start has done stays as it is. */
export async function loadExample(
  { api, simulatorUrl }: { api: ApiClient; simulatorUrl: string },
  contacts: number,
  tell: (line: string) => void,
): Promise<Example> {
  // The file is JSON that we ship; the API validates it.
  const definition = JSON.parse(await readFile(join(FOLDER, 'campaign.json'), 'utf8')) as { name: string };
  const known = await findCampaign(api, definition.name);
  if (known !== null) {
    if (known.status === 'draft') await api.send('POST', `/v1/campaigns/${known.id}/launch`);
    return { campaignId: known.id, fresh: false };
  }
  await api.send('PATCH', '/v1/settings', {
    companyName: 'Example Law',
    address: '1 Example Street, Springfield',
    phone: '+12125550199',
    callerNumbers: ['+12125550190', '+12125550191'],
    mailFrom: 'intake@example.com',
    lines: 20,
    ratePercent: 80,
  });
  const list = await api.send<{ id: string }>('POST', '/v1/lists', { name: 'New inquiries', caseType: CASE_TYPE });
  const csv = await contactsCsv(contacts);
  await castPeople(simulatorUrl, csv);
  const report = await api.upload<ImportReport>(`/v1/lists/${list.id}/import`, 'text/csv', csv);
  tell(`imported ${report.rows} rows: ${report.created} people, ${report.rejected} rejected`);
  const campaign = await api.send<{ id: string }>('POST', '/v1/campaigns', { ...definition, listId: list.id });
  await api.send('POST', `/v1/campaigns/${campaign.id}/launch`);
  return { campaignId: campaign.id, fresh: true };
}

async function findCampaign(api: ApiClient, name: string): Promise<{ id: string; status: string } | null> {
  const { items } = await api.get<{ items: { id: string; name: string; status: string }[] }>('/v1/campaigns?limit=100');
  return items.find((campaign) => campaign.name === name) ?? null;
}

const IN_THE_FILE = 200;

async function contactsCsv(count: number): Promise<string> {
  if (count > IN_THE_FILE) return exampleContacts(count);
  const lines = (await readFile(join(FOLDER, 'contacts.csv'), 'utf8')).split('\n');
  return `${lines.slice(0, count + 1).join('\n')}\n`;
}
