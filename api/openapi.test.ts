import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type TestApi, startTestApi } from '../test/api';
import { Contract, pointer } from '../test/contract';
import { PROBLEM_CODES } from './errors';
import type { OpenApiDocument } from './openapi';

type Json = { readonly [key: string]: unknown };

interface Operation extends Json {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Json>>;
}

const META_SCHEMA = JSON.parse(
  readFileSync(join(__dirname, '../test/openapi/openapi-3.1.schema.json'), 'utf8'),
) as Json & { readonly $defs: Json };

let api: TestApi;
let document: OpenApiDocument;
let operations: { at: string; method: string; path: string; operation: Operation }[];

beforeAll(async () => {
  api = await startTestApi();
  document = (await api.call('GET', '/openapi.json', { key: null })).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      at: pointer('paths', path, method),
      method,
      path,
      operation: operation as Operation,
    })),
  );
});
afterAll(() => api.stop());

describe('the OpenAPI document', () => {
  it('is a valid document of version 3.1, with schemas of JSON Schema 2020-12', () => {
    expect(faultsOfDocument(document)).toEqual([]);
  });

  it.each([
    ['no title', '"title":"Followthrough API",', ''],
    ['a response without a description', '"description":"It does.",', ''],
    ['a schema whose type there is not', '"type":"boolean"', '"type":"yes or no"'],
    ['a parameter that is nowhere', '"name":"id","in":"path",', '"name":"id",'],
  ])('would not be valid with %s', (_, right, wrong) => {
    const text = JSON.stringify(document);
    expect(text).toContain(right);
    expect(faultsOfDocument(JSON.parse(text.replace(right, wrong)))).not.toEqual([]);
  });

  it('has no reference that leads nowhere, and no component that nothing refers to', () => {
    const text = JSON.stringify(document);
    const references = new Set([...text.matchAll(/"(#\/components\/[^"]*)"/g)].map(([, to = '']) => to));
    expect([...references].filter((to) => at(to.slice(1)) === undefined)).toEqual([]);
    const { securitySchemes: _, ...components } = document.components;
    const named = Object.entries(components).flatMap(([kind, each]) =>
      Object.keys(each).map((name) => `#/components/${kind}/${name}`),
    );
    expect(named.filter((name) => !references.has(name))).toEqual([]);
  });

  it('names every operation once, by a verb and its object, under a chapter that is described', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]*)*$/.test(id))).toEqual([]);
    const chapters = document.tags.map(({ name }) => name as string);
    const used = operations.flatMap(({ operation }) => operation['tags'] as string[]);
    expect([...new Set(used)].sort()).toEqual([...chapters].sort());
  });

  it('has every route that is mounted, and none that is not', () => {
    const mounted = mountedRoutes(api.app.router.stack as unknown as Layer[]);
    const documented = operations.map(({ method, path }) => `${method} ${path}`);
    expect(mounted.filter((route) => !NO_OPERATIONS.test(route)).sort()).toEqual([...documented].sort());
  });

  it('T20: answers with a table only where its cells are guarded', () => {
    const typesOf = (responses: (typeof operations)[number]['operation']['responses']) =>
      Object.values(responses).flatMap(({ content }) => Object.keys(Object(content)));
    const tables = operations.filter(({ operation }) =>
      typesOf(operation.responses).some((type) => /csv|excel|sheet|tab-separated/.test(type)),
    );
    expect(tables.map(({ operation }) => operation['operationId']).sort()).toEqual([
      'downloadReport',
      'exportCampaignContacts',
      'exportListContacts',
      'exportReport',
      'getFailedRows',
    ]);
  });

  it('says of every operation what it does, in one line', () => {
    for (const { operation } of operations) expect(operation['summary']).toMatch(/^[A-Z].{3,90}[^.]$/);
  });

  it('declares every parameter of every path, and no other', () => {
    for (const { path, operation } of operations) {
      const declared = parametersOf(operation).filter(({ in: place }) => place === 'path');
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([path, declared.map(({ name }) => name)]).toEqual([path, inPath]);
    }
  });

  it('knows every problem that the API may answer with', () => {
    const { Problem } = document.components.schemas as unknown as {
      Problem: { properties: { code: { enum: string[] } } };
    };
    expect([...Problem.properties.code.enum].sort()).toEqual([...PROBLEM_CODES].sort());
    const used = JSON.stringify(document.components['responses' as keyof typeof document.components]);
    expect(PROBLEM_CODES.filter((code) => !used.includes(`#/components/examples/${code}"`))).toEqual([]);
  });

  it('has an example of everything that is sent or answered as JSON, and each is valid', () => {
    const contract = new Contract(document);
    const missing: string[] = [];
    const faults: string[] = [];
    for (const { at: where, content } of contentsOf()) {
      const example = content['example'];
      if (example === undefined) missing.push(where);
      else faults.push(...contract.faultsOfValue(`${where}/schema`, example).map((fault) => `${where}: ${fault}`));
    }
    expect(missing.filter((where) => !/~1(healthz|readyz|openapi|metrics|webhooks|u)\b/.test(where))).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('has an example of every problem that is valid', () => {
    const contract = new Contract(document);
    const { examples } = document.components as unknown as { examples: Record<string, { value: unknown }> };
    for (const [code, { value }] of Object.entries(examples))
      expect([code, contract.faultsOfValue('/components/schemas/Problem', value)]).toEqual([code, []]);
  });

  it('speaks of nobody who exists: numbers are 555-01xx, mail is example.com', () => {
    const text = JSON.stringify(document);
    const numbers = [...text.matchAll(/\+?1?\d{10}\b/g)].map(([number]) => number);
    expect(numbers.filter((number) => !/^\+1\d{3}55501\d\d$/.test(number) && !/^0+\d$/.test(number))).toEqual([]);
    const mails = [...text.matchAll(/[\w.+-]+@([\w-]+\.[\w.-]+)/g)].map(([, host]) => host);
    expect(mails.filter((host) => host !== 'example.com')).toEqual([]);
  });

  it('is served to everybody and asked for again only when it has changed', async () => {
    const first = await api.call('GET', '/openapi.json', { key: null });
    expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const etag = first.headers.get('etag') ?? '';
    const again = await api.call('GET', '/openapi.json', {
      key: null,
      headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
  });
});

/** Pages for people, which promise nothing to programs. */
const NO_OPERATIONS = /^get \/(docs.*|campaigns\/\{id\}|enrollments\/\{id\}|handoffs)?$/;

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
  readonly rawPath: string;
}

/** What Express will answer, as `get /v1/lists/{id}`. */
function mountedRoutes(layers: readonly Layer[], prefix = ''): string[] {
  return layers.flatMap(({ route, handle, rawPath }) => {
    if (route === undefined) return mountedRoutes(handle.stack ?? [], rawPath === '/' ? prefix : `${prefix}${rawPath}`);
    const path = `${prefix}${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    return Object.keys(route.methods).map((method) => `${method} ${path}`);
  });
}

function faultsOfDocument(value: unknown): string[] {
  const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true, validateFormats: false }));
  const schema = {
    ...META_SCHEMA,
    $defs: { ...META_SCHEMA.$defs, schema: { $ref: 'https://json-schema.org/draft/2020-12/schema' } },
  };
  const validate = ajv.compile(schema);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function at(path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, part) => Object(value)[part], document);
}

function parametersOf(operation: Operation): Json[] {
  return ((operation['parameters'] ?? []) as Json[]).map((parameter) =>
    typeof parameter['$ref'] === 'string' ? (at(parameter['$ref'].slice(1)) as Json) : parameter,
  );
}

/** What is sent and what is answered in success, by media type. */
function contentsOf(): { at: string; content: Json }[] {
  return operations.flatMap(({ at: where, operation }) => {
    const places = [
      [`${where}/requestBody`, operation['requestBody']],
      ...Object.entries(operation.responses).map(([status, answer]) => [`${where}/responses/${status}`, answer]),
    ] as [string, { content?: Record<string, Json> } | undefined][];
    return places.flatMap(([place, holder]) =>
      Object.entries(holder?.content ?? {}).map(([mediaType, content]) => ({
        at: `${place}${pointer('content', mediaType)}`,
        content,
      })),
    );
  });
}
