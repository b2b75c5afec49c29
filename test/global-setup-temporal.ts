import { startTemporal } from '../local/temporal-server';
import { build } from './build';
import { findTemporal } from './find-temporal';
import setUpPostgres from './global-setup';
import tearDown from './global-teardown';
import { servers } from './servers';

/** One PostgreSQL and one Temporal server, in memory, for all test files. */
export default async function setUpStack(): Promise<void> {
  await build();
  const binary = await findTemporal();
  await setUpPostgres();
  const running = servers();
  try {
    running.temporal ??= await startTemporal({ binary });
  } catch (error) {
    // Jest tears nothing down when setting up failed.
    await tearDown();
    throw error;
  }
  process.env['TEST_TEMPORAL_ADDRESS'] = running.temporal.address;
  process.env['TEST_TEMPORAL_BINARY'] = binary;
}
