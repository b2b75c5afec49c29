import * as z from 'zod';
import './openapi-components';
import { EVENT_STREAM } from './event-stream';
import { DESCRIPTION, HEADERS, PARAMETERS, RESPONSES, SECURITY_SCHEMES, TAGS } from './openapi-frame';
import { COMMON_HEADERS, ProblemResponses, problemsOf } from './openapi-problems';
import { crmWebhookOperation } from './openapi-crm-webhook';
import { type JsonSchema, SchemaBook } from './openapi-schemas';
import { crmStatusOperations } from './openapi-crm-status';
import { outsideOperations } from './openapi-outside';
import { webhookOperations } from './openapi-webhooks';
import { MEDIA_TYPES } from './body';
import type { Operation, Route } from './route';
import { concernSentence } from './case-scope';
import { scopesOf } from './scopes';

export type OpenApiDocument = ReturnType<typeof openApiDocument>;

const BASE = '/v1';

/** The OpenAPI 3.1 document of the routes, made of the schemas that their requests are checked by. */
export function openApiDocument(routes: readonly Route[]) {
  const book = new SchemaBook();
  const problems = new ProblemResponses(book);
  const paths: Record<string, Record<string, object>> = {};
  const add = (path: string, method: string, operation: object) => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const route of routes) add(BASE + template(route.path), route.method, operationObject(route, book, problems));
  for (const { path, method, operation } of [
    ...outsideOperations(book, problems),
    ...webhookOperations(book, problems),
    crmWebhookOperation(book, problems),
    ...crmStatusOperations(problems),
  ])
    add(path, method, operation);
  return book.settle({
    openapi: '3.1.1',
    info: {
      title: 'Followthrough API',
      version: '1.0.0',
      summary: 'Outreach campaigns that nobody falls out of.',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document was read.' }],
    tags: TAGS,
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      headers: HEADERS,
      parameters: PARAMETERS,
      responses: { ...RESPONSES, ...problems.responses() },
      examples: problems.examples(),
    },
  });
}

function operationObject(route: Route, book: SchemaBook, problems: ProblemResponses): object {
  const { operation } = route;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.description, rightsOf(route, operation)].filter((text) => text !== undefined).join('\n\n'),
    ...(route.role === 'anyone' ? { security: [] } : {}),
    parameters: parametersOf(route, book),
    ...requestBody(route, operation, book),
    responses: {
      ...answersOf(route, operation, book),
      ...(mayBeUnchanged(route) ? { 304: { $ref: '#/components/responses/NotModified' } } : {}),
      ...problems.of(problemsOf(route)),
    },
  };
}

function rightsOf({ role, method, concerns }: Route, { tag }: Operation): string | undefined {
  if (role === 'anyone') return undefined;
  const scopes = scopesOf({ method, tag });
  const limited =
    scopes === null ? '' : `; a limited key needs the scope ${scopes.map((scope) => `\`${scope}\``).join(' or ')}`;
  return `Role: ${role}${limited}. ${concernSentence(concerns)}`;
}

function parametersOf(route: Route, book: SchemaBook): object[] {
  const { method, role, operation, schemas } = route;
  return [
    ...fieldsOf(book.sent(schemas.params)).map((field) => parameter('path', field, operation)),
    ...fieldsOf(book.sent(schemas.query)).map((field) => parameter('query', field, operation)),
    { $ref: '#/components/parameters/RequestId' },
    ...(method === 'post' && role !== 'anyone' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(method === 'put' || method === 'patch' ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
    ...(mayBeUnchanged(route) ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : []),
  ];
}

interface Field {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: JsonSchema;
}

function parameter(place: 'path' | 'query', { name, isRequired, schema }: Field, operation: Operation): object {
  const { description = operation.parameters?.[name], ...rest } = schema;
  return { name, in: place, required: isRequired, ...(description === undefined ? {} : { description }), schema: rest };
}

function fieldsOf({ properties, required }: JsonSchema): Field[] {
  const names = Array.isArray(required) ? required : [];
  // Written by zod for an object schema, so its properties are schemas.
  return Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(([name, schema]) => ({
    name,
    isRequired: names.includes(name),
    schema,
  }));
}

function requestBody({ method, schemas, bodyKind }: Route, { examples }: Operation, book: SchemaBook): object {
  const schema = book.sent(schemas.body);
  if (method === 'get' || JSON.stringify(schema['properties']) === '{}') return {};
  const isRequired = !schemas.body.safeParse({}).success;
  const content = { schema, ...(examples?.body === undefined ? {} : { example: examples.body }) };
  return { requestBody: { required: isRequired, content: contentsOf(bodyKind, content) } };
}

/** The example is of the first kind; what is no text is shown by none. */
function contentsOf(kind: Route['bodyKind'], content: object): object {
  const [first, ...others] = MEDIA_TYPES[kind];
  const bytes = { schema: { type: 'string', contentMediaType: 'application/octet-stream' }, example: 'PK...' };
  return Object.fromEntries([[first, content], ...others.map((type) => [type, bytes])]);
}

function answersOf(
  route: Route,
  { answers, examples, events, answersCsv = false }: Operation,
  book: SchemaBook,
): Record<string, object> {
  const media = answersCsv ? 'text/csv' : 'application/json';
  const example = examples?.answer === undefined ? {} : { example: examples.answer };
  const told = Object.entries(answers).map(([status, answer]): [string, object] => {
    const description = WORDS[status] ?? 'Done.';
    if (answer === null) return [status, { description, headers: headersOf(route) }];
    const headers = { ...headersOf(route), ...ownHeaders(route, status, answer) };
    return [
      status,
      {
        description,
        headers,
        content: { [media]: { schema: book.answered(answer), ...example }, ...eventsOf(events) },
      },
    ];
  });
  return Object.fromEntries(told);
}

function eventsOf(events: Operation['events']): object {
  if (events === undefined) return {};
  const { description, example } = events;
  return { [EVENT_STREAM]: { schema: { type: 'string', description }, example } };
}

const WORDS: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Taken in; what follows from it is on its way.',
  204: 'Done; there is nothing to say.',
};

function headersOf({ role, isUnlimited, operation }: Route): Record<string, object> {
  const isCounted = role !== 'anyone' && isUnlimited !== true;
  return {
    ...(isCounted ? COMMON_HEADERS : { 'X-Request-Id': COMMON_HEADERS['X-Request-Id'] }),
    ...(operation.setsCookie === true ? { 'Set-Cookie': { $ref: '#/components/headers/SessionCookie' } } : {}),
  };
}

function ownHeaders({ method, role }: Route, status: string, answer: z.ZodType): Record<string, object> {
  return {
    ...(status === '201' ? { Location: { $ref: '#/components/headers/Location' } } : {}),
    ...(method === 'post' && role !== 'anyone'
      ? { 'Idempotent-Replayed': { $ref: '#/components/headers/IdempotentReplayed' } }
      : {}),
    ...(hasRevision(answer) ? { ETag: { $ref: '#/components/headers/ETag' } } : {}),
  };
}

function mayBeUnchanged({ method, operation }: Route): boolean {
  return method === 'get' && Object.values(operation.answers).some(hasRevision);
}

function hasRevision(answer: z.ZodType | null): boolean {
  return answer instanceof z.ZodObject && 'revision' in answer.shape;
}

/** `/lists/:id` → `/lists/{id}`. */
function template(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}
