import * as z from 'zod';

export const WarningsAnswer = z
  .array(
    z
      .object({
        code: z.enum(['weekend']),
        pointer: z.string().describe('The field, as an RFC 6901 pointer into this document.'),
        detail: z.string(),
      })
      .meta({ id: 'Warning' }),
  )
  .describe('Nothing is wrong, and somebody should look twice: people are reached on a Saturday or Sunday.');
