import { CampaignDefinitionSchema } from '../domain/campaign-definition';
import { usablePhone } from '../domain/phone';
import { candidatePlaces } from '../domain/zone-evidence';
import { NEXT_WEEKS_CALL, ONE_CALL, peopleCsv, phoneOf } from './people';

const LIST_ID = '00000000-0000-4000-8000-000000000001';
/** More than a whole run imports. */
const MOST = 13_000;

describe('the people of the bench', () => {
  const phones = Array.from({ length: MOST }, (_, n) => phoneOf(n));

  it('have a number each that is kept for fiction', () => {
    expect(new Set(phones).size).toBe(MOST);
    expect(phones.filter((phone) => !/^\+1\d{3}55501\d{2}$/.test(phone))).toEqual([]);
    expect(usablePhone(phoneOf(0))).not.toBeNull();
  });

  it('live where a Monday noon in Denver is a good time to call', () => {
    const zones = new Set(
      phones.filter((_, n) => n % 100 === 0).flatMap((phone) => candidatePlaces({ phones: [phone] }).zones),
    );
    expect([...zones].filter((zone) => /Anchorage|Honolulu|Halifax|Guam/.test(zone))).toEqual([]);
  });

  it('are a table with a row for each', () => {
    const [header, first] = peopleCsv(250, 3).split('\n');
    expect(header).toBe('external_id,first_name,phone,case_external_id');
    expect(first).toMatch(/^P250,Person 250,\+1\d{3}5550150,100250$/);
  });

  it.each([
    ['now', ONE_CALL],
    ['next week', NEXT_WEEKS_CALL],
  ])('are in a campaign of one call %s', (_, definition) => {
    const parsed = CampaignDefinitionSchema.parse({ name: 'Bench', listId: LIST_ID, ...definition });
    expect(parsed.plan.runs[0]?.calls?.attempts).toBe(1);
  });
});
