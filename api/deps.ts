import type { Logger } from 'pino';
import type { Sql } from '../db/client';
import type { Engine } from '../engine/engine';

export interface TwilioCredentials {
  readonly accountSid: string;
  readonly authToken: string;
  readonly secondaryAuthToken?: string;
}

/** The part of the configuration that requests are answered by. */
export interface ApiConfig {
  readonly publicUrl: string;
  readonly secretKey: string;
  readonly addressKey: string;
  /** Null = no telephony provider is set up, so every one of its webhooks is a forgery. */
  readonly twilio: TwilioCredentials | null;
}

export interface ApiDeps {
  readonly sql: Sql;
  readonly engine: Engine;
  readonly config: ApiConfig;
  readonly log: Logger;
}
