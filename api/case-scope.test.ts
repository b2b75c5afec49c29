import * as z from 'zod';
import type { Reply, TestApi } from '../test/api';
import { startTestApi } from '../test/api';
import { buildTwoCaseTypes, everyRow, type Side, type TwoCaseTypes } from '../test/two-case-types';
import { NOUNS } from '../db/case-scope';
import { EXAMPLE_IDS } from './answers/fields';
import { apiRoutes } from './app';
import { NOUN_OF_FIELD } from './case-scope';
import type { Route } from './route';

/** K-31: whoever is limited to case types sees and changes what is of them, in every operation that there is. */

const NOBODY_HAS_IT = '0f8fad5b-d9cb-469f-a165-70867728950e';
// Only looked at: nothing stands behind them.
const ROUTES = apiRoutes({ config: {} } as unknown as Parameters<typeof apiRoutes>[0]).filter(
  ({ role }) => role !== 'anyone',
);
const nameOf = ({ method, path }: Route) => `${method} ${path}`;
const named = (routes: readonly Route[]) => routes.map((route): [string, Route] => [nameOf(route), route]);

let api: TestApi;
let world: TwoCaseTypes;
/** An editor's key for one of the two types. */
let limited: string;

beforeAll(async () => {
  api = await startTestApi();
  world = await buildTwoCaseTypes(api);
  const made = { name: 'Mine', role: 'editor', caseTypes: [world.mine.caseType] };
  limited = (await api.call('POST', '/v1/api-keys', { body: made })).body.key;
});
afterAll(() => api.stop());

interface Sent {
  readonly path: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly key?: string;
}

async function send(route: Route, { path, query = '', body, key = limited }: Sent): Promise<Reply> {
  const sent = body === undefined ? {} : { body };
  return api.call(route.method.toUpperCase(), `/v1${path}${query}`, { key, ...sent });
}

/** The path with the ids of that side; what it is not about is somebody's that nobody has. */
function pathAt({ path, concerns }: Route, { ids, draftId, heldId }: Side): string {
  const noun = NOUNS.find((each) => each === concerns);
  const one = path.endsWith('/draft') ? draftId : path.includes('/handoff') ? heldId : undefined;
  const id = noun === undefined ? NOBODY_HAS_IT : (one ?? ids[noun]);
  return path.replace(':contactId', ids.contact).replace(':id', id).replace(':key', 'weekly');
}

/** The example of the document, about things of that side. */
function bodyAt({ operation, method, bodyKind }: Route, { ids, caseType }: Side): unknown {
  const example = operation.examples?.body;
  if (method === 'get') return undefined;
  if (example === undefined) return bodyKind === 'json' ? {} : '';
  if (typeof example === 'string') return example;
  const things = [
    [EXAMPLE_IDS.list, ids.list],
    [EXAMPLE_IDS.contact, ids.contact],
    [EXAMPLE_IDS.case, ids.case],
    [EXAMPLE_IDS.campaign, ids.campaign],
    [EXAMPLE_IDS.enrollment, ids.enrollment],
    [EXAMPLE_IDS.agent, ids.agent],
    [EXAMPLE_IDS.form, ids.form],
  ] as const;
  const text = things.reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(example));
  return JSON.parse(text, (key: string, value: unknown) => (key === 'caseType' && value !== null ? caseType : value));
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly format?: string;
}

function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Shape;
}

function partsOf({ anyOf = [], oneOf = [], allOf = [] }: Shape): readonly Shape[] {
  return [...anyOf, ...oneOf, ...allOf];
}

/** The names of all fields of ids, as deep as they stand. */
function idFields(shape: Shape, name = ''): string[] {
  return [
    ...(shape.format === 'uuid' ? [name] : []),
    ...(shape.items === undefined ? [] : idFields(shape.items, name)),
    ...partsOf(shape).flatMap((part) => idFields(part, name)),
    ...Object.entries(shape.properties ?? {}).flatMap(([field, each]) => idFields(each, field)),
  ];
}

/** Those right in it that name something of a type. */
function referencesIn(schema: z.ZodType): string[] {
  const fields = Object.entries(shapeOf(schema).properties ?? {});
  return fields.flatMap(([field, shape]) => (NOUN_OF_FIELD[field] != null && !isMany(shape) ? [field] : []));
}

const isMany = ({ items }: Shape) => items !== undefined;

const fieldOf = (field: string, { ids }: Side) => ids[NOUN_OF_FIELD[field] ?? 'list'];

/** Nothing that is of the other type, by its words and by its ids. */
function expectNothingOf({ word, ids, draftId, untypedId, caseType }: Side, { text, status }: Reply, asked = ''): void {
  const told = [word, caseType, draftId, untypedId, ...Object.values(ids)].filter(
    (each) => !asked.includes(each) && text.toLowerCase().includes(each.toLowerCase()),
  );
  expect([status, told]).toEqual([status, []]);
}

describe('every operation says how it has to do with case types (K-31)', () => {
  it.each(named(ROUTES))('%s', (_, { path, concerns, schemas }) => {
    const isAboutOne = NOUNS.some((noun) => noun === concerns);
    if (isAboutOne) expect(path).toContain('/:id');
    const known = Object.keys(NOUN_OF_FIELD);
    const ids = [schemas.params, schemas.query, schemas.body].flatMap((schema) => idFields(shapeOf(schema)));
    expect(ids.filter((field) => field !== 'id' && !known.includes(field))).toEqual([]);
  });
});

describe('a key for one case type is refused what is of another (K-31)', () => {
  let before: Record<string, string>;
  beforeAll(async () => {
    before = await everyRow(api);
  });

  const aboutOne = ROUTES.filter(({ concerns, isOptOut }) => NOUNS.some((noun) => noun === concerns) && !isOptOut);
  it.each(named(aboutOne))('%s', async (_, route) => {
    const path = pathAt(route, world.theirs);
    const answer = await send(route, { path, body: bodyAt(route, world.mine) });
    expect(answer.body.code).toBe(route.role === 'admin' ? 'forbidden' : 'not_found');
    expectNothingOf(world.theirs, answer, path);
    const unknown = await send(route, {
      path: path.replaceAll(/[0-9a-f-]{36}/g, NOBODY_HAS_IT),
      body: bodyAt(route, world.mine),
    });
    expect(withoutIds(unknown)).toBe(withoutIds(answer));
  });

  it.each(named(ROUTES.filter(({ concerns }) => concerns === 'whole')))('%s', async (_, route) => {
    const answer = await send(route, { path: pathAt(route, world.mine), body: bodyAt(route, world.mine) });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expectNothingOf(world.theirs, answer);
  });

  const byQuery = ROUTES.flatMap((route) =>
    referencesIn(route.schemas.query).map((field): [string, string, Route] => [nameOf(route), field, route]),
  );
  it.each(byQuery)('%s?%s=', async (_, field, route) => {
    const query = `?${field}=${fieldOf(field, world.theirs)}`;
    const answer = await send(route, { path: pathAt(route, world.mine), query, body: bodyAt(route, world.mine) });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expectNothingOf(world.theirs, answer, query);
  });

  const inBody = ROUTES.filter(
    ({ concerns, role, method }) => concerns !== 'whole' && role !== 'admin' && method !== 'get',
  )
    .flatMap((route) =>
      [...referencesIn(route.schemas.body), ...(hasCaseType(route.schemas.body) ? ['caseType'] : [])].map(
        (field): [string, string, Route] => [nameOf(route), field, route],
      ),
    )
    .filter(([, , { isOptOut, looksUpNames }]) => isOptOut === undefined && looksUpNames !== true);
  it.each(inBody)('%s with %s', async (_, field, route) => {
    const value = field === 'caseType' ? world.theirs.caseType : fieldOf(field, world.theirs);
    const body = { ...Object(bodyAt(route, world.mine)), [field]: value };
    const answer = await send(route, { path: pathAt(route, world.mine), body });
    expect(['not_found', 'forbidden', 'invalid_body']).toContain(answer.body.code);
    expectNothingOf(world.theirs, answer, value);
  });

  const deep = ROUTES.filter((route) => {
    const example = JSON.stringify(route.operation.examples?.body ?? '');
    return route.method !== 'get' && route.looksUpNames !== true && example.includes(EXAMPLE_IDS.list);
  });
  it.each(named(deep))('%s with a list of it in the definition', async (_, route) => {
    const body = bodyAt(route, world.theirs);
    const answer = await send(route, { path: pathAt(route, world.mine), body });
    expect(answer.status).toBe(404);
    expectNothingOf(world.theirs, answer, JSON.stringify(body));
  });

  it('and nothing at all was changed by it', async () => {
    expect(await everyRow(api)).toEqual(before);
  });
});

function hasCaseType(schema: z.ZodType): boolean {
  return 'caseType' in (shapeOf(schema).properties ?? {});
}

/** The refusal as it reads, whatever was named. */
function withoutIds({ text }: Reply): string {
  return text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '');
}

/** What an operation needs besides, so that there is something to see. */
const QUERY: Readonly<Record<string, string>> = {
  'get /stream': '?lastEventId=0',
  'get /campaigns/:id/stream': '?lastEventId=0',
};
/** Of these there is none in this world. */
const NONE = ['get /contacts/:id/erasure', 'get /enrollments/:id/handoff'];

describe('a key for one case type reads what is of it, and nothing of another (K-31)', () => {
  const reads = ROUTES.filter(({ method, concerns }) => method === 'get' && concerns !== 'whole');
  it.each(named(reads))('%s', async (name, route) => {
    const answer = await send(route, { path: pathAt(route, world.mine), query: QUERY[name] ?? '' });
    expectNothingOf(world.theirs, answer);
    const isOfNobody = route.path.includes(':id') && !NOUNS.some((noun) => noun === route.concerns);
    if (!isOfNobody && !NONE.includes(name)) expect([200, 409]).toContain(answer.status);
    if (route.concerns !== 'filtered' || isOfNobody) return;
    expect(Object.values(world.mine.ids).filter((id) => answer.text.includes(id))).not.toEqual([]);
    const all = await send(route, { path: route.path, query: QUERY[name] ?? '', key: api.keys.admin });
    expect(Object.values(world.theirs.ids).filter((id) => all.text.includes(id))).not.toEqual([]);
  });

  it('of somebody who has cases of both', async () => {
    const reads = ['', '/addresses', '/reach', '/consents', '/opt-outs'];
    const answers = await Promise.all(
      reads.map((part) => api.call('GET', `/v1/contacts/${world.bothId}${part}`, { key: limited })),
    );
    for (const answer of answers) expectNothingOf(world.theirs, answer);
    const [contact, , , , optOuts] = answers.map(({ body }) => body);
    expect([contact.cases.length, optOuts.items.length]).toEqual([1, 1]);
    const found = await api.call('GET', '/v1/contacts?query=Zebra-both', { key: limited });
    expect(found.body.items).toEqual([]);
    expect((await api.call('GET', '/v1/contacts?query=Kiwi-both', { key: limited })).body.items).toHaveLength(1);
  });
});

describe('a key for one case type does its work there (K-31)', () => {
  const order = ({ path }: Route) => (/\/(stop|archive|cancel|remove)$/.test(path) ? 1 : 0);
  const writes = ROUTES.filter(
    ({ method, concerns, role }) =>
      method !== 'get' && role !== 'admin' && !['whole', 'shared', 'filtered'].includes(concerns),
  ).sort((one, other) => order(one) - order(other));
  it.each(named(writes))('%s', async (name, route) => {
    const path = pathAt(route, world.mine);
    const narrow = name.endsWith('/opt-in') ? { caseType: world.mine.caseType } : {};
    const body = bodyAt(route, world.mine);
    const answer = await send(route, { path, body: typeof body === 'string' ? body : { ...Object(body), ...narrow } });
    expectNothingOf(world.theirs, answer);
    expect([401, 403, 404]).not.toContain(answer.status);
    expect(answer.status).toBeLessThan(500);
  });
});
