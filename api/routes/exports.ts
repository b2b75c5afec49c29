import { requireCampaign } from '../../db/campaign';
import { getList } from '../../db/list';
import { exportPeople } from '../../imports/export-people';
import { EXPORT_EXAMPLE, FileAnswer } from '../answers/imports';
import type { ApiDeps } from '../deps';
import { csvFile, defineRoute, IdParams, type Route } from '../route';

const DESCRIPTION =
  'A CSV file in the columns that imports take, a row for each case. Sent to `createImport`, it changes nothing. Addresses that are known to be wrong, and whoever was erased, are not in it.';

/**
 * GET /lists/{id}/contacts/export
 * GET /campaigns/{id}/contacts/export
 */
export function exportRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/lists/:id/contacts/export',
      role: 'viewer',
      concerns: 'list',
      operation: {
        id: 'exportListContacts',
        tag: 'Imports',
        summary: 'Take away the people of a list with their cases',
        description: DESCRIPTION,
        answers: { 200: FileAnswer },
        answersCsv: true,
        examples: { answer: EXPORT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        await getList(sql, id);
        return csvFile('list.csv', exportPeople(sql, { listId: id }));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/contacts/export',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'exportCampaignContacts',
        tag: 'Imports',
        summary: 'Take away the people of a campaign with their cases',
        description: DESCRIPTION,
        answers: { 200: FileAnswer },
        answersCsv: true,
        examples: { answer: EXPORT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        await requireCampaign(sql, id);
        return csvFile('campaign.csv', exportPeople(sql, { campaignId: id }));
      },
    }),
  ];
}
