import { zonesOfState } from './area-codes';
import { countriesOf, countryOf, countryOfState, stateOf, statesOfPostalCode, zonesOfCountry } from './places';

describe('a stated state', () => {
  it.each([
    ['FL', 'FL'],
    [' fl ', 'FL'],
    ['Florida', 'FL'],
    ['NEW  YORK', 'NY'],
    ['Washington, D.C.', 'DC'],
    ['Washington', 'WA'],
    ['Puerto Rico', 'PR'],
    ['Québec', 'QC'],
    ['Ontario', 'ON'],
  ])('"%s" is %s', (text, state) => {
    expect(stateOf(text)).toBe(state);
    expect(zonesOfState(state)).not.toHaveLength(0);
  });

  it.each(['', 'XX', 'Bavaria', 'Georgia (country)'])('"%s" is none', (text) => expect(stateOf(text)).toBeNull());

  it('belongs to the United States or Canada', () => {
    expect(['FL', 'PR', 'ON'].map(countryOfState)).toEqual(['US', 'US', 'CA']);
  });
});

describe('the countries of a person', () => {
  it('are those of the states and of foreign numbers; a zone names none', () => {
    const sources = [
      { source: 'country' as const, value: 'GB', zones: ['Europe/London'] },
      { source: 'stated' as const, value: 'Europe/Paris', zones: ['Europe/Paris'] },
    ];
    expect(countriesOf({ states: ['ON', 'FL', 'NY'], sources })).toEqual(['CA', 'GB', 'US']);
  });
});

describe('a postal code', () => {
  it.each([
    ['00501', ['NY']],
    ['00601', ['PR']],
    ['00802', ['VI']],
    ['02108', ['MA']],
    ['10001-1234', ['NY']],
    ['200012345', ['DC']],
    ['20101', ['VA']],
    ['33101', ['FL']],
    ['34102', ['FL']],
    ['37402', ['TN']],
    ['46360', ['IN']],
    ['60601', ['IL']],
    ['73301', ['TX']],
    ['79901', ['TX']],
    ['88510', ['TX']],
    ['85001', ['AZ']],
    ['90210', ['CA']],
    ['96701', ['HI']],
    ['96910', ['GU']],
    ['99501', ['AK']],
    ['M5V 2T6', ['ON']],
    ['a1a1a1', ['NL']],
    ['X0A 0H0', ['NT', 'NU']],
  ])('%s is in %j', (code, states) => {
    expect(statesOfPostalCode(code)).toEqual(states);
  });

  it.each(['09012', '34001', '96201', '00401', 'SW1A 1AA', 'D1A 1A1', '1234', ''])('"%s" places nobody', (code) => {
    expect(statesOfPostalCode(code)).toEqual([]);
  });
});

describe('a country', () => {
  it.each([
    ['us', 'US'],
    ['U.S.A.', 'US'],
    ['United States', 'US'],
    ['Canada', 'CA'],
    ['DE', 'DE'],
  ])('"%s" is %s', (text, country) => expect(countryOf(text)).toBe(country));

  it.each(['', 'Deutschland', '1'])('"%s" is none', (text) => expect(countryOf(text)).toBeNull());

  it('has all its zones, except for the United States, whose states tell more', () => {
    expect(zonesOfCountry('IN')).toEqual(['Asia/Kolkata']);
    expect(zonesOfCountry('CA')).toHaveLength(9);
    expect([zonesOfCountry('US'), zonesOfCountry('AQ')]).toEqual([null, null]);
  });
});
