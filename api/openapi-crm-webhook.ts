import * as z from 'zod';
import { CRM_RECEIPT_EXAMPLE, CRM_RECORD_EXAMPLE, CrmReceiptAnswer, URL_PARAMETERS } from './answers/feeds';
import { type OutsideOperation, REQUEST_ID, TEXT } from './openapi-parts';
import type { ProblemResponses } from './openapi-problems';
import type { SchemaBook } from './openapi-schemas';

/** What a CRM calls. */

const RecordSchema = z.record(z.string(), z.unknown()).meta({
  id: 'CrmRecord',
  description: `
One case with its client, by whatever names the CRM has for them: capitals, blanks, \`_\` and \`.\` make no difference, and
objects within objects are read by the names that lead to them. The case: \`LeadId\` (\`CaseId\`, \`MatterId\`), \`CaseType\`,
\`Status\`, \`CaseTitle\`. The client: \`ClientId\`, \`FirstName\`, \`LastName\`, \`CellPhone\`, \`Phone\`, \`HomePhone\`,
\`WorkPhone\`, \`Email\`, \`State\`, \`Zip\`, \`Country\`, \`TimeZone\`, \`Language\`. The parameters of the address may stand here as well.
`.trim(),
});

export function crmWebhookOperation(book: SchemaBook, problems: ProblemResponses): OutsideOperation {
  const parameters = Object.entries(URL_PARAMETERS).map(([name, description]) => ({
    name,
    in: 'query',
    required: false,
    description,
    schema: TEXT,
  }));
  const token = {
    name: 'token',
    in: 'path',
    required: true,
    description: 'As it stands in the address, or the id of the connection where the CRM signs.',
    schema: TEXT,
  };
  const schema = book.sent(RecordSchema);
  const content = { schema, example: CRM_RECORD_EXAMPLE };
  return {
    path: '/webhooks/crm/{token}',
    method: 'post',
    operation: {
      operationId: 'takeCrmRecord',
      tags: ['Connections'],
      summary: 'A CRM tells of a case',
      description:
        'Stores the case with its client and puts it on lists, as the address says or, where it says nothing, as the feeds of the lists do. The same told again changes nothing. What is refused is kept with the reason (`GET /v1/connections/{id}/arrivals`).',
      security: [{}, { crmSignature: [] }],
      parameters: [token, ...parameters],
      requestBody: {
        required: true,
        content: { 'application/json': content, 'application/x-www-form-urlencoded': { schema } },
      },
      responses: {
        200: {
          description: 'What was made of it.',
          headers: REQUEST_ID,
          content: { 'application/json': { schema: book.answered(CrmReceiptAnswer), example: CRM_RECEIPT_EXAMPLE } },
        },
        ...problems.of([
          'malformed_body',
          'invalid_parameter',
          'forged',
          'body_too_large',
          'unsupported_media_type',
          'invalid_body',
          'internal',
          'unavailable',
        ]),
      },
    },
  };
}
