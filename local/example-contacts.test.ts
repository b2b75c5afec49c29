import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CampaignDefinitionSchema } from '../domain/campaign-definition';
import { candidatePlaces } from '../domain/zone-evidence';
import { exampleContacts, MOST_EXAMPLE_CONTACTS } from './example-contacts';

const FOLDER = join(__dirname, '..', 'examples', 'intake-follow-up');
const rows = exampleContacts(MOST_EXAMPLE_CONTACTS)
  .trim()
  .split('\n')
  .slice(1)
  .map((row) => row.split(','));
const column = (ix: number) => rows.map((row) => row[ix] ?? '');

describe('the people of the example', () => {
  it('are those of the file beside the campaign', () => {
    expect(readFileSync(join(FOLDER, 'contacts.csv'), 'utf8')).toBe(exampleContacts(200));
  });

  it('have only numbers that are kept for fiction, each its own', () => {
    const phones = column(3);
    expect(phones.filter((phone) => !/^\+1\d{3}55501\d{2}$/.test(phone))).toEqual([]);
    expect(new Set(phones).size).toBe(MOST_EXAMPLE_CONTACTS);
  });

  it('have only mail addresses that nobody can own, each its own', () => {
    const mails = column(4);
    expect(mails.filter((mail) => !/^[a-z.]+\.\d+@example\.com$/.test(mail))).toEqual([]);
    expect(new Set(mails).size).toBe(MOST_EXAMPLE_CONTACTS);
  });

  it('live in every zone from Puerto Rico to Hawaii, some in two at once, some nobody knows where', () => {
    const places = rows
      .slice(0, 200)
      .map(([, , , phone = '', , zone = '']) =>
        candidatePlaces({ phones: [phone], ...(zone === '' ? {} : { statedZone: zone }) }),
      );
    const zones = new Set(places.flatMap((place) => place.zones));
    expect([...zones]).toEqual(expect.arrayContaining(['America/Puerto_Rico', 'America/New_York', 'Pacific/Honolulu']));
    expect(places.some((place) => place.zones.length > 1)).toBe(true);
    expect(column(3).some((phone) => phone.startsWith('+1800'))).toBe(true);
  });
});

describe('the campaign of the example', () => {
  const { name, description, subject, plan, policy } = JSON.parse(
    readFileSync(join(FOLDER, 'campaign.json'), 'utf8'),
  ) as Record<string, object>;
  const definition = CampaignDefinitionSchema.parse({
    ...{ name, description, subject, plan, policy },
    listId: '00000000-0000-4000-8000-000000000000',
  });

  it('keeps hours that a company could keep: eight in the morning to eight in the evening at most, on working days', () => {
    expect(definition.policy.companySlots.filter(({ open, close }) => open < '08:00' || close > '20:00')).toEqual([]);
    for (const { weekdays } of definition.plan.runs) expect(weekdays).toEqual([1, 2, 3, 4, 5]);
  });

  it('reacts to calls, replies, handoffs and forms', () => {
    expect(new Set(definition.policy.rules.map(({ when }) => when.trigger))).toEqual(
      new Set(['call_outcome', 'reply_bucket', 'handoff', 'form']),
    );
  });
});
