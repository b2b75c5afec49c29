import { type Request, type Response, Router } from 'express';
import type { World } from '../world';
import { type Account, type Call, CALL_ENDS } from './account';
import { errorAnswer } from './error';
import { pageOf, queryOf, sidOf } from './listing';
import { accountUri, rfc2822 } from './resource';
import { createSpoiledAnswer } from './spoiled-answer';

/** What Twilio keeps of a call that is over, where the account records calls, and how it is made to forget. */
export function callRecordRoutes(world: World, account: Account): Router {
  const { ledger } = world;
  const answer = createSpoiledAnswer(world);
  const base = accountUri(world.settings.accountSid);
  const router = Router();
  router.get('/Calls/:sid/Recordings.json', list);
  router.delete('/Recordings/:sid.json', removeRecording);
  router.delete('/Calls/:sid.json', removeCall);
  return router;

  async function list(request: Request, response: Response): Promise<void> {
    const call = account.calls.get(sidOf(request));
    await answer(response, subjectOf('lookup', call), {
      execute: async () => {
        if (call === undefined) return errorAnswer(20404);
        const path = `${base}/Calls/${call.sid}/Recordings.json`;
        const newestFirst = recordingsOf(call);
        return { status: 200, body: pageOf(queryOf(request), { path, key: 'recordings', newestFirst, resource }) };
      },
    });
  }

  async function removeRecording(request: Request, response: Response): Promise<void> {
    const sid = sidOf(request);
    const call = [...account.calls.values()].find((each) => recordingsOf(each).some((one) => one.sid === sid));
    await answer(response, subjectOf('delete', call), {
      execute: async () => {
        if (call === undefined) return errorAnswer(20404);
        account.deletedRecordings.add(sid);
        await recordDeletion(sid, call);
        return { status: 204, body: '' };
      },
    });
  }

  async function removeCall(request: Request, response: Response): Promise<void> {
    const call = account.calls.get(sidOf(request));
    await answer(response, subjectOf('delete', call), {
      execute: async () => {
        if (call === undefined) return errorAnswer(20404);
        if (!CALL_ENDS.has(call.status)) return errorAnswer(20009);
        account.calls.delete(call.sid);
        await recordDeletion(call.sid, call);
        return { status: 204, body: '' };
      },
    });
  }

  function recordingsOf(call: Call): Recording[] {
    const sid = `RE${call.sid.slice(2)}`;
    const isThere = call.answeredRt !== null && call.endedRt !== null && !account.deletedRecordings.has(sid);
    return isThere ? [{ sid, callSid: call.sid, rt: call.endedRt ?? 0 }] : [];
  }

  function resource({ sid, callSid, rt }: Recording): unknown {
    const dates = { date_created: rfc2822(rt), date_updated: rfc2822(rt) };
    return {
      sid,
      call_sid: callSid,
      account_sid: world.settings.accountSid,
      status: 'completed',
      duration: '1',
      ...dates,
    };
  }

  async function recordDeletion(sid: string, { attemptId }: Call): Promise<void> {
    await ledger.record({ channel: 'voice', kind: 'delete', sid, attemptId, accepted: true, detail: {} });
  }
}

interface Recording {
  readonly sid: string;
  readonly callSid: string;
  readonly rt: number;
}

function subjectOf(operation: 'lookup' | 'delete', call: Call | undefined) {
  return { channel: 'voice', operation, to: call?.order.to ?? '', attemptId: call?.attemptId } as const;
}
