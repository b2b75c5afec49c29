import { SmartAdvocateSettingsSchema } from '../../domain/smartadvocate-connection';
import { type Rig, startRig } from '../../simulator/rig';
import { SIMULATED_SMARTADVOCATE } from '../../simulator/smartadvocate';
import type { FreshToken, TokenStore } from './http-crm-auth';
import type { CrmError } from './provider';
import { createSmartAdvocate } from './smartadvocate';

const CASE = { externalId: 'SA 1/7' };
const MARKER = '0f8fad5b-d9cb-469f-a165-70867728950e';
const DIALER = { field: 'substatus', group: 'Dialer Status' } as const;

let rig: Rig;
let renewals: number;
beforeEach(async () => {
  rig = await startRig();
  renewals = 0;
});
afterEach(() => rig.stop());

/** As the one of the workers, but for one process alone. */
function tokens(credentials: unknown): TokenStore {
  let held: string | null = null;
  return {
    async use(refused: string | null, fetchToken: (credentials: unknown) => Promise<FreshToken>) {
      if (held === null || held === refused) {
        renewals++;
        held = (await fetchToken(credentials)).access;
      }
      return held;
    },
  };
}

function crm(credentials: unknown = SIMULATED_SMARTADVOCATE, settings: object = {}) {
  return createSmartAdvocate({
    settings: SmartAdvocateSettingsSchema.parse({ baseUrl: `${rig.simulator.httpUrl}/`, ...settings }),
    tokens: tokens(credentials),
    reach: 'simulated',
  });
}

const there = async () => (await rig.control('GET', `/smartadvocate/${encodeURIComponent(CASE.externalId)}`)).body;
const fault = (mode: string, operation: string) =>
  rig.control('POST', '/faults', {
    channel: 'crm',
    mode,
    match: { operation },
    times: 1,
    options: { retryAfterSeconds: 7 },
  });
const errorOf = (work: Promise<unknown> | undefined) =>
  Promise.resolve(work).then(
    () => null,
    ({ code, final, retryAfterMs }: CrmError) => ({ code, final, retryAfterMs }),
  );

describe('SmartAdvocate (S0-40)', () => {
  it('gets a status, or a substatus of a type, into the right field (S0-50)', async () => {
    await crm().setStatus(CASE, '2', MARKER);
    await crm().setStatus(CASE, '12', MARKER, DIALER);
    expect(await there()).toMatchObject({
      caseStatusID: 2,
      secondStatuses: [{ statusID: 12, statusTypeName: 'Dialer Status', statusName: 'Busy' }],
    });
  });

  it('gets a note as HTML, with its type and marker, and not a second time (T2)', async () => {
    const own = crm();
    await own.postNote(CASE, 'Wants <b>Jane</b>\n& more', MARKER, false, '3');
    await own.postNote(CASE, 'Wants <b>Jane</b>\n& more', MARKER, true, '3');
    expect(((await there()) as { notes: unknown }).notes).toEqual([
      { text: `Wants &lt;b&gt;Jane&lt;/b&gt;<br>&amp; more<br>[ft:${MARKER}]`, type: 3 },
    ]);
  });

  it('gets fields one by one, and tells its lists and the statuses of a case', async () => {
    const own = crm();
    await own.setFields?.(CASE, { Colour: 'red', Cars: '2' }, MARKER);
    expect(await there()).toMatchObject({ fields: { Colour: 'red', Cars: '2' } });
    const { statuses = [], noteTypes } = (await own.list?.()) ?? {};
    expect(statuses).toHaveLength(7);
    expect(statuses).toContainEqual({ field: 'status', value: '2', label: 'Retained' });
    expect(statuses).toContainEqual({ ...DIALER, value: '12', label: 'Busy' });
    expect(noteTypes).toContainEqual({ value: '3', label: 'Intake' });
    await own.setStatus(CASE, '11', MARKER, DIALER);
    expect(await own.readStatus?.(CASE)).toEqual({
      status: '1',
      substatuses: [{ group: 'Dialer Status', value: '11' }],
    });
    expect(await own.readStatus?.({ externalId: 'missing-1' })).toBeNull();
    await own.check();
  });

  it('is signed in to once, and once more when its token has expired', async () => {
    const own = crm();
    await own.setStatus(CASE, '2', MARKER);
    await own.setStatus(CASE, '3', MARKER);
    expect(renewals).toBe(1);
    await rig.control('PUT', '/smartadvocate/any', { revokeTokens: true });
    await own.setStatus(CASE, '4', MARKER);
    expect([renewals, await there()]).toEqual([2, expect.objectContaining({ caseStatusID: 4 })]);
  });

  it.each([
    ['a wrong password', { username: 'simulated-user', password: 'wrong' }, {}, 'credentials'],
    ['credentials of another kind', { key: 'x' }, {}, 'credentials'],
    [
      'a path that is none',
      SIMULATED_SMARTADVOCATE,
      { paths: { authenticate: '/CaseSyncAPI/nowhere' } },
      'configuration',
    ],
  ])('is not written to with %s', async (_, credentials, settings, code) => {
    expect(await errorOf(crm(credentials, settings).setStatus(CASE, '2', MARKER))).toEqual({
      code,
      final: false,
      retryAfterMs: null,
    });
  });

  it.each([
    ['429', 'status', { code: 'rate_limited', final: false, retryAfterMs: 7_000 }],
    ['429', 'lookup', { code: 'rate_limited', final: false, retryAfterMs: 7_000 }],
    ['504_executed', 'status', { code: 'failed', final: false, retryAfterMs: null }],
    ['error_in_200', 'status', { code: 'failed', final: false, retryAfterMs: null }],
    // What was only asked about has done nothing.
    ['504_not_executed', 'lookup', { code: 'unreachable', final: false, retryAfterMs: null }],
  ])('that answers %s to a %s is understood', async (mode, operation, error) => {
    await fault(mode, operation);
    expect(await errorOf(crm().setStatus(CASE, '2', MARKER))).toEqual(error);
  });

  it('that has no such case says so for good, and no path is led elsewhere by a case', async () => {
    for (const externalId of ['missing-1', '', '..'])
      expect(await errorOf(crm().setStatus({ externalId }, '2', MARKER))).toEqual({
        code: 'unknown_case',
        final: true,
        retryAfterMs: null,
      });
  });
});
