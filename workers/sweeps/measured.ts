import type { Metrics } from '../../operations/metrics';
import type { Sweep } from './sweep';

/** The same sweeps, each round of which is counted and timed. A round that another process does is not ours to count. */
export function measured(sweeps: readonly Sweep[], metrics: Metrics): Sweep[] {
  const rounds = metrics.counter('sweep_rounds_total', 'Rounds that came to their end or failed.', ['sweep', 'result']);
  const seconds = metrics.gauge('sweep_duration_seconds', 'How long the last round took.', ['sweep']);
  const succeeded = metrics.gauge('sweep_last_success_timestamp_seconds', 'When a round last came to its end.', [
    'sweep',
  ]);
  return sweeps.map((sweep) => ({
    ...sweep,
    async round() {
      const startedMs = performance.now();
      try {
        const again = await sweep.round();
        rounds.inc({ sweep: sweep.name, result: again ? 'full' : 'done' });
        succeeded.setToCurrentTime({ sweep: sweep.name });
        return again;
      } catch (error) {
        rounds.inc({ sweep: sweep.name, result: 'failed' });
        throw error;
      } finally {
        seconds.set({ sweep: sweep.name }, (performance.now() - startedMs) / 1000);
      }
    },
  }));
}
