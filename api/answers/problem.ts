import * as z from 'zod';
import { PROBLEM_CODES } from '../errors';

const FaultAnswer = z
  .object({
    pointer: z
      .string()
      .describe('RFC 6901 pointer into the body as a fragment; `#/name` where `in` says that it is elsewhere.'),
    in: z.enum(['query', 'path', 'header']).optional(),
    detail: z.string().describe('The rule that the value breaks.'),
    value: z.unknown().optional().describe('What was sent; left out if nothing was, or if it is long.'),
    current: z.unknown().optional().describe('What stands there now, which somebody else has saved meanwhile.'),
    step: z.string().optional().describe('The step of the builder that shows it.'),
  })
  .meta({ id: 'Fault', description: 'One thing that is wrong with the request.' });

/** RFC 9457. */
export const ProblemAnswer = z
  .object({
    type: z.string().describe('`urn:followthrough:problem:<code>`'),
    title: z.string().describe('The same for every problem of this code.'),
    status: z.int(),
    detail: z.string().describe('What was refused and why, for people.'),
    instance: z
      .string()
      .describe(
        'Names this answer: `urn:uuid:<X-Request-Id>`, or `urn:followthrough:request:<X-Request-Id>` where the caller chose one that is no UUID.',
      ),
    code: z.enum(PROBLEM_CODES).describe('For machines to branch on.'),
    errors: z.array(FaultAnswer).optional(),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused (RFC 9457).' });
