import { startRig, type Rig } from '../simulator/rig';
import { ScriptNameSchema } from '../simulator/people/script';
import { castPeople } from './cast';
import { exampleContacts } from './example-contacts';

interface Fault {
  readonly rule: { readonly channel: string; readonly mode: string; readonly times: number; readonly match: object };
}

describe('the cast of the example', () => {
  let rig: Rig;

  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.stop());

  const scriptAt = async (address: string) =>
    ((await rig.control('GET', `/people/${encodeURIComponent(address)}`)).body as { script: string }).script;
  const faults = async () => (await rig.control('GET', '/faults')).body as Fault[];

  it('plays every script there is, on the phone and by mail', async () => {
    await castPeople(rig.simulator.httpUrl, exampleContacts(25));
    const rows = exampleContacts(25).trim().split('\n').slice(1);
    const scripts = await Promise.all(
      rows.map(async (row) => {
        const [, , , phone = '', email = ''] = row.split(',');
        return [await scriptAt(phone), await scriptAt(email)];
      }),
    );
    // Whoever is not cast never answers here.
    expect(scripts.slice(0, -1).every(([byPhone, byMail]) => byPhone === byMail)).toBe(true);
    expect(new Set(scripts.map(([byPhone]) => byPhone))).toEqual(new Set(ScriptNameSchema.options));
  });

  it('meets two lost answers, one with its callbacks late and one without any, a refusal for now and a CRM that fails', async () => {
    await castPeople(rig.simulator.httpUrl, exampleContacts(25));
    const planned = (await faults()).map(({ rule }) => `${rule.channel} ${rule.mode}`);
    expect(planned.sort()).toEqual([
      'crm 504_executed',
      'sms 500_executed',
      'voice 429',
      'voice 500_executed',
      'voice drop_callbacks',
      'voice late_callbacks',
      'voice timeout_executed',
    ]);
    for (const { rule } of await faults()) expect(rule).toMatchObject({ times: 1, match: { to: expect.any(String) } });
  });

  it('leaves nobody but its own who could ask to be called on a day that is a week away', async () => {
    await rig.stop();
    rig = await startRig({ weights: { replies_callback: 1 } });
    await castPeople(rig.simulator.httpUrl, exampleContacts(41));
    const person = await rig.control('GET', `/people/${encodeURIComponent('+12125550102')}`);
    expect(person.body).toMatchObject({ script: 'replies_callback', options: { reply: 'call me tomorrow at three' } });
  });

  it('is as large as the audience', async () => {
    await castPeople(rig.simulator.httpUrl, exampleContacts(1));
    expect(await scriptAt('+12125550100')).toBe('answers_converts');
    expect(await scriptAt('+13125550100')).toBe('never_answers');
    expect(await faults()).toEqual([]);
  });
});
