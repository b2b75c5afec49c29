import type { Dice } from '../../simulator/dice';

/** What the outside world does wrong for a while: every kind of fault that the switchboard knows, each rarely enough. */

/** Longer than any of our own deadlines. */
const HOLD_MS = 17_000;
const PHONE_ANSWERS = [
  '429',
  '500_not_executed',
  '500_executed',
  'timeout_not_executed',
  'timeout_executed',
  'reset',
] as const;
const CALLBACKS = ['duplicate_callbacks', 'drop_callbacks', 'late_callbacks', 'shuffle_callbacks'] as const;
const MAIL_ANSWERS = ['421', '451', '452', '552', 'drop_after_dot'] as const;
const CRM_ANSWERS = [
  '429',
  '500',
  '504_executed',
  '504_not_executed',
  'slow',
  'timeout_executed',
  'timeout_not_executed',
  'reset',
] as const;

/** Of all creates, callbacks and CRM requests about so many per cent go wrong in each single way. */
const REQUEST_PERCENT: readonly [number, number] = [1, 5];
const CALLBACK_PERCENT: readonly [number, number] = [5, 20];

export function faultMix(dice: Dice): object[] {
  const some = <T>(all: readonly T[]): T[] => all.filter(() => dice.roll() < 0.7);
  const rule = (channel: string, mode: string, percent: readonly [number, number], more: object = {}) => ({
    channel,
    mode,
    probability: dice.between(percent) / 100,
    options: optionsOf(dice, mode),
    ...more,
  });
  return [
    ...(['voice', 'sms'] as const).flatMap((channel) => [
      ...some(PHONE_ANSWERS).map((mode) => rule(channel, mode, REQUEST_PERCENT)),
      ...some(CALLBACKS).map((mode) => rule(channel, mode, CALLBACK_PERCENT)),
      rule(channel, '500_not_executed', CALLBACK_PERCENT, { match: { operation: 'lookup' } }),
    ]),
    rule('sms', 'duplicate_callbacks', CALLBACK_PERCENT, { match: { operation: 'inbound' } }),
    ...some(MAIL_ANSWERS).map((mode) => rule('email', mode, REQUEST_PERCENT)),
    ...some(CRM_ANSWERS).map((mode) => rule('crm', mode, REQUEST_PERCENT)),
  ];
}

function optionsOf(dice: Dice, mode: string): object {
  const executed = dice.roll() < 0.5;
  switch (mode) {
    case 'duplicate_callbacks':
      return { copies: dice.between([2, 5]) };
    case 'drop_callbacks':
      return { answerUrlToo: executed };
    case 'late_callbacks':
      return { delayMs: dice.between([500, 4_000]), copies: dice.between([1, 2]) };
    case 'slow':
      return { holdMs: 1_000 };
    case 'reset':
    case 'drop_after_dot':
      return { executed };
    default:
      return mode.startsWith('timeout') ? { holdMs: HOLD_MS } : {};
  }
}
