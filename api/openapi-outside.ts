import * as z from 'zod';
import { PAYLOADS_EXAMPLE, PayloadsSchema } from './answers/payloads';
import { answerObject, type OutsideOperation, REQUEST_ID, TEXT } from './openapi-parts';
import type { ProblemResponses } from './openapi-problems';
import type { SchemaBook } from './openapi-schemas';
import type { Tag } from './route';

/** What is answered beside `/v1`: by routers of their own, to people and providers instead of clients. */

export function outsideOperations(book: SchemaBook, problems: ProblemResponses): OutsideOperation[] {
  return [...unsubscribing(problems), ...operations(book, problems), ...codec(book, problems)];
}

function unsubscribing(problems: ProblemResponses): OutsideOperation[] {
  const parameters = [
    {
      name: 'token',
      in: 'path',
      required: true,
      description: 'As it stands in the link.',
      schema: TEXT,
      example: 'e30.x',
    },
  ];
  const answers = {
    200: answerObject('A page.', 'text/html', TEXT),
    404: answerObject('A page: the link is not complete.', 'text/html', TEXT),
    ...problems.of(['invalid_parameter', 'internal', 'unavailable']),
  };
  return [
    {
      path: '/u/{token}',
      method: 'get',
      operation: open('Unsubscribing', 'askToUnsubscribe', 'Ask whether to unsubscribe', {
        description: 'Mail scanners open every link, so this changes nothing.',
        parameters,
        responses: answers,
      }),
    },
    {
      path: '/u/{token}',
      method: 'post',
      operation: open('Unsubscribing', 'unsubscribe', 'Unsubscribe', {
        description:
          'Mail programs send it by themselves (RFC 8058), with any body and without a page having been opened.',
        parameters,
        responses: answers,
      }),
    },
  ];
}

function operations(book: SchemaBook, problems: ProblemResponses): OutsideOperation[] {
  const general = problems.of(['internal']);
  const ready = book.answered(ReadinessAnswer);
  const page = (
    path: string,
    id: string,
    summary: string,
    answers: object,
    description?: string,
  ): OutsideOperation => ({
    path,
    method: 'get',
    operation: open('Operations', id, summary, {
      ...(description === undefined ? {} : { description }),
      responses: { ...answers, ...general },
    }),
  });
  return [
    page('/healthz', 'checkHealth', 'The process answers', {
      200: answerObject('It does.', 'application/json', book.answered(HealthAnswer)),
    }),
    page(
      '/readyz',
      'checkReadiness',
      'The process can do its work',
      {
        200: answerObject('It can.', 'application/json', ready),
        503: answerObject('It can not; `parts` says what is missing.', 'application/json', ready),
      },
      'Without Temporal the API is ready all the same: facts are taken, and a STOP is obeyed.',
    ),
    {
      path: '/metrics',
      method: 'get',
      operation: {
        operationId: 'readMetrics',
        tags: ['Operations'],
        summary: 'The figures of this process and of the installation',
        description: 'In the text format of Prometheus. A key that is limited to scopes opens nothing here.',
        security: [{ bearer: [] }],
        responses: {
          200: answerObject('Figures.', 'text/plain', TEXT),
          ...problems.of(['unauthorized', 'forbidden', 'internal', 'unavailable']),
        },
      },
    },
    page('/openapi.json', 'getOpenApiDocument', 'This document', {
      200: {
        ...answerObject('OpenAPI 3.1.', 'application/json', { type: 'object' }),
        headers: { ...REQUEST_ID, ETag: { $ref: '#/components/headers/ETag' } },
      },
      304: { $ref: '#/components/responses/NotModified' },
    }),
  ];
}

function codec(book: SchemaBook, problems: ProblemResponses): OutsideOperation[] {
  const operation = (id: string, summary: string): object => ({
    operationId: id,
    tags: ['Operations'],
    summary,
    description:
      "As Temporal's UI and command line ask it of a codec server. For admins; pages of the Temporal UI (`TEMPORAL_UI_URL`) may ask with the cookie of a session.",
    security: [{ bearer: [] }, { session: [] }],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: book.sent(PayloadsSchema), example: PAYLOADS_EXAMPLE } },
    },
    responses: {
      200: {
        description: 'The same payloads in the same order.',
        headers: REQUEST_ID,
        content: { 'application/json': { schema: book.answered(PayloadsSchema), example: PAYLOADS_EXAMPLE } },
      },
      ...problems.of([
        'malformed_body',
        'unauthorized',
        'forbidden',
        'foreign_origin',
        'body_too_large',
        'unsupported_media_type',
        'invalid_body',
        'internal',
        'unavailable',
      ]),
    },
  });
  return [
    { path: '/codec/decode', method: 'post', operation: operation('decodePayloads', 'Decrypt what Temporal keeps') },
    { path: '/codec/encode', method: 'post', operation: operation('encodePayloads', 'Encrypt as for Temporal') },
  ];
}

const HealthAnswer = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

const ReadinessAnswer = z
  .object({
    status: z.enum(['ready', 'not ready']),
    parts: z.record(z.string(), z.string()).describe('What the process leans on: `ok`, or what is wrong with it.'),
  })
  .meta({ id: 'Readiness' });

function open(tag: Tag, operationId: string, summary: string, rest: object): object {
  return { operationId, tags: [tag], summary, security: [], ...rest };
}
