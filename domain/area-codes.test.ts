import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { isTollFree, placeOfAreaCode, zonesOfState } from './area-codes';
import { isZone } from './local-time';

const NEW_YORK = 'America/New_York';
const CHICAGO = 'America/Chicago';
const DENVER = 'America/Denver';
const LOS_ANGELES = 'America/Los_Angeles';

describe('an area code', () => {
  it.each([
    ['208', [DENVER, LOS_ANGELES]],
    ['219', [CHICAGO, NEW_YORK]],
    ['250', ['America/Dawson_Creek', 'America/Edmonton', 'America/Vancouver']],
    ['270', [CHICAGO, NEW_YORK]],
    ['308', [CHICAGO, DENVER]],
    ['418', ['America/Halifax', 'America/Toronto']],
    ['423', [CHICAGO, NEW_YORK]],
    ['541', [DENVER, LOS_ANGELES]],
    ['574', [CHICAGO, NEW_YORK]],
    ['605', [CHICAGO, DENVER]],
    ['606', [CHICAGO, NEW_YORK]],
    ['620', [CHICAGO, DENVER]],
    ['701', [CHICAGO, DENVER]],
    ['709', ['America/Halifax', 'America/St_Johns']],
    ['775', [DENVER, LOS_ANGELES]],
    ['785', [CHICAGO, DENVER]],
    ['807', ['America/Toronto', 'America/Winnipeg']],
    ['812', [CHICAGO, NEW_YORK]],
    ['850', [CHICAGO, NEW_YORK]],
    ['867', ['America/Edmonton', 'America/Toronto', 'America/Whitehorse', 'America/Winnipeg']],
    ['879', ['America/Halifax', 'America/St_Johns']],
    ['906', [CHICAGO, NEW_YORK]],
    ['907', ['America/Adak', 'America/Anchorage']],
    ['928', [DENVER, 'America/Phoenix']],
    ['986', [DENVER, LOS_ANGELES]],
  ])('%s has several zones', (areaCode, zones) => {
    expect(placeOfAreaCode(areaCode)?.zones).toEqual(zones);
  });

  it.each([
    ['861', 'IL', [CHICAGO]],
    ['436', 'OH', [NEW_YORK]],
    ['357', 'CA', [LOS_ANGELES]],
    ['924', 'MN', [CHICAGO]],
    ['624', 'NY', [NEW_YORK]],
    ['729', 'TN', [CHICAGO, NEW_YORK]],
    ['273', 'QC', ['America/Halifax', 'America/Toronto']],
    ['387', 'ON', ['America/Toronto']],
    ['457', 'LA', [CHICAGO]],
    ['465', 'NY', [NEW_YORK]],
    ['471', 'MS', [CHICAGO]],
    ['483', 'AL', [CHICAGO]],
    ['621', 'TX', [CHICAGO]],
    ['679', 'MI', [NEW_YORK]],
    ['837', 'CA', [LOS_ANGELES]],
  ])('%s is a new overlay in %s', (areaCode, state, zones) => {
    expect(placeOfAreaCode(areaCode)).toEqual({ states: [state], zones });
  });

  it.each([
    ['364', '270'],
    ['448', '850'],
    ['458', '541'],
    ['581', '418'],
    ['729', '423'],
    ['778', '250'],
    ['930', '812'],
    ['986', '208'],
    ['236', '778'],
    ['257', '778'],
    ['367', '418'],
    ['474', '306'],
    ['639', '306'],
    ['672', '778'],
    ['689', '407'],
    ['879', '709'],
  ])('%s has the zones of %s, which it overlays', (overlay, areaCode) => {
    expect(placeOfAreaCode(overlay)).toEqual(placeOfAreaCode(areaCode));
  });

  it.each([
    ['212', 'NY', NEW_YORK],
    ['312', 'IL', CHICAGO],
    ['602', 'AZ', 'America/Phoenix'],
    ['808', 'HI', 'Pacific/Honolulu'],
    ['787', 'PR', 'America/Puerto_Rico'],
    ['671', 'GU', 'Pacific/Guam'],
    ['915', 'TX', DENVER],
    ['506', 'NB', 'America/Halifax'],
  ])('%s is in %s and one zone', (areaCode, state, zone) => {
    expect(placeOfAreaCode(areaCode)).toEqual({ states: [state], zones: [zone] });
  });

  it('may be shared by provinces', () => {
    expect(placeOfAreaCode('902')?.states).toEqual(['NS', 'PE']);
    expect(placeOfAreaCode('867')?.states).toEqual(['NT', 'NU', 'YT']);
  });

  it.each(['800', '833', '844', '855', '866', '877', '888'])('%s is toll-free and says nothing', (areaCode) => {
    expect(isTollFree(areaCode)).toBe(true);
    expect(placeOfAreaCode(areaCode)).toBeNull();
  });

  it.each(['500', '555', '600', '700', '900', '911', '000', 'abc', ''])('"%s" says nothing', (areaCode) => {
    expect(isTollFree(areaCode)).toBe(false);
    expect(placeOfAreaCode(areaCode)).toBeNull();
  });

  it.each([
    ['242', 'America/Nassau'],
    ['441', 'Atlantic/Bermuda'],
    ['658', 'America/Jamaica'],
    ['809', 'America/Santo_Domingo'],
    ['849', 'America/Santo_Domingo'],
    ['868', 'America/Port_of_Spain'],
  ])('%s of another country of the plan is in %s and no state', (areaCode, zone) => {
    expect(placeOfAreaCode(areaCode)).toEqual({ states: [], zones: [zone] });
  });

  it('is never in a zone that its states have not', () => {
    const codes = Array.from({ length: 800 }, (_, ix) => String(ix + 200));
    const stray = codes.filter((code) => {
      const { states, zones } = placeOfAreaCode(code) ?? { states: [], zones: [] };
      const known = states.flatMap(zonesOfState);
      return states.length > 0 && zones.some((zone) => !known.includes(zone));
    });
    expect(stray).toEqual([]);
  });

  it('announced without a date is not guessed', () => {
    expect(placeOfAreaCode('565')).toBeNull();
  });

  it('is known wherever the metadata has numbers that belong to a place', () => {
    const isPlaced = (areaCode: number) =>
      Array.from({ length: 80 }, (_, ix) => parsePhoneNumberFromString(`+1${areaCode}${200 + 10 * ix}1234`)).some(
        (phone) => phone?.isValid() === true && phone.getType() === 'FIXED_LINE_OR_MOBILE',
      );
    const unknown = Array.from({ length: 800 }, (_, ix) => ix + 200).filter(
      (areaCode) => isPlaced(areaCode) && placeOfAreaCode(String(areaCode)) === null,
    );
    expect(unknown).toEqual([]);
    expect(getCountries().filter((country) => getCountryCallingCode(country) === '1')).toHaveLength(25);
  });

  it('is listed for 440 codes or so, each in zones that the runtime knows', () => {
    const codes = Array.from({ length: 800 }, (_, ix) => String(ix + 200));
    const places = codes.flatMap((code) => placeOfAreaCode(code) ?? []);
    expect(places.length).toBeGreaterThan(420);
    expect(places.flatMap(({ zones }) => zones).filter((zone) => !isZone(zone))).toEqual([]);
  });
});

describe('a state', () => {
  it.each(['FL', 'IN', 'KY', 'MI', 'TN'])('%s is in the Eastern and Central zones', (state) => {
    expect(zonesOfState(state)).toEqual([CHICAGO, NEW_YORK]);
  });

  it.each(['KS', 'ND', 'NE', 'SD', 'TX'])('%s is in the Central and Mountain zones', (state) => {
    expect(zonesOfState(state)).toEqual([CHICAGO, DENVER]);
  });

  it.each(['ID', 'NV', 'OR'])('%s is in the Mountain and Pacific zones', (state) => {
    expect(zonesOfState(state)).toEqual([DENVER, LOS_ANGELES]);
  });

  it('AZ has daylight saving time in the Navajo Nation only', () => {
    expect(zonesOfState('AZ')).toEqual([DENVER, 'America/Phoenix']);
  });

  it('SK has the zones of the towns that keep the time of a neighbour', () => {
    expect(zonesOfState('SK')).toEqual(['America/Edmonton', 'America/Regina', 'America/Winnipeg']);
  });

  it('has its own zones where it shares a code', () => {
    expect(zonesOfState('YT')).toEqual(['America/Whitehorse']);
  });

  it('that is none has no zones', () => {
    expect([zonesOfState('XX'), zonesOfState('')]).toEqual([[], []]);
  });
});
