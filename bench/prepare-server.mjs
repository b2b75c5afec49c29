// The Temporal server that both commands of this folder measure on, built or fetched once and kept.

import { findTemporal } from '../local/temporal-binary.mjs';
import { findTemporalServer } from '../local/temporal-server-binaries.mjs';

/** `command` is what would work without the real server. */
export async function prepareServer(engine, command) {
  process.env['TEMPORAL_BINARY'] = await findTemporal();
  if (engine === 'memory') return;
  try {
    process.env['TEMPORAL_SERVER_BINARIES'] = await findTemporalServer();
  } catch (error) {
    throw new Error(`${error.message}\nWithout it only "${command} -- --engine memory" can be measured here.`);
  }
}
