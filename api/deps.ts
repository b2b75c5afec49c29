import type { Logger } from 'pino';
import type { Sql } from '../db/client';
import type { Engine } from '../engine/engine';
import type { PayloadKey } from '../engine/payload-codec';
import type { Metrics } from '../operations/metrics';
import type { Readiness } from '../operations/readiness';
import type { EventStreams } from './event-stream';

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
  /** What one API key may ask for in an hour. */
  readonly requestsPerHour: number;
  /** How many proxies stand before us, whose word for the address of a client counts. */
  readonly trustedProxies: number;
  /** The largest file that an import takes; left out = as the configuration has it when nobody says otherwise. */
  readonly importBytes?: number;
  /** Every provider is the simulator. */
  readonly simulated: boolean;
  readonly temporalUiUrl: string | null;
  /** What Temporal keeps is encrypted under the first and read under any; none = it is not. */
  readonly payloadKeys?: readonly PayloadKey[];
}

export interface ApiDeps {
  readonly sql: Sql;
  readonly engine: Engine;
  readonly config: ApiConfig;
  readonly log: Logger;
  /** A program hands in its own, which it serves on another port as well. */
  readonly metrics?: Metrics;
  readonly readiness?: () => Promise<Readiness>;
  /** A program hands in its own, to end them when it stops. */
  readonly streams?: EventStreams;
}
