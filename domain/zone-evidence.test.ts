import fc from 'fast-check';
import { compileHours } from './business-hours';
import { fromIso } from './instant';
import type { Weekday } from './local-time';
import { candidatePlaces, US_ZONES } from './zone-evidence';

const NEW_YORK = 'America/New_York';
const CHICAGO = 'America/Chicago';
const LOS_ANGELES = 'America/Los_Angeles';
const ASHA = '+12125550123';
const BEN = '+13125550123';
const TOLL_FREE = '+18005550123';

describe('the places where a person may be', () => {
  it('come from the area code', () => {
    expect(candidatePlaces({ phones: [ASHA] })).toEqual({
      zones: [NEW_YORK],
      states: ['NY'],
      sources: [{ source: 'area_code', value: '212', zones: [NEW_YORK] }],
      known: true,
    });
  });

  it('keep every zone of an area code and of a state', () => {
    expect(candidatePlaces({ phones: ['+14235550123'] }).zones).toEqual([CHICAGO, NEW_YORK]);
    expect(candidatePlaces({ state: 'Tennessee', phones: [] })).toMatchObject({
      zones: [CHICAGO, NEW_YORK],
      states: ['TN'],
    });
  });

  it('keep what is stated and what each number tells, for people move', () => {
    const places = candidatePlaces({
      statedZone: 'America/Phoenix',
      state: 'CA',
      postalCode: '60601',
      phones: [ASHA, BEN],
    });
    expect(places).toEqual({
      zones: [CHICAGO, LOS_ANGELES, NEW_YORK, 'America/Phoenix'],
      states: ['CA', 'IL', 'NY'],
      sources: [
        { source: 'stated', value: 'America/Phoenix', zones: ['America/Phoenix'] },
        { source: 'state', value: 'CA', zones: [LOS_ANGELES] },
        { source: 'postal_code', value: 'IL', zones: [CHICAGO] },
        { source: 'area_code', value: '212', zones: [NEW_YORK] },
        { source: 'area_code', value: '312', zones: [CHICAGO] },
      ],
      known: true,
    });
  });

  it.each([
    ['a toll-free number', [TOLL_FREE]],
    ['a toll-free number of another country', ['+448081570123']],
    ['an unusable number', ['12', 'call me']],
    ['a number of fiction', ['+15555550123']],
    ['a number of no place', ['+15005552345']],
    ['no number', []],
  ])('are all zones of the United States after %s', (_what, phones) => {
    expect(candidatePlaces({ phones })).toEqual({
      zones: US_ZONES,
      states: [],
      sources: [{ source: 'unknown', value: 'US', zones: US_ZONES }],
      known: false,
    });
  });

  it('are not widened by what says nothing', () => {
    const evidence = { statedZone: 'EST', state: 'Gotham', country: '?', postalCode: '0', phones: [TOLL_FREE, ASHA] };
    expect(candidatePlaces(evidence)).toMatchObject({ zones: [NEW_YORK], known: true });
  });

  it('are those of the country of a number', () => {
    expect(candidatePlaces({ phones: ['+442079460958'] })).toMatchObject({
      zones: ['Europe/London'],
      sources: [{ source: 'country', value: 'GB', zones: ['Europe/London'] }],
      known: true,
    });
    expect(candidatePlaces({ phones: ['+18765550123'] }).zones).toEqual(['America/Jamaica']);
    expect(candidatePlaces({ country: 'MX', phones: [] }).zones).toHaveLength(6);
  });

  it('are those of the stated country and of the number', () => {
    expect(candidatePlaces({ country: 'IN', phones: ['+442079460958'] }).zones).toEqual([
      'Asia/Kolkata',
      'Europe/London',
    ]);
  });

  it.each([
    ['US', { state: 'FL', phones: [] }, [CHICAGO, NEW_YORK]],
    ['US', { phones: [ASHA] }, [NEW_YORK]],
    ['US', { statedZone: 'America/Detroit', phones: [] }, ['America/Detroit']],
    ['CA', { phones: ['+14165550123'] }, ['America/Toronto']],
    ['PR', { phones: ['+17875550123'] }, ['America/Puerto_Rico']],
  ])('within %s are narrowed by a state or zone of it', (country, evidence, zones) => {
    expect(candidatePlaces({ country, ...evidence })).toMatchObject({ zones, known: true });
  });

  it('are all zones of the stated country when the evidence is of another', () => {
    expect(candidatePlaces({ country: 'US', phones: ['+442079460958'] })).toMatchObject({
      zones: [...US_ZONES.slice(0, 7), 'Europe/London', 'Pacific/Honolulu'],
      known: false,
    });
    expect(candidatePlaces({ country: 'CA', phones: [ASHA] }).zones).toEqual([
      'America/Dawson_Creek',
      'America/Edmonton',
      'America/Halifax',
      NEW_YORK,
      'America/Regina',
      'America/St_Johns',
      'America/Toronto',
      'America/Vancouver',
      'America/Whitehorse',
      'America/Winnipeg',
    ]);
  });

  it('are narrowed within the stated country by a number of it', () => {
    expect(candidatePlaces({ country: 'ES', phones: ['+34928123456'] })).toMatchObject({
      zones: ['Atlantic/Canary'],
      known: true,
    });
    expect(candidatePlaces({ country: 'ES', phones: ['+34612345678'] }).zones).toEqual([
      'Atlantic/Canary',
      'Europe/Madrid',
    ]);
  });

  it('are those of an island of the North American plan by its area code', () => {
    expect(candidatePlaces({ phones: ['+18095550123'] })).toEqual({
      zones: ['America/Santo_Domingo'],
      states: [],
      sources: [{ source: 'area_code', value: '809', zones: ['America/Santo_Domingo'] }],
      known: true,
    });
  });

  it('are told by no number of no country, for none is called', () => {
    expect(candidatePlaces({ phones: ['+881612345678'] })).toEqual(candidatePlaces({ phones: [] }));
  });

  it('are some zones, or unknown, for every number of the North American plan', () => {
    const digit = fc.integer({ min: 2, max: 9 });
    const number = fc.tuple(digit, fc.integer({ min: 0, max: 99 }), digit, fc.integer({ min: 0, max: 999_999 }));
    fc.assert(
      fc.property(number, ([first, area, exchange, rest]) => {
        const phone = `+1${first}${String(area).padStart(2, '0')}${exchange}${String(rest).padStart(6, '0')}`;
        const { zones, states, sources, known } = candidatePlaces({ phones: [phone] });
        if (known) expect([zones.length > 0, sources.map(({ source }) => source)]).toEqual([true, ['area_code']]);
        else expect([zones, states]).toEqual([US_ZONES, []]);
      }),
    );
  });

  it('are the same for a country and for its mobiles', () => {
    expect(candidatePlaces({ country: 'RU', phones: [] })).toEqual(candidatePlaces({ phones: ['+79123456789'] }));
  });

  it('are round the world for a country without telephones, so that no hour is left', () => {
    const places = candidatePlaces({ country: 'AQ', phones: [] });
    expect(places).toMatchObject({ known: false, sources: [{ source: 'unknown', value: 'AQ' }] });
    const weekdays: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
    const rules = [{ name: 'legal', slots: [{ weekdays, open: 480, close: 1260 }] }];
    const hours = compileHours(
      places.zones.map((zone) => ({ zone, rules })),
      0,
    );
    expect(hours.next(fromIso('2026-11-20T00:00Z'))).toBeNull();
  });
});
