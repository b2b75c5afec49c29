import { SmartAdvocateCredentialsSchema, SmartAdvocateSettingsSchema } from './smartadvocate-connection';

const problemsOf = (settings: object) =>
  SmartAdvocateSettingsSchema.safeParse(settings).error?.issues.map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('the settings of SmartAdvocate (S0-40)', () => {
  it('have the paths of CaseSync, each of which can be another', () => {
    expect(SmartAdvocateSettingsSchema.parse({})).toMatchObject({
      baseUrl: 'https://app.smartadvocate.com',
      paths: {
        authenticate: '/CaseSyncAPI/Users/authenticate',
        caseInfo: '/CaseSyncAPI/case/CaseInfo?Casenumber={case}',
      },
    });
    const own = { paths: { setStatus: '/own/{id}/to/{case}' } };
    expect(SmartAdvocateSettingsSchema.parse(own).paths.setStatus).toBe('/own/{id}/to/{case}');
  });

  it.each([
    [{ baseUrl: 'ftp://example.com' }, 'baseUrl: must be an http or https address'],
    [{ paths: { notes: 'notes' } }, 'paths.notes: must begin with one /'],
    [{ paths: { notes: '/notes/{marker}' } }, 'paths.notes: must have no other variables than {case} and {id}'],
  ])('are refused as %j', (settings, problem) => {
    expect(problemsOf(settings)).toEqual([expect.stringContaining(problem)]);
  });

  it('need a user and a password', () => {
    expect(SmartAdvocateCredentialsSchema.safeParse({ username: 'a', password: 'b:c' }).success).toBe(true);
    expect(SmartAdvocateCredentialsSchema.safeParse({ username: 'a', password: 'b\nc' }).success).toBe(false);
  });
});
