import type { World } from '../world';
import { applyCallStatus, type CallStatus } from './account';
import type { CallEvent } from './call-order';
import type { Converse, Talk } from './conversation';
import { type Line, unlessEnded } from './line';
import { type CallEnd, callProgressParameters, machineParameters, SIP_CODES } from './parameters';
import type { Webhooks } from './webhooks';
import type { Doer } from '../people/deeds';

/** Lives a call from the first ring to the last callback; answers what was said, null if nobody picked up. */
export type LiveCall = (line: Line) => Promise<Talk | null>;

const DETECTION_MS = [40, 120] as const;
const DETECTION_PATIENCE_MS = 1000;

export function createCallLife(
  { settings, background, ledger, holds }: Pick<World, 'settings' | 'background' | 'ledger' | 'holds'>,
  { webhooks, converse, doer }: { webhooks: Webhooks; converse: Converse; doer: Doer },
): LiveCall {
  async function change(
    line: Line,
    status: CallStatus | 'initiated',
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    const { call } = line;
    const { rt } = await ledger.record({
      channel: 'voice',
      kind: 'status',
      sid: call.sid,
      to: call.order.to,
      from: call.order.from,
      attemptId: call.attemptId,
      status,
      detail: { ...detail, answeredBy: call.answeredBy },
    });
    applyCallStatus(call, status, rt);
  }

  function tell(line: Line, event: CallEvent, callStatus: string): void {
    const { call } = line;
    const { statusCallback: url, statusCallbackMethod: method, statusCallbackEvents, to, from } = call.order;
    if (url === undefined || !statusCallbackEvents.includes(event)) return;
    const parameters = callProgressParameters(call, settings.accountSid, callStatus, line.sequence);
    line.sequence += 1;
    const about = { channel: 'voice', kind: 'callback', sid: call.sid, to, from, attemptId: call.attemptId } as const;
    void line.callbacks.push(event, () => webhooks.send({ ...about, url, method, parameters, status: callStatus }));
  }

  /** True if somebody, or a machine, picked up. */
  async function ring(line: Line): Promise<boolean> {
    const { call, person, pickUp } = line;
    await background.pause(line.dice.between(settings.timings.dialMs), line.over);
    await change(line, 'initiated');
    tell(line, 'initiated', 'initiated');
    if (pickUp === 'failed' || pickUp === 'busy') return false;
    await change(line, 'ringing');
    tell(line, 'ringing', 'ringing');
    const origin = { channel: 'sms', person: person.address } as const;
    const deeds = background.run(() =>
      doer.perform(person, person.script.whileRinging ?? [], { origin, number: call.order.from }),
    );
    await deeds;
    const ringMs = Math.min(line.dice.between(settings.timings.ringMs), call.order.timeoutSeconds * 1000);
    await background.pause(ringMs, line.over);
    await holds.whileHeld({ to: call.order.to, attemptId: call.attemptId }, 'ringing', line.over);
    line.over.throwIfAborted();
    return pickUp !== 'no-answer';
  }

  async function pickedUp(line: Line): Promise<Talk> {
    await change(line, 'in-progress');
    tell(line, 'answered', 'in-progress');
    const { machineDetection, asyncAmd } = line.call.order;
    if (machineDetection !== undefined && !asyncAmd) await detect(line);
    if (machineDetection !== undefined && asyncAmd) {
      line.whenJudged = detectAside(line);
      // Whoever waits for it sees the error; a call that ends before has nobody who waits.
      line.whenJudged.catch(() => undefined);
    }
    return line.isMute ? { spoken: false, heard: '' } : converse(line);
  }

  async function detect(line: Line): Promise<number> {
    const durationMs = line.dice.between(DETECTION_MS);
    await background.pause(durationMs, line.over);
    line.call.answeredBy = answeredByOf(line);
    return durationMs;
  }

  async function detectAside(line: Line): Promise<void> {
    const durationMs = await detect(line);
    const { call } = line;
    const { asyncAmdStatusCallback: url, asyncAmdStatusCallbackMethod: method, to, from } = call.order;
    if (url === undefined) return;
    const status = answeredByOf(line);
    const parameters = machineParameters(call, settings.accountSid, status, durationMs);
    const about = { channel: 'voice', kind: 'machine', sid: call.sid, to, from, attemptId: call.attemptId } as const;
    const told = line.callbacks.push('machine', () => webhooks.send({ ...about, url, method, parameters, status }));
    await background.atMost(DETECTION_PATIENCE_MS, told);
  }

  return async (line) => {
    const isAnswered = (await unlessEnded(line, () => ring(line))) ?? false;
    const talk = isAnswered ? await unlessEnded(line, () => pickedUp(line)) : null;
    const end = endOf(line);
    await change(line, end, { sip: SIP_CODES[end], ...(talk === null ? {} : { heard: talk.heard }) });
    line.markEnded();
    tell(line, 'completed', end);
    line.callbacks.close();
    if (line.call.answeredRt === null) return null;
    // A call that was ended from outside in the middle of a talk has been talked on.
    return talk ?? { spoken: true, heard: '' };
  };
}

function endOf(line: Line): CallEnd {
  if (line.call.answeredRt !== null) return 'completed';
  if (line.endedAs !== null) return 'canceled';
  const { pickUp } = line;
  return pickUp === 'human' || pickUp === 'machine' ? 'completed' : pickUp;
}

function answeredByOf({ person, pickUp, call }: Line): string {
  if (person.options.answeredBy !== undefined) return person.options.answeredBy;
  if (pickUp === 'human') return 'human';
  return call.order.machineDetection === 'Enable' ? 'machine_start' : 'machine_end_beep';
}
