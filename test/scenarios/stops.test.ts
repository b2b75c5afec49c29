import { acceptedBy, expectSound, onlyEnrollment } from '../outcome';
import { callRun, launch, phrases } from '../story';
import { World } from '../world';

/** Each stop against the other channels, and the statuses that the screens show (S0-34..S0-36, S0-72, R-9). */

let world: World;
beforeEach(async () => {
  world = await World.create();
  await world.at('2027-03-01T17:00:00Z');
});
afterEach(async () => {
  await expectSound(world).finally(() => world.stop());
});

const NORA = {
  name: 'Nora',
  phone: '+12125550101',
  email: 'nora@example.com',
  zone: 'America/New_York',
  script: 'never_answers',
};
const MAIL = {
  key: 'mail',
  channel: 'email',
  when: { kind: 'at', on: '2027-03-03', time: '10:00' },
  subject: 'Hello',
  text: 'Hello',
};
const TEXT = { key: 'text', channel: 'sms', when: { kind: 'at', on: '2027-03-03', time: '11:00' }, text: 'Hello' };
const RUNS = [callRun({ messages: [MAIL, TEXT] }, { attempts: 5, perDay: 1 })];

async function afterHandoff(then: string) {
  const rules = [{ key: 'stop', when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind: then }] }];
  const story = await launch(world, { people: [NORA], runs: RUNS, policy: { rules, handoffHoldHours: 1 } });
  await world.quiet();
  const { id } = await onlyEnrollment(world, story);
  await world.api.send('POST', '/v1/facts', {
    kind: 'handoff_requested',
    eventId: 'h',
    enrollmentId: id,
    reason: 'asked',
  });
  await world.quiet();
  return story;
}

test('S0-34: Stop Calls ends calls; messages go on, and the contact reads Completed (All Calls) meanwhile (S1-104)', async () => {
  const story = await afterHandoff('stop_calls');
  expect((await onlyEnrollment(world, story)).status).toBe('completed_all_calls');
  await world.runUntil('2027-03-06T05:00:00Z');
  expect([
    acceptedBy(world, 'voice').length,
    acceptedBy(world, 'sms').length,
    acceptedBy(world, 'email').length,
  ]).toEqual([1, 1, 1]);
  expect((await onlyEnrollment(world, story)).status).toBe('completed');
});

test('S0-35: Stop Messaging ends texts and mails; calls go on', async () => {
  const story = await afterHandoff('stop_messaging');
  expect((await onlyEnrollment(world, story)).status).toBe('active');
  await world.runUntil('2027-03-06T05:00:00Z');
  expect([
    acceptedBy(world, 'voice').length,
    acceptedBy(world, 'sms').length,
    acceptedBy(world, 'email').length,
  ]).toEqual([5, 0, 0]);
});

test('S0-36, R-8: Stop Campaign ends everything for good; Resume Outreach says why it does not bring the contact back', async () => {
  const story = await afterHandoff('stop_campaign');
  const { id } = await onlyEnrollment(world, story);
  expect(await onlyEnrollment(world, story)).toMatchObject({ state: 'ended', reason: 'stopped_by_rule' });
  await expect(world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: 'resume' })).rejects.toMatchObject({
    status: 409,
  });
  await world.runUntil('2027-03-06T05:00:00Z');
  expect([
    acceptedBy(world, 'voice').length,
    acceptedBy(world, 'sms').length,
    acceptedBy(world, 'email').length,
  ]).toEqual([1, 0, 0]);
});

test('R-3: a form finished after the end still fires its rules, and the stop records that it was over', async () => {
  const rules = [
    {
      key: 'form',
      when: { trigger: 'form', outcome: 'completed' },
      then: [{ kind: 'crm_status', status: 'Intake Complete' }, { kind: 'stop_calls' }],
    },
  ];
  const story = await launch(world, { people: [NORA], runs: [callRun()], formId: 'intake', policy: { rules } });
  await world.runUntil('2027-03-06T05:00:00Z');
  const { id, state } = await onlyEnrollment(world, story);
  expect(state).toBe('ended');
  await world.api.send('POST', '/v1/facts', { kind: 'form_completed', eventId: 'late', enrollmentId: id, answers: {} });
  await world.quiet();
  expect(await phrases(world, story)).toEqual(['Completed Form']);
  const { items } = await world.api.get<{ items: { kind: string; state: string; result: string }[] }>(
    `/v1/enrollments/${id}/executions`,
  );
  expect(items.map(({ kind, state: how, result }) => `${kind} ${how} ${result}`).sort()).toEqual([
    'crm_status done CRM status "Intake Complete"',
    'stop_calls done calls were already stopped',
  ]);
});

test('an operator completes a contact and takes it up again (S1-92, S1-93)', async () => {
  const story = await launch(world, { people: [NORA], runs: RUNS, policy: { neverEnding: true } });
  await world.quiet();
  const { id } = await onlyEnrollment(world, story);
  await world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: 'complete' });
  await world.runUntil('2027-03-02T17:00:00Z');
  expect(await onlyEnrollment(world, story)).toMatchObject({ state: 'ended', reason: 'completed_by_operator' });
  expect(acceptedBy(world, 'voice')).toHaveLength(1);
  await world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: 'resume' });
  await world.runUntil('2027-03-06T05:00:00Z');
  expect(acceptedBy(world, 'voice').length).toBeGreaterThan(1);
});
