import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stack traces of failures go through the codec as payloads do. The SDK finds this by its path, in the bundle of the workflows as well. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
