import type { Logger } from 'pino';
import type { Source } from './metrics';
import { temporalLogger, type TemporalLogger } from './temporal-log';

const LIMIT_MS = 2_000;

export interface RuntimeOptions {
  readonly logger: TemporalLogger;
  readonly shutdownSignals: [];
  readonly telemetryOptions: {
    readonly logging: { readonly forward: Record<never, never>; readonly filter: string };
    readonly metrics?: { readonly prometheus: { readonly bindAddress: string; readonly countersTotalSuffix: true } };
  };
}

/** How Temporal's native core is to speak: through our log, and its figures on the port after ours, for this machine alone. */
export function runtimeOptions(log: Logger, metricsPort: number | undefined): RuntimeOptions {
  return {
    logger: temporalLogger(log),
    // We stop in our own order.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: 'WARN' },
      ...(metricsPort === undefined ? {} : { metrics: exporter(metricsPort) }),
    },
  };
}

function exporter(metricsPort: number) {
  return { prometheus: { bindAddress: sdkAddress(metricsPort), countersTotalSuffix: true } } as const;
}

/** The core's figures as it serves them, to be served again beside ours: one place for a process to be watched. */
export function sdkMetrics(metricsPort: number): Source {
  return async () => {
    const answer = await fetch(`http://${sdkAddress(metricsPort)}/metrics`, { signal: AbortSignal.timeout(LIMIT_MS) });
    if (!answer.ok) throw new Error(`the SDK's figures were refused with ${answer.status}`);
    return answer.text();
  };
}

function sdkAddress(metricsPort: number): string {
  return `127.0.0.1:${metricsPort + 1}`;
}
