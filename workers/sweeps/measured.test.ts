import { Metrics } from '../../operations/metrics';
import { parseScrape, valueOf } from '../../test/prometheus';
import { measured } from './measured';

describe('a measured sweep', () => {
  const metrics = new Metrics();
  const answers: (boolean | Error)[] = [true, false, new Error('the database is away')];
  const [sweep] = measured(
    [
      {
        name: 'enroll',
        everyMs: 500,
        async round() {
          const answer = answers.shift();
          if (answer instanceof Error) throw answer;
          return answer === true;
        },
      },
    ],
    metrics,
  );
  const told = async (name: string, labels = {}) =>
    valueOf(parseScrape(await metrics.text()), `followthrough_sweep_${name}`, { sweep: 'enroll', ...labels });

  it('does what it did before, on the same beat', async () => {
    expect(sweep).toMatchObject({ name: 'enroll', everyMs: 500 });
    expect(await sweep?.round()).toBe(true);
    expect(await sweep?.round()).toBe(false);
  });

  it('tells its rounds, how long the last one took and when it last succeeded', async () => {
    expect(await told('rounds_total', { result: 'full' })).toBe(1);
    expect(await told('rounds_total', { result: 'done' })).toBe(1);
    expect(await told('duration_seconds')).toBeGreaterThanOrEqual(0);
    const sinceSuccess = Date.now() / 1000 - ((await told('last_success_timestamp_seconds')) ?? 0);
    expect(sinceSuccess).toBeLessThan(60);
  });

  it('counts a failure, which is no success, and lets it through', async () => {
    const before = await told('last_success_timestamp_seconds');
    await expect(sweep?.round()).rejects.toThrow('the database is away');
    expect(await told('rounds_total', { result: 'failed' })).toBe(1);
    expect(await told('last_success_timestamp_seconds')).toBe(before);
  });
});
