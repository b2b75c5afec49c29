import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { newCall, newMessage } from './account';
import {
  answerParameters,
  callProgressParameters,
  digitsParameters,
  inboundParameters,
  machineParameters,
  messageStatusParameters,
  speechParameters,
  type Parameters,
} from './parameters';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const ORDER = {
  to: '+12125550123',
  from: '+12125550100',
  method: 'POST',
  statusCallbackMethod: 'POST',
  statusCallbackEvents: ['completed'],
  timeoutSeconds: 60,
  asyncAmd: false,
  asyncAmdStatusCallbackMethod: 'POST',
} as const;

const FixtureSchema = z.strictObject({
  source: z.array(z.string()).min(1),
  note: z.string(),
  parameters: z.record(z.string(), z.string()),
});

function fixture(name: string): z.infer<typeof FixtureSchema> {
  return FixtureSchema.parse(JSON.parse(readFileSync(join(__dirname, '..', 'fixtures', `${name}.json`), 'utf8')));
}

function callOf(more: Partial<ReturnType<typeof newCall>> = {}) {
  const call = newCall(`CA${'0'.repeat(32)}`, { ...ORDER, statusCallbackEvents: ['completed'] }, undefined, 0);
  return Object.assign(call, more);
}

function messageOf(status: 'sent' | 'delivered' | 'undelivered' | 'received', body = 'yes please') {
  const order =
    status === 'received' ? { to: ORDER.from, from: ORDER.to, body } : { to: ORDER.to, from: ORDER.from, body };
  const updatedRt = Date.UTC(2023, 7, 10, 22, 23);
  return Object.assign(newMessage(`SM${'0'.repeat(32)}`, order, 'outbound-api', undefined, 0), { status, updatedRt });
}

const talked = { answeredRt: 1000, endedRt: 50_000, updatedRt: Date.UTC(2022, 11, 3, 14, 46, 36) };

describe('the parameters of a request are those of the published one', () => {
  it.each<[string, Parameters]>([
    [
      'voice-status-ringing',
      callProgressParameters(callOf({ updatedRt: Date.UTC(2022, 11, 3, 14, 46, 30) }), ACCOUNT, 'ringing', 1),
    ],
    ['voice-status-completed', callProgressParameters(callOf(talked), ACCOUNT, 'completed', 3)],
    [
      'voice-status-completed-detected',
      callProgressParameters(
        callOf({ ...talked, answeredBy: 'human', updatedRt: Date.UTC(2018, 2, 25, 9, 53, 19) }),
        ACCOUNT,
        'completed',
        3,
      ),
    ],
    [
      'voice-status-busy',
      callProgressParameters(callOf({ updatedRt: Date.UTC(2022, 4, 7, 14, 30, 14) }), ACCOUNT, 'busy', 2),
    ],
    ['voice-machine', machineParameters(callOf(), ACCOUNT, 'machine_end_beep', 3200)],
    ['voice-answer', answerParameters(callOf(), ACCOUNT)],
    [
      'voice-gather-speech',
      { ...answerParameters(callOf(), ACCOUNT), ...speechParameters('Can I talk to a real person, please?') },
    ],
    ['voice-gather-digits', { ...answerParameters(callOf(), ACCOUNT), ...digitsParameters('9') }],
    ['sms-status-sent', messageStatusParameters(messageOf('sent'), ACCOUNT)],
    ['sms-status-delivered', messageStatusParameters(messageOf('delivered'), ACCOUNT)],
    [
      'sms-status-undelivered',
      messageStatusParameters(Object.assign(messageOf('undelivered'), { errorCode: '30003' }), ACCOUNT),
    ],
    ['sms-inbound', inboundParameters(messageOf('received'), ACCOUNT, null)],
    ['sms-inbound-keyword', inboundParameters(messageOf('received', 'STOP'), ACCOUNT, 'STOP')],
  ])('%s', (name, parameters) => {
    expect(parameters).toEqual(fixture(name).parameters);
  });

  it('without a time in those of a text', () => {
    for (const status of ['sent', 'delivered', 'undelivered'] as const)
      expect(messageStatusParameters(messageOf(status), ACCOUNT)).not.toHaveProperty('Timestamp');
  });

  it('with who answered only where synchronous detection says so', () => {
    const aside = callOf({
      ...talked,
      answeredBy: 'human',
      order: { ...ORDER, statusCallbackEvents: ['completed'], asyncAmd: true },
    });
    expect(callProgressParameters(aside, ACCOUNT, 'completed', 0)).not.toHaveProperty('AnsweredBy');
    expect(answerParameters(aside, ACCOUNT)).not.toHaveProperty('AnsweredBy');
    expect(answerParameters(callOf({ answeredBy: 'machine_start' }), ACCOUNT)).toHaveProperty(
      'AnsweredBy',
      'machine_start',
    );
  });
});
