import { createDice, type Dice, pickWeighted } from '../dice';
import type { LedgerEntry } from '../ledger-entry';
import type { Ledger } from '../ledger';
import * as z from 'zod';
import type { Memory, Script, ScriptName, ScriptOptions } from './script';
import { ScriptNameSchema, ScriptOptionsSchema } from './script';
import { DEFAULT_WEIGHTS, SCRIPTS } from './scripts';

export interface Person {
  readonly address: string;
  readonly name: ScriptName;
  readonly script: Script;
  readonly options: ScriptOptions;
  readonly memory: Memory;
}

export interface Directory {
  /** Whoever answers at this phone number or mail address. */
  reach(address: string): Person;
  assign(address: string, name: ScriptName, options: ScriptOptions): Promise<void>;
  /** The rolls of the person's present call, text, mail or reply: the nth has the same in every run of one seed. */
  diceOf(person: Person, occasion: 'call' | 'text' | 'reply'): Dice;
  clear(): void;
}

const AssignmentSchema = z.object({ script: ScriptNameSchema, options: ScriptOptionsSchema });

/** Knows everybody. Assigned scripts win; the others are drawn by the address, so that one seed gives one population. */
export function createDirectory(
  ledger: Ledger,
  seed: string,
  weights: Partial<Record<ScriptName, number>> = DEFAULT_WEIGHTS,
): Directory {
  const people = new Map<string, Person>();
  const drawable = ScriptNameSchema.options.map((name) => [name, weights[name] ?? 0] as const);

  function reach(address: string): Person {
    const known = people.get(address);
    if (known !== undefined) return known;
    const name = pickWeighted(createDice(seed, 'script', address), drawable) ?? 'never_answers';
    return settle(address, name, {});
  }

  function settle(address: string, name: ScriptName, options: ScriptOptions): Person {
    const memory = people.get(address)?.memory ?? { calls: 0, texts: 0, mails: 0, replies: 0 };
    const person: Person = { address, name, script: SCRIPTS[name], options, memory };
    people.set(address, person);
    return person;
  }

  for (const entry of ledger.entries()) remember(entry, reach, settle);

  return {
    reach,
    async assign(address, name, options) {
      settle(address, name, options);
      const channel = address.includes('@') ? 'email' : 'voice';
      await ledger.record({ channel, kind: 'assign', to: address, detail: { script: name, options } });
    },
    diceOf: (person, occasion) => createDice(seed, occasion, person.address, countOf(person.memory, occasion)),
    clear: () => people.clear(),
  };
}

function countOf(memory: Memory, occasion: 'call' | 'text' | 'reply'): number {
  if (occasion === 'call') return memory.calls;
  return occasion === 'text' ? memory.texts : memory.calls + memory.texts + memory.mails;
}

/** A restarted simulator reads from its ledger what people lived through. */
function remember(
  entry: LedgerEntry,
  reach: (address: string) => Person,
  settle: (address: string, name: ScriptName, options: ScriptOptions) => Person,
): void {
  if (entry.kind === 'assign' && entry.to !== undefined) {
    const { script, options } = AssignmentSchema.parse(entry.detail);
    settle(entry.to, script, options);
  }
  const replied = entry.kind === 'inbound' || (entry.kind === 'fact' && entry.status === 'inbound_email');
  if (replied && entry.from !== undefined) reach(entry.from).memory.replies += 1;
  if (entry.accepted !== true || entry.to === undefined || entry.status === 'reply') return;
  if (entry.kind === 'create' && entry.channel === 'voice') reach(entry.to).memory.calls += 1;
  if (entry.kind === 'create' && entry.channel === 'sms') reach(entry.to).memory.texts += 1;
  if (entry.kind === 'mail') reach(entry.to).memory.mails += 1;
}
