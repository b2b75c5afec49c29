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

  it('that is none has no zones', () => {
    expect([zonesOfState('XX'), zonesOfState('')]).toEqual([[], []]);
  });
});
