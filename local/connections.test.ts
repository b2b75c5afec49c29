import { readConfig } from '../config';
import { connections } from './connections';

const SECRET = 'a-secret-of-at-least-thirty-two-characters';
const BASE = {
  DATABASE_URL: 'postgres://127.0.0.1/x',
  SECRET_KEY: SECRET,
  ADDRESS_KEY: SECRET,
  PUBLIC_URL: 'https://example.com',
};

const said = (env: Record<string, string>) => connections(readConfig({ ...BASE, ...env }));

describe('what npm run serve says of the providers', () => {
  it('is that nothing can be sent where none is set', () => {
    expect(said({})).toEqual(['No provider is connected: nothing can be sent.']);
  });

  it('names each that is connected', () => {
    const twilio = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: SECRET };
    const lawRuler = { LAWRULER_ENDPOINT: 'https://example.com/crm', LAWRULER_KEY: SECRET };
    expect(said({ ...twilio, ...lawRuler, SMTP_URL: 'smtp://mail.example.com' })).toEqual([
      'Connected: Twilio.',
      'Connected: SMTP.',
      'Connected: LawRuler.',
    ]);
  });

  it('names the variable that half a connection lacks, and no value', () => {
    expect(said({ TWILIO_ACCOUNT_SID: 'AC1', LAWRULER_KEY: SECRET })).toEqual([
      'Twilio is not connected: TWILIO_AUTH_TOKEN is missing.',
      'LawRuler is not connected: LAWRULER_ENDPOINT is missing.',
    ]);
  });

  it('warns of a public address that Twilio cannot reach', () => {
    const twilio = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: SECRET };
    expect(said({ ...twilio, PUBLIC_URL: 'http://127.0.0.1:3000' })).toEqual([
      'Connected: Twilio.',
      'PUBLIC_URL is http://127.0.0.1:3000, where Twilio cannot reach us: no outcome and no reply will come in.',
    ]);
  });
});
