import * as z from 'zod';

/** Payloads of Temporal as JSON has them: bytes are base64. */

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64');
const MOST_PAYLOADS = 2_000;
const MOST_METADATA = 50;

export const PayloadsSchema = z
  .object({
    payloads: z
      .array(
        z
          .object({
            metadata: z
              .record(z.string().max(200), base64)
              .refine((metadata) => Object.keys(metadata).length <= MOST_METADATA, 'has too many entries')
              .optional(),
            data: base64.optional(),
          })
          .meta({ id: 'Payload' }),
      )
      .max(MOST_PAYLOADS),
  })
  .meta({ id: 'Payloads' });
export type Payloads = z.output<typeof PayloadsSchema>;

export const PAYLOADS_EXAMPLE: Payloads = {
  payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'eyJlbnJvbGxtZW50SWQiOiIwZDFmM2YwYSJ9' }],
};
