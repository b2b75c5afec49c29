import { measureForecast } from './forecast';

test('the forecast under measurement is one in which people are called, written to, and wait for lines', () => {
  const { contacts, contactsPerSecond, touches } = measureForecast(60);
  expect(contacts).toBe(60);
  expect(contactsPerSecond).toBeGreaterThan(0);
  expect(touches).toBeGreaterThan(60 * 3);
});
