import { EVERY_POINT } from './crash-plan';
import { runChaos } from './campaign';

/**
 * `npm run chaos -- --seed 7 --minutes 10` is the long one.
 */

const SEED = Number(process.env['CHAOS_SEED'] ?? 1);
const MINUTES = Number(process.env['CHAOS_MINUTES'] ?? 0.4);
const LONGEST_MS = MINUTES * 60_000 + 600_000;

test(
  'whatever dies and whatever the provider does, everybody comes to an end, nobody is contacted twice, and the books agree with the provider (INV-1..INV-3, INV-5..INV-12, F1..F4, F6..F16, P0..P12)',
  async () => {
    const report = await runChaos({ seed: SEED, minutes: MINUTES });
    process.stdout.write(
      `${JSON.stringify(report, null, 2)}\nagain: npm run chaos -- --seed ${SEED} --minutes ${MINUTES}\n`,
    );
    expect(report.wrong).toEqual([]);
    const points = Object.keys(report.happened).flatMap((what) => / died at (P\d+)$/.exec(what)?.[1] ?? []);
    expect([...new Set(points)].sort()).toEqual([...EVERY_POINT].sort());
  },
  LONGEST_MS,
);
