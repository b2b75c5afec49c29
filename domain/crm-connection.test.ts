import {
  BasicCredentialsSchema,
  ClientCredentialsSchema,
  credentialsSchemaOf,
  HeaderCredentialsSchema,
  HttpCrmSettingsSchema,
  LawRulerCredentialsSchema,
  LawRulerSettingsSchema,
  RefreshCredentialsSchema,
} from './crm-connection';

const SETTINGS = {
  baseUrl: 'https://crm.example.com/api/v2',
  auth: { kind: 'header' },
  setStatus: { method: 'PUT', path: '/cases/{{case.id}}', body: { status: '{{status}}' } },
  addNote: { path: '/cases/{{case.id}}/notes', body: { text: '{{note}}', externalId: '{{operationId}}' } },
};

function problemsOf(more: Record<string, unknown>): string[] {
  const parsed = HttpCrmSettingsSchema.safeParse({ ...SETTINGS, ...more });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the settings of an HTTP CRM', () => {
  it('need an address, how to be let in, and two operations; the rest has defaults', () => {
    expect(HttpCrmSettingsSchema.parse(SETTINGS)).toEqual({
      ...SETTINGS,
      auth: { kind: 'header', name: 'Authorization', prefix: '' },
      addNote: { ...SETTINGS.addNote, method: 'POST' },
      honoursIdempotencyKey: false,
      timeoutSeconds: 10,
    });
  });

  it('take all that a real one may need', () => {
    expect(
      problemsOf({
        auth: { kind: 'oauth2', grant: 'refresh_token', tokenUrl: 'https://id.example.com/token', clientIn: 'basic' },
        findNote: { path: '/cases/{{case.id}}/notes?externalId={{operationId}}', within: '/notes' },
        test: { path: '/me' },
        success: { pointer: '/ok', equals: true },
        failure: { pointer: '/error/code', codes: { expired: 'credentials', busy: 'retry' } },
      }),
    ).toEqual([]);
  });

  it.each([
    'ftp://crm.example.com',
    'https://user:word@crm.example.com',
    'https://crm.example.com/?key=1',
    'https://crm.example.com/#x',
    'https://',
    'crm.example.com',
    'https://crm.example.com\\@127.0.0.1',
  ])('refuse the address %s', (baseUrl) => {
    expect(problemsOf({ baseUrl })).toEqual([
      'baseUrl: must be an http or https address without user, query and fragment',
    ]);
  });

  it.each(['cases', '//evil.example.com/{{case.id}}', '/a b', '/a#b', '/a\\b'])('refuse the path %s', (path) => {
    expect(problemsOf({ test: { path } })).toEqual([
      'test.path: must begin with one / and have neither spaces nor # nor \\',
    ]);
  });

  it('refuse a variable that has no value there, and a text that is no template', () => {
    expect(problemsOf({ setStatus: { path: '/{{note}}', body: {} } })).toEqual([
      'setStatus.path: has no value for {{note}}; known are case.id, marker, operationId, status',
    ]);
    expect(problemsOf({ setStatus: { path: '/x', body: { a: ['{{contact.first_name}}', 1] } } })).toEqual([
      'setStatus.body: has no value for {{contact.first_name}}; known are case.id, marker, operationId, status',
    ]);
    expect(problemsOf({ addNote: { path: '/x', body: ['{{'] } })[0]).toContain(
      'addNote.body: the variable at position 1',
    );
  });

  it('refuse a body that is too long', () => {
    expect(problemsOf({ setStatus: { path: '/x', body: 'x'.repeat(20_000) } })).toEqual([
      'setStatus.body: must have at most 20000 characters',
    ]);
  });

  it.each([
    ['host', 'must not be a header that requests have anyway'],
    ['X Key', 'must be the name of a header'],
  ])('refuse the header %s for the token', (name, rule) => {
    expect(problemsOf({ auth: { kind: 'header', name } })).toEqual([`auth.name: ${rule}`]);
  });

  it('refuse to look for a note that carries nothing to find it by', () => {
    const findNote = { path: '/notes/{{marker}}' };
    expect(problemsOf({ findNote, addNote: { path: '/notes', body: { text: '{{note}}', tags: [null] } } })).toEqual([
      'addNote: must carry {{marker}} or {{operationId}}, or findNote would never find it',
    ]);
    expect(problemsOf({ findNote, addNote: { path: '/notes/{{operationId}}', body: '{{note}}' } })).toEqual([]);
    expect(problemsOf({ findNote, addNote: { path: '/notes', body: '{{note}} {{marker}}' } })).toEqual([]);
  });
});

it('LawRuler needs its endpoint', () => {
  const endpoint = 'https://firm.example.com/api-legalcrmapp.aspx';
  expect(LawRulerSettingsSchema.parse({ endpoint })).toEqual({ endpoint, noteLookup: false });
});

describe('credentials', () => {
  it('are what the way of being let in asks for', () => {
    const tokenUrl = 'https://id.example.com/token';
    const oauth2 = { kind: 'oauth2', tokenUrl, clientIn: 'body' } as const;
    expect(credentialsSchemaOf({ kind: 'header', name: 'X-Key', prefix: '' })).toBe(HeaderCredentialsSchema);
    expect(credentialsSchemaOf({ kind: 'basic' })).toBe(BasicCredentialsSchema);
    expect(credentialsSchemaOf({ ...oauth2, grant: 'client_credentials' })).toBe(ClientCredentialsSchema);
    expect(credentialsSchemaOf({ ...oauth2, grant: 'refresh_token' })).toBe(RefreshCredentialsSchema);
  });

  it('of LawRuler are its key', () => {
    expect(LawRulerCredentialsSchema.safeParse({ key: 'a key' }).success).toBe(true);
    expect(LawRulerCredentialsSchema.safeParse({ token: 'a key' }).success).toBe(false);
  });

  it('are one line of plain ASCII, so that they can’t bring a header of their own', () => {
    expect(HeaderCredentialsSchema.safeParse({ token: 'a\r\nHost: b' }).success).toBe(false);
    expect(HeaderCredentialsSchema.safeParse({ token: '' }).success).toBe(false);
    expect(BasicCredentialsSchema.safeParse({ username: 'a:b', password: 'c' }).success).toBe(false);
    expect(BasicCredentialsSchema.safeParse({ username: 'a', password: 'c:d' }).success).toBe(true);
  });
});

describe('what an HTTP CRM tells of itself', () => {
  const list = { path: '/statuses', value: '/id', label: '/name' };
  const note = { path: '/n/{{noteType}}', body: { id: '{{marker}}' } };

  it('may be lists, the status of a case, and further fields that are written', () => {
    const parsed = HttpCrmSettingsSchema.parse({
      ...SETTINGS,
      addNote: note,
      setSubstatus: { path: '/cases/{{case.id}}/{{group}}', body: '{{status}}' },
      setField: { path: '/cases/{{case.id}}/{{field}}', body: '{{value}}' },
      statuses: list,
      substatuses: { ...list, group: '/type' },
      noteTypes: { ...list, within: '/types' },
      getStatus: { path: '/cases/{{case.id}}', status: '/status' },
    });
    expect(parsed.statuses).toEqual({ ...list, within: '' });
    expect(parsed.substatuses?.group).toBe('/type');
  });

  it.each([
    [{ statuses: { ...list, path: '/of/{{case.id}}' } }, 'statuses.path: must have no variables'],
    [{ noteTypes: { ...list, value: '' } }, 'noteTypes.value: must lead to a value inside'],
    [{ setField: { path: '/x', body: '{{status}}' } }, 'setField.body: has no value for {{status}}'],
  ])('is refused as %j', (more, problem) => {
    expect(problemsOf(more)).toEqual([expect.stringContaining(problem)]);
  });
});
