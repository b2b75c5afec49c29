import type { Story } from './story';
import type { World } from './world';

export interface EnrollmentDocument {
  readonly id: string;
  readonly contactId: string;
  readonly state: string;
  readonly reason: string | null;
  readonly status: string;
}

/** What the API says of the campaign's contacts. */
export async function enrollmentsOf({ api }: World, { campaignId }: Story): Promise<EnrollmentDocument[]> {
  const { items } = await api.get<{ items: EnrollmentDocument[] }>(`/v1/campaigns/${campaignId}/enrollments?limit=100`);
  return items;
}

export async function onlyEnrollment(world: World, story: Story): Promise<EnrollmentDocument> {
  const [only, ...others] = await enrollmentsOf(world, story);
  if (only === undefined || others.length > 0)
    throw new Error(`expected one enrollment, found ${others.length + (only === undefined ? 0 : 1)}`);
  return only;
}

/** What the outside world accepted: calls, texts and mails, each with the business time at which it was asked. */
export function acceptedBy({ simulator }: World, channel: 'voice' | 'sms' | 'email') {
  return simulator.ledger
    .entries({ channel })
    .filter(({ kind, accepted }) => (kind === 'create' || kind === 'mail') && accepted === true);
}

interface Lead {
  readonly status: string;
  readonly notes: readonly { readonly text: string }[];
}

/** What stands in the CRM about a case. */
export async function leadOf({ simulator }: World, caseId: string): Promise<Lead | null> {
  const answer = await fetch(`${simulator.httpUrl}/sim/crm`);
  const leads = (await answer.json()) as Record<string, Lead>;
  return leads[caseId] ?? null;
}

/** Nobody was contacted twice for one attempt, and the books balance. */
export async function expectSound(world: World): Promise<void> {
  const summary = (await (await fetch(`${world.simulator.httpUrl}/sim/summary`)).json()) as { duplicates: unknown[] };
  expect(summary.duplicates).toEqual([]);
  const { equations } = await world.balance();
  expect(equations.filter(({ ok }) => !ok)).toEqual([]);
}
