import { createBusinessClock } from '../business-clock';
import { createLedger, type Ledger } from '../ledger';
import { createDirectory } from './directory';
import { ScriptNameSchema } from './script';
import { DEFAULT_WEIGHTS, SCRIPTS } from './scripts';

const PHONES = Array.from(
  { length: 300 },
  (_, ix) => `+1${212 + Math.floor(ix / 100)}55501${String(ix % 100).padStart(2, '0')}`,
);

let ledger: Ledger;

beforeEach(() => {
  ledger = createLedger(
    createBusinessClock(() => Promise.resolve(0)),
    null,
  );
});

describe('the people of a seed', () => {
  it('are the same in every run, whoever is reached first', () => {
    const names = (phones: readonly string[], seed: string): Map<string, string> => {
      const directory = createDirectory(ledger, seed);
      return new Map(phones.map((phone) => [phone, directory.reach(phone).name]));
    };
    const one = names(PHONES, 'seed');
    const other = names(PHONES.toReversed(), 'seed');
    expect(PHONES.map((phone) => one.get(phone))).toEqual(PHONES.map((phone) => other.get(phone)));
    expect(names(PHONES, 'another')).not.toEqual(one);
  });

  it('play every script that is drawn', () => {
    const directory = createDirectory(ledger, 'seed');
    const drawn = ScriptNameSchema.options.filter((name) => DEFAULT_WEIGHTS[name] > 0);
    expect(new Set(PHONES.map((phone) => directory.reach(phone).name))).toEqual(new Set(drawn));
    expect(new Set(Object.keys(SCRIPTS))).toEqual(new Set(Object.keys(DEFAULT_WEIGHTS)));
  });

  it('are drawn by weights, if any are given', () => {
    const directory = createDirectory(ledger, 'seed', { voicemail: 1 });
    expect(new Set(PHONES.map((phone) => directory.reach(phone).name))).toEqual(new Set(['voicemail']));
    expect(createDirectory(ledger, 'seed', {}).reach(PHONES[0] ?? '').name).toBe('never_answers');
  });

  it('roll the same for their nth call, and something else for the next', () => {
    const durations = (calls: number): number[] => {
      const directory = createDirectory(ledger, 'seed');
      const person = directory.reach('+12125550123');
      person.memory.calls = calls;
      person.memory.texts = Math.floor(calls / 2);
      return Array.from({ length: 3 }, () => directory.diceOf(person, 'call').between([0, 1_000_000]));
    };
    expect(durations(1)).toEqual(durations(1));
    expect(durations(1)).not.toEqual(durations(2));
  });
});

describe('an assigned script', () => {
  it('wins, and keeps what the person lived through', async () => {
    const directory = createDirectory(ledger, 'seed', { voicemail: 1 });
    directory.reach('+12125550123').memory.calls = 2;
    await directory.assign('+12125550123', 'busy_then_answers', { busyCalls: 3 });
    expect(directory.reach('+12125550123')).toMatchObject({
      name: 'busy_then_answers',
      options: { busyCalls: 3 },
      memory: { calls: 2 },
    });
  });

  it('and the memory of people come back from the ledger', async () => {
    const phone = '+12125550123';
    const mail = 'asha@example.com';
    await createDirectory(ledger, 'seed').assign(phone, 'replies_callback', { reply: 'later' });
    for (const accepted of [true, true, false])
      await ledger.record({ channel: 'voice', kind: 'create', to: phone, accepted, detail: {} });
    await ledger.record({ channel: 'sms', kind: 'create', to: phone, accepted: true, detail: {} });
    await ledger.record({ channel: 'sms', kind: 'create', to: phone, accepted: true, status: 'reply', detail: {} });
    await ledger.record({ channel: 'sms', kind: 'inbound', from: phone, detail: {} });
    await ledger.record({ channel: 'email', kind: 'mail', to: mail, accepted: true, detail: {} });
    await ledger.record({ channel: 'email', kind: 'fact', from: mail, status: 'inbound_email', detail: {} });
    const restarted = createDirectory(ledger, 'seed');
    expect(restarted.reach(phone)).toMatchObject({
      name: 'replies_callback',
      options: { reply: 'later' },
      memory: { calls: 2, texts: 1, mails: 0, replies: 1 },
    });
    expect(restarted.reach(mail).memory).toEqual({ calls: 0, texts: 0, mails: 1, replies: 1 });
  });
});
