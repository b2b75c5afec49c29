import { setTimeout as delay } from 'node:timers/promises';
import { createDice, type Dice } from '../../simulator/dice';
import { tellSimulator } from '../story';
import { ROLES } from './crash-plan';
import type { InsistentClient } from './insistent-client';
import type { Installation } from './installation';
import { OUR_NUMBERS, type Wave } from './people';

/** What happens to servers, processes, providers and people while a campaign runs; all of it chosen by the seed. */

/** What one shuffled round of disturbances holds. */
const DECK = [
  ...['kill', 'kill', 'kill', 'restart', 'postgres', 'temporal', 'faults', 'faults'],
  ...['write', 'write', 'write', 'write', 'pause', 'order', 'order', 'order', 'launch'],
] as const;
type Disturbance = (typeof DECK)[number];

const GAP_MS: readonly [number, number] = [500, 2_000];
const DOWN_MS: readonly [number, number] = [0, 2_500];
const PAUSE_MS: readonly [number, number] = [1_000, 4_000];
/** What people write without being asked. */
const WORDS = [
  'STOP',
  'STOP',
  'please stop calling me',
  'no more texts please',
  'yes please',
  'ALTO',
  'what do I need?',
];
const ORDERS = ['stop_calls', 'stop_messaging', 'complete', 'hand_back'];

export class Disturbances {
  private readonly dice: Dice;
  private deck: Disturbance[] = [];
  /** What takes its time goes on beside the rest; servers are restarted one after the other. */
  private readonly underWay: Promise<void>[] = [];
  private servers: Promise<void> = Promise.resolve();

  constructor(
    private readonly installation: Installation,
    private readonly api: InsistentClient,
    private readonly waves: readonly Wave[],
  ) {
    this.dice = createDice(installation.seed, 'disturbances');
  }

  /** One after the other until the time is over and all of them have come to their end. */
  async until(endMs: number): Promise<void> {
    await this.changeFaults();
    for (;;) {
      const gap = this.dice.between(GAP_MS);
      if (Date.now() + gap > endMs) break;
      await delay(gap);
      this.begin(this.next());
    }
    await Promise.all([...this.underWay, this.servers]);
  }

  private next(): Disturbance {
    if (this.deck.length === 0) this.deck = this.dice.shuffle(DECK);
    return this.deck.pop() ?? 'kill';
  }

  /** All dice are thrown here, before anything is waited for, so that their order is always the same. */
  private begin(what: Disturbance): void {
    const { installation, dice } = this;
    switch (what) {
      case 'kill':
      case 'restart': {
        const all = installation.of(this.pick(ROLES));
        this.pick(all)[what]();
        return;
      }
      case 'postgres':
        return this.afterServers(dice.between(DOWN_MS), async (downMs) => installation.postgres.crash(downMs), what);
      case 'temporal':
        return this.afterServers(dice.between(DOWN_MS), (downMs) => this.crashTemporal(downMs), what);
      case 'faults':
        this.underWay.push(this.changeFaults());
        return;
      case 'write':
        this.underWay.push(this.write(this.somebody(), this.pick(OUR_NUMBERS), this.pick(WORDS)));
        return;
      case 'pause':
        this.underWay.push(this.pause(this.pick(this.waves), dice.between(PAUSE_MS)));
        return;
      case 'order':
        this.underWay.push(this.order(this.pick(this.waves), dice.roll(), this.pick(ORDERS)));
        return;
      case 'launch':
        this.underWay.push(this.launchAgain(this.pick(this.waves)));
    }
  }

  private afterServers(downMs: number, crash: (downMs: number) => Promise<void>, what: Disturbance): void {
    this.servers = this.servers.then(async () => {
      await crash(downMs);
      this.installation.count(`${what} crashed and restarted`);
    });
  }

  private async crashTemporal(downMs: number): Promise<void> {
    await this.installation.temporal.kill();
    await delay(downMs);
    await this.installation.temporal.start();
  }

  private async changeFaults(): Promise<void> {
    const { installation, dice } = this;
    installation.count('provider faults changed');
    await tellSimulator(installation.simulator.httpUrl, 'faults', faultMix(dice), 'PUT');
  }

  private async write(from: string, to: string, body: string): Promise<void> {
    await tellSimulator(this.installation.simulator.httpUrl, 'inbound-sms', { from, to, body });
    this.installation.count(`somebody wrote "${body}"`);
  }

  private async pause({ campaignId }: Wave, forMs: number): Promise<void> {
    const { status } = await this.api.ask('POST', `/v1/campaigns/${campaignId}/pause`);
    await delay(forMs);
    await this.api.ask('POST', `/v1/campaigns/${campaignId}/resume`);
    if (status < 300) this.installation.count('campaign paused and resumed');
  }

  private async order({ campaignId }: Wave, which: number, order: string): Promise<void> {
    const path = `/v1/campaigns/${campaignId}/enrollments?limit=100`;
    const { body } = await this.api.ask<{ items: { id: string }[] }>('GET', path);
    const enrollment = body.items[Math.floor(which * body.items.length)];
    if (enrollment === undefined) return;
    const { status } = await this.api.ask('POST', `/v1/enrollments/${enrollment.id}/orders`, { order });
    this.installation.count(`order ${order} ${status < 300 ? 'taken' : 'refused'}`);
  }

  private async launchAgain({ campaignId }: Wave): Promise<void> {
    await this.api.ask('POST', `/v1/campaigns/${campaignId}/launch`);
    this.installation.count('campaign launched again');
  }

  private somebody(): string {
    return this.pick(this.pick(this.waves).phones);
  }

  private pick<T>(all: readonly T[]): T {
    const one = all[this.dice.between([0, all.length - 1])];
    if (one === undefined) throw new Error('there is nothing to pick from');
    return one;
  }
}

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

/** What the outside world does wrong for a while: every kind of fault that the switchboard knows, each rarely enough. */
function faultMix(dice: Dice): object[] {
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
