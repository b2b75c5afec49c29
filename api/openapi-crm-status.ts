import { type OutsideOperation, REQUEST_ID, TEXT } from './openapi-parts';
import type { ProblemResponses } from './openapi-problems';

/** What a CRM calls when somebody has changed the status of a case. */
export function crmStatusOperations(problems: ProblemResponses): OutsideOperation[] {
  const schema = { type: 'object', additionalProperties: true };
  const example = { caseId: '70001', status: 'Retained' };
  return [
    {
      path: '/webhooks/crm-status/{connection}',
      method: 'post',
      operation: {
        operationId: 'tellCrmStatus',
        tags: ['Webhooks'],
        summary: 'The status of a case has changed in a CRM',
        description:
          'JSON or a form; where it has what stands in the mapping of the connection. The same told again changes nothing.',
        security: [{ crmToken: [] }, { crmSignature: [] }],
        parameters: [
          {
            name: 'connection',
            in: 'path',
            required: true,
            description: 'Id of the connection.',
            schema: { type: 'string', format: 'uuid' },
          },
          { name: 'token', in: 'query', required: false, description: 'As it stands in the address.', schema: TEXT },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': { schema, example },
            'application/x-www-form-urlencoded': { schema, example },
          },
        },
        responses: {
          204: { description: 'Stored.', headers: REQUEST_ID },
          ...problems.of(['forged', 'malformed_body', 'body_too_large', 'invalid_body', 'internal', 'unavailable']),
        },
      },
    },
  ];
}
