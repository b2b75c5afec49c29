import { asksForPerson } from './spoken-request';
import { cpuSecondsOf } from '../../test/cpu';

describe('a spoken request for a person (S0-29)', () => {
  it.each([
    'Can I talk to a real person, please?',
    'I want to speak with somebody',
    'get me a human',
    'Lawyer.',
    'a real person please',
    'I need an attorney now',
  ])('is heard in "%s"', (speech) => expect(asksForPerson(speech)).toBe(true));

  it.each([
    '',
    'Yes, this is me.',
    'I have a lawyer already.',
    'You have the wrong person',
    'I want to sign today. My lawyer knows.',
  ])('is not heard in "%s"', (speech) => expect(asksForPerson(speech)).toBe(false));

  it('is looked for in bounded time', () => {
    expect(cpuSecondsOf(() => void asksForPerson('talk '.repeat(1_000_000)))).toBeLessThan(10);
  });
});
