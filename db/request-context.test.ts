import { setTimeout as delay } from 'node:timers/promises';
import { currentRequest, inRequest, requestFields } from './request-context';

describe('the request that is carried out', () => {
  it('is known to everything that it sets off, and to nothing else', async () => {
    const seen = await Promise.all(
      ['one', 'other'].map((requestId, ix) =>
        inRequest({ requestId, keyId: null }, async () => {
          await delay(2 - ix);
          const later = delay(1).then(requestFields);
          return [requestFields(), await later];
        }),
      ),
    );
    expect(seen).toEqual([
      [{ requestId: 'one' }, { requestId: 'one' }],
      [{ requestId: 'other' }, { requestId: 'other' }],
    ]);
    expect([currentRequest(), requestFields()]).toEqual([null, {}]);
  });

  it('is the inner one where a request gets to be known better', () => {
    inRequest({ requestId: 'r', keyId: null }, () => {
      inRequest({ requestId: 'r', keyId: 'k' }, () => expect(currentRequest()).toEqual({ requestId: 'r', keyId: 'k' }));
      expect(currentRequest()).toEqual({ requestId: 'r', keyId: null });
    });
  });
});
