import type { World } from './world';

/** A campaign set up as a user would: through the public API, with people who follow scripts. */

export interface Actor {
  readonly name: string;
  readonly phone?: string;
  readonly phones?: readonly string[];
  readonly email?: string;
  readonly zone?: string;
  readonly script?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** External ids of the person's cases, which are the CRM's. */
  readonly cases?: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Somebody in New York who never answers, one of ninety. */
export function person(n: number, more: Partial<Actor> = {}): Actor {
  return {
    name: `Person ${n}`,
    phone: `+12125550${100 + n}`,
    zone: 'America/New_York',
    script: 'never_answers',
    ...more,
  };
}

export interface StoryOptions {
  readonly people: readonly Actor[];
  readonly runs: readonly unknown[];
  readonly policy?: object;
  readonly reports?: readonly unknown[];
  readonly formId?: string;
  readonly settings?: object;
  readonly name?: string;
}

export interface Story {
  readonly campaignId: string;
  readonly listId: string;
}

const OUR_NUMBER = '+12125550190';
export const OUR_MAIL = 'intake@example.com';
let leads = 70_000;

/** Everything but the launch. */
export async function prepare({ api, simulator }: World, story: StoryOptions): Promise<Story> {
  await api.send('PATCH', '/v1/settings', {
    companyName: 'Example Law',
    address: '1 Example Street, Springfield',
    phone: '+12125550199',
    callerNumbers: [OUR_NUMBER],
    mailFrom: OUR_MAIL,
    openingJitterSeconds: 0,
    closingMarginSeconds: 0,
    ...story.settings,
  });
  const list = await api.send<{ id: string }>('POST', '/v1/lists', {
    name: story.name ?? 'New inquiries',
    caseType: 'injury',
  });
  await api.send('POST', `/v1/lists/${list.id}/contacts`, { items: story.people.map(entryOf) });
  for (const person of story.people) await cast(simulator.httpUrl, person);
  const campaign = await api.send<{ id: string }>('POST', '/v1/campaigns', {
    name: story.name ?? 'Intake follow-up',
    subject: 'intake',
    listId: list.id,
    plan: { runs: story.runs, formId: story.formId ?? null },
    policy: story.policy ?? {},
    ...(story.reports === undefined ? {} : { reports: story.reports }),
  });
  return { campaignId: campaign.id, listId: list.id };
}

export async function launch(world: World, options: StoryOptions): Promise<Story> {
  const story = await prepare(world, options);
  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/launch`);
  return story;
}

function entryOf({ name, phone, phones, email, zone, cases, attributes }: Actor) {
  return {
    contact: {
      firstName: name,
      phones: phones ?? (phone === undefined ? [] : [phone]),
      emails: email === undefined ? [] : [email],
      ...(zone === undefined ? {} : { zone }),
      ...(attributes === undefined ? {} : { attributes }),
    },
    cases: (cases ?? [String(leads++)]).map((externalId) => ({ externalId })),
  };
}

async function cast(simulatorUrl: string, { phone, phones, email, script, options }: Actor): Promise<void> {
  if (script === undefined) return;
  for (const number of phones ?? (phone === undefined ? [] : [phone]))
    await tellSimulator(simulatorUrl, 'people', { phone: number, script, options });
  if (email !== undefined) await tellSimulator(simulatorUrl, 'people', { email, script, options });
}

export async function tellSimulator(
  simulatorUrl: string,
  what: string,
  body: unknown,
  method: 'POST' | 'PUT' = 'POST',
): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/sim/${what}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${what}: ${await answer.text()}`);
}

/** A week of calls and whatever else the test adds. */
export function callRun(more: Record<string, unknown> = {}, calls: Record<string, unknown> = {}) {
  return {
    key: 'week',
    startsOn: '2027-03-01',
    endsOn: '2027-03-05',
    hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
    calls: { attempts: 1, greeting: 'Hello {{contact.first_name}}, how can we help?', ...calls },
    ...more,
  };
}

/** The rules of a campaign that fired, as the phrases of the report (S0-58). */
export async function phrases({ api }: World, { campaignId }: Story): Promise<string[]> {
  const { items } = await api.get<{ items: { phrase: string }[] }>(
    `/v1/campaigns/${campaignId}/rule-firings?limit=100`,
  );
  return items.map(({ phrase }) => phrase);
}
