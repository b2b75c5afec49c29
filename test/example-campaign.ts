import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMPANY } from '../local/example';
import { tellSimulator } from './story';
import type { Topology } from './topology';

/** The example of the README on fewer people: those of the file who live on the mainland, so that a day there is shorter. */

const FOLDER = join(__dirname, '..', 'examples', 'intake-follow-up');
/** Hawaii and Puerto Rico. */
const FAR_AWAY = /,\+1(808|787)/;
const PHONE = 3;
const MAIL = 4;

/** Hours to the minute, so that nothing depends on chance. */
const SETTINGS = { ...COMPANY, openingJitterSeconds: 0, closingMarginSeconds: 0 };

/** One person for each script, through the public API; answers the campaign's id. */
export async function launchExample({ api, simulator }: Topology, scripts: readonly string[]): Promise<string> {
  const [header = '', ...rows] = (await readFile(join(FOLDER, 'contacts.csv'), 'utf8')).trim().split('\n');
  const people = rows.filter((row) => !FAR_AWAY.test(row)).slice(0, scripts.length);
  for (const [ix, script] of scripts.entries()) {
    const cells = people[ix]?.split(',') ?? [];
    await tellSimulator(simulator.httpUrl, 'people', { phone: cells[PHONE], email: cells[MAIL], script });
  }
  await api.send('PATCH', '/v1/settings', SETTINGS);
  const list = await api.send<{ id: string }>('POST', '/v1/lists', { name: 'New inquiries', caseType: 'injury' });
  await api.upload(`/v1/lists/${list.id}/import`, 'text/csv', `${[header, ...people].join('\n')}\n`);
  // The file is JSON that we ship; the API validates it.
  const definition = JSON.parse(await readFile(join(FOLDER, 'campaign.json'), 'utf8')) as object;
  const campaign = await api.send<{ id: string }>('POST', '/v1/campaigns', { ...definition, listId: list.id });
  await api.send('POST', `/v1/campaigns/${campaign.id}/launch`);
  return campaign.id;
}
