import type { Range } from './dice';
import type { ScriptName } from './people/script';

/** Real milliseconds; a simulated call or thought never takes longer than about a second. */
export interface Timings {
  /** From the accepted create to the first ring. */
  readonly dialMs: Range;
  readonly ringMs: Range;
  readonly talkMs: Range;
  /** From one state of a text to the next. */
  readonly deliverMs: Range;
  readonly replyMs: Range;
}

export const DEFAULT_TIMINGS: Timings = {
  dialMs: [0, 20],
  ringMs: [150, 600],
  talkMs: [200, 800],
  deliverMs: [20, 100],
  replyMs: [100, 600],
};

export interface SimulatorDeps {
  /** 0 or absent: any free port. */
  readonly port?: number | undefined;
  readonly smtpPort?: number | undefined;
  /** Where the product answers webhooks and takes facts; may be told later, see `Product`. */
  readonly publicUrl?: string | undefined;
  /** Key of the product's API with which the voice agent posts facts. */
  readonly apiKey?: string | undefined;
  readonly accountSid: string;
  readonly authToken: string;
  /** The key that LawRuler's stand-in takes for good. */
  readonly lawRulerKey?: string | undefined;
  /** Epoch milliseconds of business time. */
  readonly appNow: () => Promise<number>;
  readonly seed?: string | undefined;
  /** Keeps the ledger over restarts. */
  readonly ledgerPath?: string | undefined;
  readonly timings?: Partial<Timings> | undefined;
  /** How long a webhook may take to answer; Twilio's 15 seconds if absent. */
  readonly webhookTimeoutMs?: number | undefined;
  /** How often each script is drawn; 0 or absent names are never drawn once any weight is given. */
  readonly weights?: Partial<Record<ScriptName, number>> | undefined;
}

export interface Settings {
  readonly accountSid: string;
  readonly authToken: string;
  readonly lawRulerKey: string;
  readonly seed: string;
  readonly timings: Timings;
  readonly webhookTimeoutMs: number;
}

const WEBHOOK_TIMEOUT_MS = 15_000;

export const SIMULATED_LAWRULER_KEY = 'simulated-lawruler-key';

export function settingsOf(deps: SimulatorDeps): Settings {
  return {
    accountSid: deps.accountSid,
    authToken: deps.authToken,
    lawRulerKey: deps.lawRulerKey ?? SIMULATED_LAWRULER_KEY,
    seed: deps.seed ?? 'followthrough',
    timings: { ...DEFAULT_TIMINGS, ...deps.timings },
    webhookTimeoutMs: deps.webhookTimeoutMs ?? WEBHOOK_TIMEOUT_MS,
  };
}

/** Where the product is. It may be told after the start: the product needs the simulator's address as well. */
export interface Product {
  publicUrl: string | null;
  apiKey: string | null;
}
