import { acceptedBy, enrollmentsOf, expectSound, onlyEnrollment } from '../outcome';
import { callRun, launch, type Actor } from '../story';
import { World } from '../world';

/** What permits outreach: the law of the state, the calendar, consent, and money. On real servers, by the provider's ledger. */

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  await expectSound(world).finally(() => world.stop());
});

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const HOURS = { mode: 'calling_times', slots: [{ open: '08:00', close: '21:00' }] };
const caller = (name: string, phone: string): Actor => ({ name, phone, script: 'never_answers' });
const run = (startsOn: string, endsOn: string, calls: object = {}) =>
  callRun({ startsOn, endsOn, weekdays: EVERY_DAY, hours: HOURS }, { ...calls });

/** "Mon 08:00" by the clocks of the zone, for each call to the number. */
function callsTo(phone: string, zone: string): string[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return acceptedBy(world, 'voice')
    .filter(({ to }) => to === phone)
    .map(({ at }) => format.format(at));
}

async function nextOf(enrollmentId: string | undefined): Promise<string> {
  const { next } = await world.api.get<{ next: { sentence: string } }>(`/v1/enrollments/${enrollmentId}`);
  return next.sentence;
}

test('INV-1, C4: on a Sunday nobody in Alabama is called, and everybody in Texas after noon', async () => {
  await world.at('2027-03-07T12:00:00Z');
  const people = [caller('Ada', '+12055550101'), caller('Tess', '+12145550102')];
  const story = await launch(world, { people, runs: [run('2027-03-07', '2027-03-08')] });
  await world.quiet();
  const [ada] = (await enrollmentsOf(world, story)).filter(({ status }) => status === 'active');
  expect(await nextOf(ada?.id)).toMatch(/^Next is week\.call\.1 .* hours in America\/Chicago/);
  await world.runUntil('2027-03-09T12:00:00Z');
  expect(callsTo('+12055550101', 'America/Chicago')).toEqual(['Mon 08:00']);
  // Dallas lies in one zone; the area code alone says so.
  expect(callsTo('+12145550102', 'America/Chicago')).toEqual(['Sun 12:00']);
});

test('C4, U-17: on a holiday nobody is called where the law closes it, and nobody at all on a blackout of the company', async () => {
  await world.at('2027-11-25T12:00:00Z');
  await world.api.send('POST', '/v1/calendar-days', {
    name: 'Inventory',
    rule: { kind: 'dates', from: '2027-11-26', to: '2027-11-26' },
    binds: 'everybody',
    source: 'management',
  });
  const people = [caller('Lou', '+15045550101'), caller('Nora', '+12125550102')];
  const calls = { attempts: 2, perDay: 1, spacingMinutes: { default: 0 } };
  const story = await launch(world, { people, runs: [run('2027-11-25', '2027-11-28', calls)] });
  await world.quiet();
  const sentences = await Promise.all((await enrollmentsOf(world, story)).map(({ id }) => nextOf(id)));
  expect(sentences.join('\n')).toContain('it is Thanksgiving Day in America/Chicago, a day without outreach');
  await world.runUntil('2027-11-30T12:00:00Z');
  expect(callsTo('+15045550101', 'America/Chicago')).toEqual(['Sat 08:00']);
  expect(callsTo('+12125550102', 'America/New_York')).toEqual(['Thu 08:00', 'Sat 08:00']);
});

test('INV-4, C12: an artificial voice calls only who has agreed to it; for the others the wait ends with the reason', async () => {
  await world.at('2027-03-01T16:00:00Z');
  const people = [caller('Ada', '+12125550101'), caller('Nora', '+12125550102')];
  const story = { people, runs: [run('2027-03-01', '2027-03-05', { requiresConsent: 'ai_voice' })] };
  // Nobody is enrolled before the consent is there.
  await world.stopWorkers();
  const launched = await launch(world, story);
  const { items } = await world.api.get<{ items: { id: string; firstName: string }[] }>('/v1/contacts');
  const ada = items.find(({ firstName }) => firstName === 'Ada');
  await world.api.send('POST', `/v1/contacts/${ada?.id}/consents`, { class: 'ai_voice', source: 'form', text: 'Yes.' });
  await world.startWorkers();
  await world.runUntil('2027-03-02T12:00:00Z');
  expect(acceptedBy(world, 'voice').map(({ to }) => to)).toEqual(['+12125550101']);
  const refused = (await enrollmentsOf(world, launched)).filter(({ reason }) => reason === 'no_consent');
  expect(refused).toHaveLength(1);
  const { items: told } = await world.api.get<{ items: { data: { why?: string } }[] }>(
    `/v1/enrollments/${refused[0]?.id}/timeline`,
  );
  expect(told.map(({ data }) => data.why ?? '').join()).toContain('has not agreed to it (consent "ai_voice")');
});

test('U-14: a campaign that has spent its limit begins nothing, and goes on when that is raised', async () => {
  await world.at('2027-03-01T16:00:00Z');
  await world.api.send('PATCH', '/v1/spending/rates', { callMinuteMicros: 10_000, callMinutes: 1 });
  await world.stopWorkers();
  const people = [101, 102, 103].map((n) => caller(`Person ${n}`, `+12125550${n}`));
  const story = await launch(world, { people, runs: [run('2027-03-01', '2027-03-05')] });
  const spending = `/v1/campaigns/${story.campaignId}/spending`;
  await world.api.send('PUT', spending, { perDayMicros: null, totalMicros: 20_000 });
  await world.startWorkers();
  await world.quiet();
  expect(acceptedBy(world, 'voice')).toHaveLength(2);
  const waiting = (await enrollmentsOf(world, story)).filter(({ status }) => status === 'active');
  expect(waiting).toHaveLength(1);
  expect(await nextOf(waiting[0]?.id)).toContain('the campaign may spend no more than 0.02 until that is raised');
  await world.api.send('PUT', spending, { perDayMicros: null, totalMicros: 30_000 });
  await world.quiet();
  expect(acceptedBy(world, 'voice')).toHaveLength(3);
  expect(await world.api.get(spending)).toMatchObject({ spentMicros: 30_000 });
});

test('E-4: an hour that a change of the law opens is used at once by who waits', async () => {
  await world.at('2027-03-01T15:30:00Z');
  const rule = await world.api.send<{ id: string }>('POST', '/v1/legal-rules', {
    state: 'WY',
    channels: ['voice'],
    hours: [{ weekdays: EVERY_DAY, slots: [{ open: '11:00', close: '20:00' }] }],
    source: 'a statute',
  });
  const people = [caller('Wynn', '+13075550101')];
  const story = await launch(world, { people, runs: [run('2027-03-01', '2027-03-02')] });
  await world.quiet();
  const { id } = await onlyEnrollment(world, story);
  expect(await nextOf(id)).toContain('8:30 is before the legal WY hours in America/Denver open at 11:00');
  await world.api.send('POST', `/v1/legal-rules/${rule.id}/retire`, { source: 'repealed', reviewedBy: 'Counsel' });
  await world.quiet();
  expect(callsTo('+13075550101', 'America/Denver')).toEqual(['Mon 08:30']);
});
