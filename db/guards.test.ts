import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  fictionalPhone,
  MONDAY_NOON,
  NORA,
  ONE_CALL_RUN,
  orderOf,
  people,
  seedOutreach,
  startOver,
  tell,
  TEST_KEYS,
  wake,
  type Outreach,
} from '../test/seed';
import type { FoundResource, SmsProvider, VoiceProvider } from '../activities/providers/provider';
import { fromIso } from '../domain/instant';
import { reconcile } from '../workers/sweeps/reconcile';
import { recordAccepted, recordNotSent } from './attempt-result';
import { pauseCampaign, resumeCampaign, stopCampaign } from './campaign-life';
import { claim } from './claim';
import { setClock } from './clock';
import { retryExecution } from './execution-views';
import { grantRound, lineGroupIds } from './sweeps/grant';
import { drainWakes, overdueRows, rowsBehindEpoch } from './sweeps/nudge';
import { refoldFacts } from './sweeps/refold';
import { unseenFacts } from './sweeps/relay';
import { forgetUnstepped, markStarted, rowsToStart } from './sweeps/start';

/**
 * Whatever dies between two commits, somebody looks at the row again. Every case leaves a row as a crash would leave it;
 * then time passes, the sweeps go round, and one of them has to ask for its workflow.
 */

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

const NOON = fromIso(MONDAY_NOON);
const HOUR_MS = 3_600_000;
const TEXTS = {
  key: 'texts',
  startsOn: '2027-03-01',
  hours: ONE_CALL_RUN.hours,
  messages: [{ key: 'hello', channel: 'sms', when: { kind: 'after_start' }, text: 'Hello.' }],
};
const EVENING = { ...ONE_CALL_RUN, hours: { mode: 'calling_times', slots: [{ open: '18:00', close: '20:00' }] } };
const FORM = {
  policy: {
    rules: [
      { key: 'form', when: { trigger: 'form', outcome: 'completed' }, then: [{ kind: 'crm_note', text: 'Done' }] },
    ],
  },
  plan: { formId: 'intake' },
};
const COMPLETED = { kind: 'form_completed', formId: 'intake', answers: {} } as const;

/** The provider's calls, found by whoever asks. */
let resources: FoundResource[] = [];
beforeEach(() => {
  resources = [];
});
const provider: VoiceProvider & SmsProvider = {
  findCalls: async () => resources,
  findSms: async () => resources,
  getCall: async () => resources[0] ?? null,
  getSms: async () => resources[0] ?? null,
  cancelCall: async () => undefined,
  placeCall: async () => Promise.reject(new Error('no')),
  sendSms: async () => Promise.reject(new Error('no')),
};

/** Twenty minutes of real time pass for every row. */
async function age(): Promise<void> {
  await sql`
    update enrollment set started_rt = started_rt - interval '20 minutes', stepped_rt = stepped_rt - interval '20 minutes',
      nudged_rt = nudged_rt - interval '20 minutes'`;
  await sql`update fact set rt = rt - interval '20 minutes', signalled_rt = signalled_rt - interval '20 minutes'`;
  await sql`
    update attempt set resolve_by_rt = resolve_by_rt - interval '20 minutes', claimed_rt = claimed_rt - interval '20 minutes'`;
  await sql`update lease set expires_rt = expires_rt - interval '20 minutes'`;
}

/** Whose workflow is asked for by all sweeps together. */
async function told(): Promise<Set<string>> {
  const rows: { enrollmentId: string }[] = [];
  await forgetUnstepped(sql);
  rows.push(...(await rowsToStart(sql, 100)));
  for (const id of await lineGroupIds(sql)) rows.push(...(await grantRound(sql, id)));
  const options = { addressKey: TEST_KEYS.addressKey, graceMs: 90_000, giveUpMs: 900_000 };
  await reconcile({ sql, voice: provider, sms: provider, ...options }).round();
  await refoldFacts(sql);
  rows.push(...(await unseenFacts(sql)), ...(await overdueRows(sql)), ...(await rowsBehindEpoch(sql)));
  await drainWakes(sql, async (woken) => {
    rows.push(...woken);
    return woken;
  });
  return new Set(rows.map(({ enrollmentId }) => enrollmentId));
}

async function started(options?: Parameters<typeof seedOutreach>[1]): Promise<Outreach> {
  const outreach = await seedOutreach(sql, options);
  await markStarted(sql, outreach.enrollmentIds);
  return outreach;
}

/** Leaves a row as the crash leaves it; answers it, and how much business time may pass until somebody looks. */
type Crash = () => Promise<{ enrollmentId: string; withinMs?: number }>;

const CRASHES: Readonly<Record<string, Crash>> = {
  'enrolled, and no workflow started': () => seedOutreach(sql),
  'started, and lost before the first step': () => started(),
  'told to call, and lost before the claim': async () => {
    const { enrollmentId } = await started();
    await orderOf(sql, enrollmentId);
    return { enrollmentId, withinMs: 120_000 };
  },
  'told to send, and lost before the claim': async () => {
    const { enrollmentId } = await started({ runs: [TEXTS] });
    await orderOf(sql, enrollmentId);
    return { enrollmentId, withinMs: 120_000 };
  },
  'refused at the claim, and nobody asked again': async () => {
    const { enrollmentId } = await started();
    const order = await orderOf(sql, enrollmentId);
    await sql`update settings set caller_numbers = '{}'`;
    await claim(sql, order, TEST_KEYS);
    return { enrollmentId, withinMs: 120_000 };
  },
  'queued, and a line comes free': async () => {
    await sql`update line_group set lines = 1`;
    const { enrollmentIds } = await started({ people: people(2) });
    const [caller = '', enrollmentId = ''] = enrollmentIds;
    const { attemptId } = await claimDue(sql, caller);
    await wake(sql, enrollmentId);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
    return { enrollmentId };
  },
  'queued, and the hours end before a line comes free': async () => {
    await sql`update line_group set lines = 1`;
    const { enrollmentIds } = await started({ people: people(2) });
    const [caller = '', enrollmentId = ''] = enrollmentIds;
    const { attemptId } = await claimDue(sql, caller);
    await recordAccepted(sql, attemptId, 'CA1');
    resources = [{ sid: 'CA1', status: 'in-progress', createdMs: Date.now() }];
    await wake(sql, enrollmentId);
    return { enrollmentId, withinMs: 8 * HOUR_MS };
  },
  'granted a line, and the signal got lost': async () => {
    await sql`update line_group set lines = 1`;
    const { enrollmentIds } = await started({ people: people(2) });
    const [caller = '', enrollmentId = ''] = enrollmentIds;
    const { attemptId } = await claimDue(sql, caller);
    await wake(sql, enrollmentId);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
    for (const id of await lineGroupIds(sql)) expect(await grantRound(sql, id)).toHaveLength(1);
    return { enrollmentId };
  },
  'claimed, and lost before the request (P2)': async () => {
    const { enrollmentId } = await started();
    await claimDue(sql, enrollmentId);
    await sql`update attempt set lookups = 1`;
    return { enrollmentId };
  },
  'placed, and lost before the answer was stored (P3, P4)': async () => {
    const { enrollmentId } = await started();
    await claimDue(sql, enrollmentId);
    resources = [{ sid: 'CA1', status: 'no-answer', createdMs: Date.now() }];
    return { enrollmentId };
  },
  'accepted, and no callback ever comes (P7)': async () => {
    const { enrollmentId } = await started();
    const { attemptId } = await claimDue(sql, enrollmentId);
    await recordAccepted(sql, attemptId, 'CA1');
    resources = [{ sid: 'CA1', status: 'busy', createdMs: Date.now() }];
    return { enrollmentId };
  },
  'refused by the provider, and nobody asked again': async () => {
    const { enrollmentId } = await started();
    const { attemptId } = await claimDue(sql, enrollmentId);
    await recordNotSent(sql, attemptId, { reason: 'rate_limited', verdict: 'retry' });
    return { enrollmentId, withinMs: 120_000 };
  },
  'over, and the signal got lost (P9)': async () => {
    const { enrollmentId } = await started();
    const { attemptId } = await claimDue(sql, enrollmentId);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
    return { enrollmentId };
  },
  'answered, and never tagged': async () => {
    const { enrollmentId } = await started();
    const { attemptId } = await claimDue(sql, enrollmentId);
    await wake(sql, enrollmentId);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'completed' } });
    return { enrollmentId, withinMs: 900_000 };
  },
  'waiting, and its workflow was ended by hand': async () => {
    const { enrollmentId } = await started({ runs: [EVENING] });
    await wake(sql, enrollmentId);
    return { enrollmentId, withinMs: 6 * HOUR_MS };
  },
  'held for a person who never comes': async () => {
    const { enrollmentId } = await started({ policy: { handoffHoldHours: 1 } });
    await tell(sql, { enrollmentId, body: { kind: 'handoff_requested' } });
    await wake(sql, enrollmentId);
    return { enrollmentId, withinMs: HOUR_MS };
  },
  'holding for a reply that nobody reads': async () => {
    const { enrollmentId } = await started();
    await tell(sql, { enrollmentId, body: { kind: 'reply', channel: 'sms', verdict: 'none' }, text: 'Hm.' });
    await wake(sql, enrollmentId);
    return { enrollmentId };
  },
  'paused, and resumed': async () => {
    const { enrollmentId, campaignId } = await started();
    await pauseCampaign(sql, campaignId, 'operator');
    await wake(sql, enrollmentId);
    await resumeCampaign(sql, campaignId, 'operator');
    return { enrollmentId };
  },
  'open in a campaign that is stopped': async () => {
    const { enrollmentId, campaignId } = await started({ runs: [EVENING] });
    await wake(sql, enrollmentId);
    await stopCampaign(sql, campaignId, 'operator');
    return { enrollmentId };
  },
  'open when somebody who shares the address says STOP': async () => {
    const { enrollmentIds } = await started({
      people: [NORA, { ...NORA, name: 'Olaf', phones: [fictionalPhone(0), fictionalPhone(1)] }],
      runs: [EVENING],
    });
    const [nora = '', enrollmentId = ''] = enrollmentIds;
    for (const id of enrollmentIds) await wake(sql, id);
    await tell(sql, { enrollmentId: nora, body: { kind: 'reply', channel: 'sms', verdict: 'revoke' } });
    return { enrollmentId };
  },
  'ended, with an action that nobody carries out (P11)': async () => {
    const { enrollmentId } = await started(FORM);
    await tell(sql, { enrollmentId, body: COMPLETED });
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    await wake(sql, enrollmentId);
    return { enrollmentId };
  },
  'ended, and a fact comes late (F14)': async () => {
    const { enrollmentId } = await started(FORM);
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    await wake(sql, enrollmentId);
    await tell(sql, { enrollmentId, body: COMPLETED });
    return { enrollmentId };
  },
  'ended, and an action is tried again by hand': async () => {
    const { enrollmentId } = await started(FORM);
    await tell(sql, { enrollmentId, body: COMPLETED });
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    const { executions } = await wake(sql, enrollmentId);
    await sql`update execution set state = 'failed', finished_at = app_now()`;
    await wake(sql, enrollmentId);
    await retryExecution(sql, executions[0]?.id ?? '', 'operator');
    return { enrollmentId };
  },
  'ended, and resumed by hand': async () => {
    const { enrollmentId } = await started();
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    await wake(sql, enrollmentId);
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'resume' } });
    return { enrollmentId };
  },
};

describe('somebody looks again at a row that was', () => {
  it.each(Object.entries(CRASHES))('%s', async (_, crash) => {
    const { enrollmentId, withinMs = 0 } = await crash();
    await age();
    await setClock(sql, NOON + withinMs, 0);
    // Two rounds, because some find out what the next one tells.
    expect(new Set([...(await told()), ...(await told())])).toContain(enrollmentId);
  });
});

test('nobody is asked for who sleeps and is not due', async () => {
  const { enrollmentId } = await started({ runs: [EVENING] });
  await wake(sql, enrollmentId);
  await age();
  expect(await told()).toEqual(new Set());
});

test('nothing is left of a call that is over: no line, no queue, no bar on the person', async () => {
  const { enrollmentId } = await started();
  const { attemptId } = await claimDue(sql, enrollmentId);
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
  await wake(sql, enrollmentId);
  for (const table of ['line_queue', 'open_call', 'wake'] as const)
    expect(await sql`select 1 from ${sql(table)}`).toHaveLength(0);
  expect(await sql`select 1 from lease where freed_rt is null`).toHaveLength(0);
});
