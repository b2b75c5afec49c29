import { countryOfNumber } from './number-country';
import { isCountry, usablePhone } from './phone';

describe('the country of a number (T25)', () => {
  it.each([
    ['+12125550123', 'US'],
    ['+17875550123', 'US'],
    ['+14165550123', 'CA'],
    ['+18765550123', 'JM'],
    ['+18095550123', 'DO'],
    ['+18005550123', 'US'],
    ['+442079460958', 'GB'],
  ])('of %s is %s', (number, country) => expect(countryOfNumber(number)).toBe(country));

  it.each([
    ['+19005552345', 'a premium rate'],
    ['+448712345678', 'a premium rate'],
    ['+491801234567', 'both sides'],
    ['+881612345678', 'a satellite'],
    ['', 'nothing, of somebody who was erased'],
  ])('of %s is none: %s', (number) => {
    expect(countryOfNumber(number)).toBeNull();
    expect(usablePhone(number)).toBeNull();
  });

  it('is named by its ISO code', () => {
    expect(['US', 'LV', 'XX', 'us'].map(isCountry)).toEqual([true, true, false, false]);
  });
});
