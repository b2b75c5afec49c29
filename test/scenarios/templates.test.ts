import { ownAddressCode } from '../../db/tokens';
import { acceptedBy } from '../outcome';
import { prepare, tellSimulator } from '../story';
import { until } from '../until';
import { World } from '../world';

/** Words that campaigns share, and what the team sends to itself before anybody else gets it. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.stop());

const ZONE = 'America/New_York';
const OUR_PHONE = '+12125550181';
const variant = (text: string, language = 'en') => ({ language, subject: null, text });
const runOf = (templateId: string, more: object = {}) => ({
  key: 'week',
  startsOn: '2027-03-01',
  endsOn: '2027-03-05',
  hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
  messages: ['2027-03-02', '2027-03-03'].map((on, at) => ({
    ...{ key: `text-${at}`, channel: 'sms', when: { kind: 'at', on, time: '10:00' }, templateId },
  })),
  ...more,
});
const post = <T>(path: string, body: object = {}) => world.api.send<T>('POST', `/v1${path}`, body);
const sentTo = (phone: string) =>
  acceptedBy(world, 'sms')
    .filter(({ to }) => to === phone)
    .map(({ detail }) => Reflect.get(Object(detail['order']), 'body') as string);

interface Made {
  readonly id: string;
}

test('U-10: each contact gets the words of the frozen version in their language, and newer ones only when they are published', async () => {
  await world.at('2027-03-01T17:00:00Z');
  const { id } = await post<Made>('/templates', {
    name: 'Reminder',
    channel: 'sms',
    variants: [variant('Hello {{contact.first_name}}.'), variant('Hola {{contact.first_name}}.', 'es')],
  });
  const people = [
    { name: 'Nora', phone: '+16465550131', zone: ZONE, script: 'never_answers' },
    { name: 'Luz', phone: '+16465550132', zone: ZONE, script: 'never_answers' },
  ];
  const story = await prepare(world, { people, runs: [runOf(id)] });
  await world.sql`update contact set language = 'es-MX' where first_name = 'Luz'`;
  await post(`/campaigns/${story.campaignId}/launch`);
  await world.api.send('PATCH', `/v1/templates/${id}`, {
    revision: 1,
    variants: [variant('Good day, {{contact.first_name}}.')],
  });
  await world.runUntil('2027-03-02T20:00:00Z');
  expect([sentTo('+16465550131'), sentTo('+16465550132')]).toEqual([['Hello Nora.'], ['Hola Luz.']]);

  const { definition, revision } = await world.api.get<{ definition: object; revision: number }>(
    `/v1/campaigns/${story.campaignId}`,
  );
  const plan = { formId: null, runs: [runOf(id)] };
  await post(`/campaigns/${story.campaignId}/publish`, {
    revision,
    definition: { ...definition, plan },
    inside: 'adopt',
  });
  await world.runUntil('2027-03-03T20:00:00Z');
  expect([sentTo('+16465550131'), sentTo('+16465550132')]).toEqual([
    ['Hello Nora.', 'Good day, Nora.'],
    ['Hola Luz.', 'Good day, Luz.'],
  ]);
});

test('U-3: whoever has confirmed a code gets texts, mails and calls as a contact would, and no contact is touched', async () => {
  await tellSimulator(world.simulator.httpUrl, 'people', {
    phone: OUR_PHONE,
    script: 'answers_successful',
    options: { outcome: null },
  });
  const attempts = async () => (await world.sql`select id from attempt`).length;
  const before = await attempts();
  const own = await post<Made>('/own-addresses', { kind: 'phone', value: OUR_PHONE, label: 'Ada' });
  const code = ownAddressCode(world.keys().secretKey, own.id, 1);
  await until('the code has come', async () => sentTo(OUR_PHONE).some((text) => text.includes(code)));
  const { id: templateId } = await post<Made>('/templates', {
    name: 'Tried',
    channel: 'sms',
    variants: [variant('Hi {{contact.first_name}}')],
  });
  await expect(post('/test-messages', { ownAddressId: own.id, templateId })).rejects.toThrow(/403|not verified/);
  await post(`/own-addresses/${own.id}/confirm`, { code });

  const text = await post<Made>('/test-messages', { ownAddressId: own.id, templateId });
  const ends = (id: string, state: string) =>
    until(
      `the test is ${state}`,
      async () => (await world.api.get<{ state: string }>(`/v1/test-messages/${id}`)).state === state,
    );
  await ends(text.id, 'ended');
  expect(sentTo(OUR_PHONE)).toContain('Hi Asha');

  const calls = runOf(templateId, {
    messages: [],
    calls: { attempts: 1, greeting: 'Good day, {{contact.first_name}}.' },
  });
  const { campaignId } = await prepare(world, {
    people: [{ name: 'Pat', phone: '+16465550133', zone: ZONE }],
    runs: [calls],
    name: 'Calls to try',
  });
  const call = await post<Made>('/test-messages', {
    ownAddressId: own.id,
    campaignId,
    runKey: 'week',
    stepKey: 'call',
  });
  await ends(call.id, 'ended');
  const placed = acceptedBy(world, 'voice').filter(({ to }) => to === OUR_PHONE);
  expect(placed).toHaveLength(1);

  const mailbox = await post<Made>('/own-addresses', { kind: 'email', value: 'ada@example.com', label: 'Ada' });
  await post(`/own-addresses/${mailbox.id}/confirm`, { code: ownAddressCode(world.keys().secretKey, mailbox.id, 1) });
  const { id: mailId } = await post<Made>('/templates', {
    name: 'Tried by mail',
    channel: 'email',
    variants: [{ language: 'en', subject: 'Your case', text: 'Dear {{contact.full_name}}' }],
  });
  const mail = await post<Made>('/test-messages', { ownAddressId: mailbox.id, templateId: mailId });
  await ends(mail.id, 'accepted');
  expect(acceptedBy(world, 'email').filter(({ to }) => to === 'ada@example.com')).toHaveLength(2);
  expect(await attempts()).toBe(before);
});
