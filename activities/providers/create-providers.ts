import { createLawRuler } from './lawruler';
import type { Reach } from './outside-address';
import type { Crm, MailProvider, ProviderBooks, ProviderRecords, SmsProvider, VoiceProvider } from './provider';
import { ProviderError } from './provider-errors';
import { createSmtp } from './smtp';
import { createTwilio } from './twilio';

export interface Providers {
  readonly voice: VoiceProvider;
  readonly sms: SmsProvider;
  readonly mail: MailProvider;
  /** What the provider of calls and texts keeps. */
  readonly records: ProviderRecords;
  readonly crm: Crm | null;
  /** Null = no telephone provider is connected. */
  readonly books: ProviderBooks | null;
  /** Where addresses that users type in may lead. */
  readonly reach: Reach;
  /** Lets go of pooled connections, so that the process can end. */
  close(): void;
}

/** The environment's words for the outside world; what is not set is not connected. */
export interface ProviderSettings {
  readonly TWILIO_ACCOUNT_SID?: string | undefined;
  readonly TWILIO_AUTH_TOKEN?: string | undefined;
  readonly TWILIO_BASE_URL?: string | undefined;
  readonly SMTP_URL?: string | undefined;
  readonly LAWRULER_ENDPOINT?: string | undefined;
  readonly LAWRULER_KEY?: string | undefined;
  readonly LAWRULER_NOTE_LOOKUP: boolean;
  readonly SIMULATED?: boolean | undefined;
  readonly CRM_PRIVATE_HOSTS?: readonly string[] | undefined;
}

export function createProviders(settings: ProviderSettings): Providers {
  const phone = createPhone(settings);
  const mail = createMail(settings);
  const reach = settings.SIMULATED === true ? 'simulated' : { hosts: new Set(settings.CRM_PRIVATE_HOSTS) };
  return { ...phone, mail, crm: createCrm(settings), reach, close: () => mail.close() };
}

/** Not connected: nothing is sent, every touch is refused for now, and the reason says why. */
const NOT_CONNECTED = { kind: 'not_sent', reason: 'not_connected', verdict: 'configuration' } as const;

function createPhone(settings: ProviderSettings): Pick<Providers, 'voice' | 'sms' | 'records' | 'books'> {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_BASE_URL: baseUrl } = settings;
  if (accountSid !== undefined && authToken !== undefined) {
    const phone = createTwilio({ accountSid, authToken, ...(baseUrl === undefined ? {} : { baseUrl }) });
    return { voice: phone, sms: phone, records: phone, books: phone };
  }
  return {
    voice: {
      placeCall: async () => NOT_CONNECTED,
      findCalls: async () => [],
      getCall: async () => null,
      cancelCall: async () => undefined,
    },
    sms: { sendSms: async () => NOT_CONNECTED, findSms: async () => [], getSms: async () => null },
    records: { deleteCall: cannotAsk, deleteSms: cannotAsk },
    books: null,
  };
}

/** What a provider keeps stays to be deleted until it is connected again. */
async function cannotAsk(): Promise<never> {
  throw new ProviderError('not_connected');
}

function createMail({ SMTP_URL: url }: ProviderSettings): MailProvider & { close(): void } {
  return url === undefined ? { sendMail: async () => NOT_CONNECTED, close: () => undefined } : createSmtp({ url });
}

function createCrm(settings: ProviderSettings): Crm | null {
  const { LAWRULER_ENDPOINT: endpoint, LAWRULER_KEY: key, LAWRULER_NOTE_LOOKUP: noteLookup } = settings;
  if (endpoint === undefined || key === undefined) return null;
  return createLawRuler({ endpoint, key, noteLookup, reach: null });
}
