import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec, type PayloadKey } from './payload-codec';

export const FAILURE_CONVERTER = require.resolve('./failure-converter');

/** What client and workers take alike. Without keys nothing is encrypted, and failures stay readable for people. */
export function dataConverter(keys: readonly PayloadKey[]): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keys)],
    ...(keys.length === 0 ? {} : { failureConverterPath: FAILURE_CONVERTER }),
  };
}
