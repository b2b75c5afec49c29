import * as z from 'zod';
import { At } from './fields';

export const ClockAnswer = z
  .object({
    nowAt: At,
    speed: z.number().min(0).describe('Seconds of business time in a real one: 1 = real time, 0 = it stands still.'),
  })
  .meta({ id: 'Clock' });

export const CLOCK_EXAMPLE = { nowAt: '2027-03-01T17:00:00.000Z', speed: 1 };
