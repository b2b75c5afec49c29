import { startTestApi, type TestApi } from '../../test/api';
import { insertAttempt, launchForOne } from '../../test/api-people';

let api: TestApi;
let events = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const get = async (path: string) => (await api.call('GET', path)).body;
const order = (id: string, body: unknown) => api.call('POST', `/v1/enrollments/${id}/orders`, { body });
const tell = (body: Record<string, unknown>) => {
  events += 1;
  return api.call('POST', '/v1/facts', { body: { eventId: `event-${events}`, ...body } });
};

describe('the handoff inbox', () => {
  it('shows who is held with their last words, what belongs to nobody, and calls without a tag', async () => {
    const { enrollmentId, phone, contactId } = await launchForOne(api);
    const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: 'CA-handoff' });
    await tell({ kind: 'handoff_requested', callSid: 'CA-handoff', reason: 'asked for a person' });
    await tell({ kind: 'call_outcome', callSid: 'CA-of-somebody-else', outcome: 'converted' });
    await api.sql`update attempt set outcome = 'untagged', state = 'ended', ended_at = app_now() where id = ${attemptId}`;
    const { items } = await get('/v1/handoffs');
    expect(items).toContainEqual(
      expect.objectContaining({
        kind: 'held',
        id: enrollmentId,
        enrollmentId,
        reason: 'handoff',
        contact: expect.objectContaining({ id: contactId }),
        heldUntilAt: '2027-03-04T17:00:00.000Z',
      }),
    );
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'unmatched', reason: 'call_outcome', enrollmentId: null, contact: null }),
    );
    expect(items).toContainEqual(expect.objectContaining({ kind: 'untagged_call', id: attemptId, enrollmentId }));
    const paged: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: unknown[]; nextCursor: string | null } = await get(
        `/v1/handoffs?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      paged.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(paged).toEqual(items);
    await order(enrollmentId, { order: 'hand_back' });
    expect((await get('/v1/handoffs')).items).not.toContainEqual(
      expect.objectContaining({ kind: 'held', id: enrollmentId }),
    );
  });
});
