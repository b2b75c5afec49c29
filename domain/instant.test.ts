import { DomainError } from './errors';
import { DAY_MS, fromIso, HOUR_MS, isCalendarDay, MINUTE_MS, toIso } from './instant';

describe('instant', () => {
  it('counts in milliseconds', () => {
    expect([MINUTE_MS, HOUR_MS, DAY_MS]).toEqual([60_000, 3_600_000, 86_400_000]);
  });

  it('is written as ISO-8601 in UTC', () => {
    expect(toIso(0)).toBe('1970-01-01T00:00:00.000Z');
  });

  it.each([
    ['2027-03-14T07:00:00Z', Date.UTC(2027, 2, 14, 7)],
    ['2027-03-14T07:00Z', Date.UTC(2027, 2, 14, 7)],
    ['2027-03-14T02:00:00.250-05:00', Date.UTC(2027, 2, 14, 7) + 250],
    ['2028-02-29T23:59:59.999999Z', Date.UTC(2028, 1, 29, 23, 59, 59, 999)],
  ])('reads %s', (text, instant) => {
    expect(fromIso(text)).toBe(instant);
  });

  it('reads back what it wrote', () => {
    expect(fromIso(toIso(1_234_567_890_123))).toBe(1_234_567_890_123);
  });

  it.each([
    '',
    'tomorrow',
    '2027-03-14',
    '2027-03-14T07:00:00',
    '2027-02-29T07:00:00Z',
    '2027-13-01T07:00:00Z',
    '2027-03-14T24:00:00Z',
    '2027-03-14T07:60:00Z',
    '2027-03-14 07:00:00Z',
    '2027-03-14T07:00:00+05',
  ])('refuses "%s" and names it', (text) => {
    expect(() => fromIso(text)).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'bad_instant', value: text }),
    );
  });

  it('knows which calendar days exist', () => {
    expect(['2028-02-29', '2027-02-29', '2027-02-30', 'never'].map(isCalendarDay)).toEqual([true, false, false, false]);
  });
});

describe('DomainError', () => {
  it('carries code, field and value', () => {
    const error = new DomainError('bad_clock', 'no such time', { field: 'open', value: '25:00' });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: 'bad_clock', field: 'open', value: '25:00', message: 'no such time' });
  });

  it('has no field or value when it was given none', () => {
    expect(new DomainError('bad_phone', 'too short')).toMatchObject({ field: undefined, value: undefined });
  });
});
