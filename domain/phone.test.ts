import { normalisePhone, usablePhone } from './phone';

describe('a phone number', () => {
  it.each(['+12125550123', '(212) 555-0123', '212.555.0123', '1 212 555 0123', ' +1 212 555 0123 '])(
    '"%s" is read as people write it',
    (text) => {
      expect(normalisePhone(text)).toEqual({ e164: '+12125550123', areaCode: '212', country: 'US', tollFree: false });
    },
  );

  it('is Canadian or Caribbean by its area code', () => {
    expect(normalisePhone('416 555 0123')).toMatchObject({ areaCode: '416', country: 'CA' });
    expect(normalisePhone('876 555 0123')).toMatchObject({ areaCode: '876', country: 'JM' });
  });

  it.each(['861', '436', '357', '924', '624', '729', '483', '465'])(
    'is accepted in the area code %s, which is newer than the metadata',
    (areaCode) => expect(normalisePhone(`+1${areaCode}5550123`)).toMatchObject({ areaCode, country: 'US' }),
  );

  it('of fiction is accepted in any area code', () => {
    expect(normalisePhone('(555) 555-0199')).toEqual({
      e164: '+15555550199',
      areaCode: '555',
      country: 'US',
      tollFree: false,
    });
  });

  it.each(['800', '833', '844', '855', '866', '877', '888'])('+1 %s is toll-free', (areaCode) => {
    expect(normalisePhone(`+1${areaCode}5550123`)).toMatchObject({ areaCode, tollFree: true });
  });

  it('of another country has no area code', () => {
    expect(normalisePhone('+44 20 7946 0958')).toEqual({ e164: '+442079460958', country: 'GB', tollFree: false });
    expect(normalisePhone('020 7946 0958', 'GB').e164).toBe('+442079460958');
    expect(normalisePhone('+44 808 157 0123').tollFree).toBe(true);
  });

  it.each([
    ['', 'not a phone number'],
    ['call me', 'not a phone number'],
    ['Ben 212-555-0123', 'not a phone number'],
    ['555-0123', 'no range'],
    ['+1 212 055 0123', 'no range'],
    ['+1 299 555 2345', 'no range'],
    ['+12125550123456', 'no range'],
    ['212-555-0123 ext. 4', 'extension'],
    ['+1 900 555 2345', 'premium'],
  ])('"%s" is refused, with the rule and without the number', (text, rule) => {
    expect(() => normalisePhone(text)).toThrow(
      expect.objectContaining({
        code: 'bad_phone',
        field: 'phone',
        value: undefined,
        message: expect.not.stringMatching(/\d/),
      }),
    );
    expect(() => normalisePhone(text)).toThrow(rule);
    expect(usablePhone(text)).toBeNull();
  });

  it('is usable when it is one', () => {
    expect(usablePhone('212 555 0123')?.e164).toBe('+12125550123');
  });

  it('needs a known country to be read in', () => {
    expect(() => normalisePhone('212 555 0123', 'XX')).toThrow(
      expect.objectContaining({ code: 'bad_phone', field: 'country', value: 'XX' }),
    );
  });
});
