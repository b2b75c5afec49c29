import { getCountries } from 'libphonenumber-js/max';
import { zonesOfState } from './area-codes';
import { COUNTRY_ZONES } from './country-zone-table';
import { zonesOfForeignCountry, zonesOfForeignNumber } from './foreign-zones';
import { isZone } from './local-time';

const AUSTRALIA = [
  'Australia/Adelaide',
  'Australia/Brisbane',
  'Australia/Darwin',
  'Australia/Eucla',
  'Australia/Lord_Howe',
  'Australia/Perth',
  'Australia/Sydney',
];
const MEXICO = [
  'America/Cancun',
  'America/Ciudad_Juarez',
  'America/Hermosillo',
  'America/Matamoros',
  'America/Mexico_City',
  'America/Tijuana',
];
const BRAZIL = ['America/Manaus', 'America/Noronha', 'America/Rio_Branco', 'America/Sao_Paulo'];

describe('a number outside of North America', () => {
  it.each([
    ['+442079460958', 'a line in London', ['Europe/London']],
    ['+447400123456', 'a British mobile', ['Europe/London']],
    ['+61412345678', 'an Australian mobile', AUSTRALIA],
    ['+61892000000', 'a line in a country of which Google knows not every zone', AUSTRALIA],
    ['+525555550123', 'a Mexican line, which may be a mobile', MEXICO],
    ['+551130000000', 'a line in São Paulo', ['America/Sao_Paulo']],
    ['+556832230000', 'a line in Acre', ['America/Rio_Branco']],
    ['+5511987654321', 'a Brazilian mobile', BRAZIL],
    ['+34912345678', 'a line in Madrid', ['Europe/Madrid']],
    ['+34928123456', 'a line in the Canaries', ['Atlantic/Canary']],
    ['+34612345678', 'a Spanish mobile', ['Atlantic/Canary', 'Europe/Madrid']],
    ['+77012345678', 'a mobile of Kazakhstan', ['Asia/Almaty']],
    ['+212520123456', 'a line in Morocco', ['Africa/Casablanca']],
  ])('%s, %s, is in %j', (e164, _what, zones) => {
    expect(zonesOfForeignNumber(e164)).toEqual(zones);
  });

  it('of Russia may be anywhere from Kaliningrad to Kamchatka', () => {
    const zones = zonesOfForeignNumber('+79123456789');
    expect(zones).toHaveLength(11);
    expect(zones).toEqual(expect.arrayContaining(['Asia/Kamchatka', 'Europe/Kaliningrad', 'Europe/Moscow']));
    expect(zonesOfForeignNumber('+74951234567')).toEqual(zones);
  });

  it.each(['+881612345678', '+8705123456', '+2125', '+12125550123'])('%s names no country of its own', (e164) => {
    expect(zonesOfForeignNumber(e164)).toEqual([]);
  });
});

describe('the table of countries', () => {
  const table = new Map(
    COUNTRY_ZONES.join(' ')
      .split(' ')
      .map((token) => [token.slice(0, 2), token.slice(3).split(',')]),
  );

  it('has every country that has telephones, but for the two whose states have tables of their own', () => {
    const others = getCountries().filter((country) => country !== 'US' && country !== 'CA');
    expect([...table.keys()].sort()).toEqual([...others].sort());
  });

  it('names zones that the runtime knows', () => {
    expect([...table.values()].flat().filter((zone) => !isZone(zone))).toEqual([]);
  });

  it.each(['AS', 'GU', 'MP', 'PR', 'VI'])('says of %s what its area codes say', (territory) => {
    expect(zonesOfForeignCountry(territory)).toEqual(zonesOfState(territory));
  });
});
