import type { BusinessClock } from './business-clock';
import { createDice, type Dice } from './dice';
import { type FaultRule, isCallbackMode, type Operation } from './fault-rule';
import type { LedgerChannel } from './ledger-entry';

export interface FaultSubject {
  readonly channel: LedgerChannel;
  readonly operation: Operation;
  readonly to: string;
  readonly attemptId?: string | undefined;
}

export interface FaultBoard {
  replace(rules: readonly FaultRule[]): Promise<void>;
  add(rule: FaultRule): Promise<void>;
  list(): readonly { readonly rule: FaultRule; readonly matched: number; readonly fired: number }[];
  clear(): void;
  /** The rule that spoils the answer to this request, if any. */
  drawRequest(subject: FaultSubject): Promise<FaultRule | null>;
  /** The rule that spoils the callbacks of this call or message, if any. */
  drawCallbacks(subject: FaultSubject): Promise<FaultRule | null>;
}

interface Entry {
  readonly rule: FaultRule;
  readonly putAt: number;
  readonly dice: Dice;
  matched: number;
  fired: number;
}

/** The switchboard: the first rule that matches and fires wins, in the order in which the rules were put. */
export function createFaultBoard(clock: BusinessClock, seed: string): FaultBoard {
  let entries: Entry[] = [];

  async function draw(subject: FaultSubject, wanted: (rule: FaultRule) => boolean): Promise<FaultRule | null> {
    const candidates = entries.filter((entry) => wanted(entry.rule) && matches(entry.rule, subject));
    if (candidates.length === 0) return null;
    // Each rule counts every request that it matches, also those that another rule takes.
    const counted = candidates.map((entry) => ({ entry, count: (entry.matched += 1) }));
    const now = await clock.read();
    const rule = counted.find(({ entry, count }) => fires(entry, count, now))?.entry.rule;
    return rule === undefined || rule.mode === 'ok' ? null : rule;
  }

  async function entryOf(rule: FaultRule, position: number): Promise<Entry> {
    return { rule, putAt: await clock.read(), dice: createDice(seed, 'fault', position), matched: 0, fired: 0 };
  }

  return {
    async replace(rules) {
      entries = await Promise.all(rules.map(entryOf));
    },
    async add(rule) {
      entries.push(await entryOf(rule, entries.length));
    },
    list: () => entries.map(({ rule, matched, fired }) => ({ rule, matched, fired })),
    clear() {
      entries = [];
    },
    drawRequest: (subject) => draw(subject, (rule) => !isCallbackMode(rule.mode)),
    drawCallbacks: (subject) => draw(subject, (rule) => isCallbackMode(rule.mode)),
  };
}

function matches(rule: FaultRule, subject: FaultSubject): boolean {
  const { operation, to, attemptId } = rule.match;
  const operationFits =
    operation === undefined
      ? subject.channel === 'crm' || subject.channel === 'enrichment' || subject.operation === 'create'
      : operation === subject.operation;
  return (
    rule.channel === subject.channel &&
    operationFits &&
    (to === undefined || to === subject.to) &&
    (attemptId === undefined || attemptId === subject.attemptId)
  );
}

/** Counts the firing if it fires. */
function fires(entry: Entry, count: number, now: number): boolean {
  const { rule } = entry;
  const lastsUntil =
    rule.options.businessMinutes === undefined ? Infinity : entry.putAt + rule.options.businessMinutes * 60_000;
  if (now >= lastsUntil || entry.fired >= (rule.times ?? Infinity)) return false;
  if (rule.match.nth !== undefined && rule.match.nth !== count) return false;
  if (rule.probability < 1 && entry.dice.roll() >= rule.probability) return false;
  entry.fired += 1;
  return true;
}
